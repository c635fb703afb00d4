"""Sort a residual network's gradient by the number of branches it came through."""

import math

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
width, depth, alpha = 400, 24, 0.5

x, blocks = torch.randn(width), []
for _ in range(depth):
    W = math.sqrt(2 / width) * torch.randn(width, width)
    blocks.append((alpha * W, x > 0))  # x ← x + α W relu(x) has the Jacobian I + α W diag(x > 0)
    x = x + alpha * W @ torch.relu(x)

# parts[k] is the sum over all paths through k branches; a block sends each part on and a copy one up.
v = torch.randn(width)
parts = [v] + [torch.zeros(width)] * depth
for W, active in reversed(blocks):
    through = [active * (W.T @ g) for g in parts]
    parts = [parts[0]] + [parts[k] + through[k - 1] for k in range(1, depth + 1)]

squares = torch.stack([g.square().sum() for g in parts])
share = squares / squares.sum()
lengths = torch.arange(depth + 1)
predicted = [
    math.comb(depth, k) * alpha ** (2 * k) / (1 + alpha**2) ** depth for k in range(depth + 1)
]
mean_length = float((share * lengths).sum())
cross_terms = float(sum(parts).square().sum() / squares.sum())
print(f"2^{depth} = {2**depth} paths; most have {depth // 2} branches")
print(
    f"mean length weighted by squared gradient: {mean_length:.1f}, theory {depth * 0.25 / 1.25:.1f}"
)
print(f"‖sum‖² / sum of ‖parts‖²: {cross_terms:.1f}")

# %% Plot
count = [math.comb(depth, k) / 2**depth for k in range(depth + 1)]
plt.plot(lengths, count, ":", color="k", label="number of paths")
plt.plot(lengths, predicted, color="C0", label="squared gradient, theory")
plt.plot(lengths, share, "o", color="C0", label="squared gradient, measured")
plt.xlabel("branches on the path")
plt.ylabel("share")
plt.legend()
plt.show()
