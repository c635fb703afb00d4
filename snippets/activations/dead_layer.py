"""A narrow, deep ReLU network can be dead at a given input before training."""

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
depth, trials = 50, 5_000
widths = [2, 3, 4, 6, 8, 10]

measured = {}
for n in widths:
    x = torch.randn(trials, n)
    for _ in range(depth):  # a network of its own for every trial
        W = torch.randn(trials, n, n) * (2 / n) ** 0.5
        x = torch.relu((W @ x[..., None])[..., 0])
        x = x / x.norm(dim=1, keepdim=True).clamp_min(1e-30)  # signs matter
    measured[n] = float((x == 0).all(1).float().mean())
    print(f"width {n:2d}: {measured[n]:.2f} of the networks are dead,"
          f" theory {1 - (1 - 2.0**-n) ** depth:.2f}")  # fmt: skip

# %% Plot
grid = torch.linspace(2, 10, 100)
plt.plot(grid, 1 - (1 - 2.0**-grid) ** depth, label="$1 - (1 - 2^{-n})^L$")
plt.plot(widths, list(measured.values()), "o", label=f"{trials} networks")
plt.xlabel("width $n$")
plt.ylabel("share of networks dead at one input")
plt.legend()
plt.show()
