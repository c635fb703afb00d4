"""Condition number of a deep Jacobian: plain, with skips, small branches."""

import math

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
width, depth, networks = 64, 10, 40
identity = torch.eye(width)


def median_condition(block):
    """Median over networks after each block, of blocks x → block(x, l)."""
    J, values = identity.expand(networks, -1, -1), []
    for _ in range(depth):
        W = torch.randn(networks, width, width) / math.sqrt(width)
        J = block(W) @ J
        s = torch.linalg.svdvals(J)
        values.append(float((s[:, 0] / s[:, -1]).median()))
    return values


small = 1 / math.sqrt(depth)
condition = {
    "plain": median_condition(lambda W: W),
    "skip, α = 1": median_condition(lambda W: identity + W),
    "skip, α = 1/√L": median_condition(lambda W: identity + small * W),
}
print(f"width {width}, median condition number after {depth} linear blocks")
for name, values in condition.items():
    print(f"{name:15s} 10^{math.log10(values[-1]):.1f}")

# %% Plot
for i, (name, values) in enumerate(condition.items()):
    plt.semilogy(range(1, depth + 1), values, "osD"[i] + "-")
    plt.annotate(name, (depth, values[-1]), (6, 0), color=f"C{i}",
                 textcoords="offset points", va="center")  # fmt: skip
plt.xlabel("block")
plt.ylabel("condition number so far")
plt.show()
