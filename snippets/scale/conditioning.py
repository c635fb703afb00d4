"""Gradient descent on linear regression: unstandardised inputs cost steps in proportion to the condition number."""

import math

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
rows = 10_000


def condition_and_steps(mean, spread):
    """Condition number of the Hessian, and gradient-descent steps until the slowest error has halved tenfold."""
    x = mean + spread * torch.randn(rows)
    features = torch.stack([torch.ones(rows), x], 1)  # intercept and one input
    hessian = features.T @ features / rows
    low, high = torch.linalg.eigvalsh(hessian)
    slowest = torch.linalg.eigh(hessian)[1][:, 0]
    error, steps = slowest, 0
    while error.norm() > 2**-10:
        error, steps = error - hessian @ error / high, steps + 1  # step size 1/λ_max
    return float(high / low), steps


def exact(mean, spread):
    """κ of [[1, m], [m, m² + s²]]."""
    trace, determinant = 1 + mean**2 + spread**2, spread**2
    root = math.sqrt(trace**2 - 4 * determinant)
    return (trace + root) / (trace - root)


settings = [(0, 1), (1, 1), (3, 1), (5, 2), (0, 5), (8, 1)]
results = {setting: condition_and_steps(*setting) for setting in settings}
print("mean  s.d.  condition number   exact   steps   10 κ ln 2")
for (mean, spread), (kappa, steps) in results.items():
    print(
        f"{mean:4d} {spread:5d} {kappa:17.1f} {exact(mean, spread):7.1f} {steps:7d} {10 * kappa * math.log(2):11.0f}"
    )

# %% Plot
kappas = torch.logspace(0, 4, 50)
plt.loglog(kappas, (10 * math.log(2) * kappas).clamp_min(1), color="C0", label="10 κ ln 2")
plt.loglog(
    [k for k, _ in results.values()],
    [n for _, n in results.values()],
    "o",
    color="C1",
    label="measured",
)
for (mean, spread), (kappa, steps) in results.items():
    plt.annotate(
        f"mean {mean}, s.d. {spread}",
        (kappa, steps),
        xytext=(8, -10),
        textcoords="offset points",
        fontsize=9,
    )
plt.xlabel("condition number κ of the Hessian")
plt.ylabel("gradient-descent steps")
plt.xlim(0.7, 5e4)
plt.ylim(1, 2e5)
plt.legend()
plt.show()
