"""A product of random matrices: its mean keeps the squared norm, its typical value does not."""

import math

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
depth, trials = 200, 1000
sizes = [4, 16, 64]

paths = {}
for n in sizes:
    # For a fresh Gaussian W, W x depends on x through its length alone: ‖W x‖² = ‖x‖² · (chi-square_n / n).
    factors = torch.randn(trials, depth, n).square().mean(-1)
    paths[n] = factors.log().cumsum(1)  # log ‖x_l‖², one row a trial

exponents = {
    n: float(paths[n][:, -1].mean() / depth) for n in sizes
}  # of the squared norm, per layer
variances = {n: float(paths[n][:, -1].var() / depth) for n in sizes}
exact = {n: float(torch.digamma(torch.tensor(n / 2)) + math.log(2 / n)) for n in sizes}
for n in sizes:
    print(
        f"n = {n:2d}   log growth per layer {exponents[n]:.3f}   exact {exact[n]:.3f}   variance {variances[n]:.3f}"
    )

# Check of the shortcut with a real product of matrices.
n = 16
x = torch.ones(trials, n) / math.sqrt(n)
for _ in range(20):
    x = (torch.randn(trials, n, n) / math.sqrt(n) @ x[..., None])[..., 0]
real_product = float(x.square().sum(-1).log().mean() / 20)
print(f"with real 16 × 16 matrices: {real_product:.2f}")

# %% Plot
layers = torch.arange(1, depth + 1)
for i, n in enumerate(sizes):
    mean, spread = paths[n].mean(0), paths[n].std(0)
    plt.plot(
        layers[9::10],
        mean[9::10],
        "os^"[i],
        color=f"C{i}",
        label=f"width {n}, mean ± 1 s.d. of {trials}",
    )
    plt.plot(layers, exact[n] * layers, color=f"C{i}")
    plt.fill_between(layers, mean - spread, mean + spread, color=f"C{i}", alpha=0.2, lw=0)
plt.axhline(0, color="k", ls="--", lw=1, label="log of the mean (exactly 0)")
plt.xlabel("number of matrices")
plt.ylabel("log of the squared norm")
plt.legend()
plt.show()
