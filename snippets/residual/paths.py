"""Sort a residual network's gradient by the number of branches it passed."""

import math

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
width, depth, alpha, networks = 200, 24, 0.5, 12


def parts_by_length():
    """One gradient for each number of branches passed, in one network."""
    x, blocks = torch.randn(width), []
    for _ in range(depth):
        W = alpha * math.sqrt(2 / width) * torch.randn(width, width)
        blocks.append((W, (x > 0).double()))  # Jacobian I + W diag(x > 0)
        x = x + W @ torch.relu(x)
    parts = torch.zeros(depth + 1, width)
    parts[0] = torch.randn(width)
    for W, active in reversed(blocks):  # a block keeps each part, and sends
        parts[1:] = parts[1:] + (parts[:-1] @ W) * active  # a copy one up
    return parts


squares, of_the_sum, largest = torch.zeros(depth + 1), 0.0, 0.0
for _ in range(networks):
    parts = parts_by_length()
    unit = parts[:12] / parts[:12].norm(dim=1, keepdim=True)
    largest += float((unit @ unit.T).triu(1).abs().max()) / networks
    scale = parts[0].square().sum()
    squares += parts.square().sum(1) / scale / networks
    of_the_sum += float(parts.sum(0).square().sum() / scale) / networks

share = squares / squares.sum()
mean_length = float((share * torch.arange(depth + 1)).sum())
cross_terms = of_the_sum / float(squares.sum())
aligned = float(share.sqrt().sum() ** 2)  # if all parts were parallel
print(f"2^{depth} = {2**depth} paths, with {depth // 2} branches on average")
print(f"mean length, weighted by squared gradient: {mean_length:.1f}, "
      f"theory {depth * 0.25 / 1.25:.1f}")  # fmt: skip
print(f"‖sum‖² / sum of ‖parts‖²: {cross_terms:.1f}; parallel: {aligned:.0f}")

# %% Plot
ways = [math.comb(depth, k) for k in range(depth + 1)]
odds = [w * alpha ** (2 * k) for k, w in enumerate(ways)]
plt.plot([w / 2**depth for w in ways], ":", color="k")
theory = [o / sum(odds) for o in odds]
plt.plot(theory, color="C0")
plt.plot(share, "o", color="C0")
plt.text(7, 0.172, "squared gradient\n(dots: measured)", color="C0")
plt.text(15.5, 0.1, "number\nof paths")
plt.xlabel("branches on the path")
plt.ylabel("share")
plt.show()
