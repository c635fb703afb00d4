"""Gradient descent on linear regression: unstandardised inputs cost steps in
proportion to the condition number."""

import math

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
rows = 10_000


def condition_and_steps(x):
    """Condition number of the Hessian for inputs x (rows × inputs) and an
    intercept; gradient-descent steps that halve the slowest error tenfold."""
    features = torch.cat([torch.ones(rows, 1), x], 1)
    hessian = features.T @ features / rows
    values, vectors = torch.linalg.eigh(hessian)
    step = torch.eye(len(values)) - hessian / values[-1]  # size 1/λ_max
    step, error, steps = step.numpy(), vectors[:, 0].numpy(), 0
    while error @ error > 2**-20:
        error = step @ error
        steps += 1
    return float(values[-1] / values[0]), steps


x = torch.randn(rows, 1)
settings = {
    "standardised": (x - x.mean()) / x.std(correction=0),
    "mean 1": 1 + x,
    "std 5": 5 * x,
    "mean 3": 3 + x,
    "mean 5, std 2": 5 + 2 * x,
    "mean 8": 8 + x,
}
results = {name: condition_and_steps(x) for name, x in settings.items()}
print("input          condition number   steps   10 ln 2 (κ − ½)")
for name, (kappa, steps) in results.items():
    line = 10 * math.log(2) * (kappa - 0.5)
    print(f"{name:14s} {kappa:16.1f} {steps:7d} {line:17.0f}")

many = {d: condition_and_steps(3 + torch.randn(rows, d))[0] for d in (1, 4, 16)}
for d, kappa in many.items():
    print(f"{d:2d} inputs of mean 3: κ = {kappa:7.0f} = {kappa / d**2:.0f} d²")

# %% Plot
kappas = torch.logspace(0, 4, 50)
halvings = 10 * math.log(2) * (kappas - 0.5)
plt.loglog(kappas, halvings, color="C0", label=r"10 ln 2 $(\kappa - 1/2)$")
for i, (name, (kappa, steps)) in enumerate(results.items()):
    plt.loglog(kappa, steps, "os^DvP"[i], color="C1", label=name)
plt.xlabel(r"condition number $\kappa$ of the Hessian")
plt.ylabel("gradient-descent steps")
plt.legend()
plt.show()
