"""A spectral radius below one lets the gradient grow first."""

import math

import matplotlib.pyplot as plt
import torch

torch.set_default_dtype(torch.float64)
radius, steps = 0.9, 80
matrices = {
    "normal": torch.diag(torch.tensor([radius, radius])),
    "non-normal": torch.tensor([[radius, 5.0], [0.0, radius]]),
}

norms = {}
for name, W in matrices.items():
    product, norms[name] = torch.eye(2), []
    for _ in range(steps + 1):  # ‖(Wᵀ)^t‖ is the gradient's worst case
        norms[name].append(float(torch.linalg.matrix_norm(product, 2)))
        product = W.T @ product
    print(
        f"{name:10s}  σ_max = {norms[name][1]:.2f}, largest norm"
        f" {max(norms[name]):.1f}, after {steps} steps {norms[name][-1]:.2g}"
    )

peak = max(norms["non-normal"])
peak_step = norms["non-normal"].index(peak)
print(
    f"the non-normal one grows for {peak_step} steps;"
    f" 1 / ln(1 / 0.9) = {1 / math.log(1 / radius):.1f}"
)

# %% Plot
for i, (name, values) in enumerate(norms.items()):
    plt.semilogy(
        values, "os"[i] + "-", ms=3, label=rf"{name}, $\rho = {radius}$"
    )
plt.axhline(1, color="k", ls="--", lw=1)
plt.xlabel("time steps $t$")
plt.ylabel(r"largest gain, $\|W^t\|$")
plt.legend()
plt.show()
