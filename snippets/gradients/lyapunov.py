"""A random product keeps the squared norm in the mean, not typically."""

import math

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
depth, trials = 200, {4: 5000, 16: 5000, 64: 500}  # width: products

# For a fresh Gaussian W, ‖W x‖² = ‖x‖² · (chi-square_n / n): no matrix needed.
factors = {
    n: torch.randn(count, depth, n).square().mean(-1).log()
    for n, count in trials.items()
}
exponents = {n: float(f.mean()) for n, f in factors.items()}
variances = {n: float(f.var()) for n, f in factors.items()}
half = torch.tensor([n / 2 for n in trials])
exact = dict(zip(trials, (half.digamma() - half.log()).tolist()))
print("of the log of the squared norm, per matrix")
for n in trials:
    print(
        f"n = {n:2d}   mean {exponents[n]:.3f}, exact {exact[n]:.3f}"
        f"   variance {variances[n]:.3f}"
    )

# The same with real products of matrices.
n = 16
x = torch.ones(2000, n) / math.sqrt(n)
for _ in range(20):
    W = torch.randn(2000, n, n) / math.sqrt(n)
    x = (W @ x[..., None])[..., 0]
real_product = float(x.square().sum(-1).log().mean() / 20)
print(f"real 16 × 16 matrices: {real_product:.2f}")

# %% Plot
layers = torch.arange(1, depth + 1)
for i, n in enumerate(trials):
    paths = factors[n].cumsum(1)
    mean, spread = paths.mean(0), paths.std(0)
    label = f"width {n}"
    plt.plot(layers[9::10], mean[9::10], "os^"[i], color=f"C{i}", label=label)
    plt.plot(layers, exact[n] * layers, color=f"C{i}")
    low, high = mean - spread, mean + spread
    plt.fill_between(layers, low, high, color=f"C{i}", alpha=0.2, lw=0)
plt.axhline(0, color="k", ls="--", lw=1, label="log of the mean")
plt.xlabel("number of matrices")
plt.ylabel("log of the squared norm, ± 1 s.d.")
plt.legend()
plt.show()
