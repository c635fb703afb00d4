"""How far one step of gradient descent moves the output, against the depth:
Post-LN, Pre-LN, DeepNorm, and each half of DeepNorm alone."""

import math

import matplotlib.pyplot as plt
import torch
from torch.nn import functional as F

torch.manual_seed(0)
n, tokens, depths, networks = 96, 32, [2, 4, 8, 16, 32], 3


def norm(x):
    return F.layer_norm(x, (n,))


def squared_gradient(layers, pre=False, alpha=1.0, beta=1.0):
    """Per token: squared gradient norm of all weights, for a random linear
    loss. A layer has two branches, here both MLPs."""
    x, weights = torch.randn(tokens, n), []
    for _ in range(2 * layers):
        pair = [beta * torch.randn(n, n) / math.sqrt(n) for _ in range(2)]
        first, second = (w.requires_grad_() for w in pair)
        weights += [first, second]
        out = F.relu((norm(x) if pre else x) @ first) @ second
        x = x + out if pre else norm(alpha * x + out)
    gradients = torch.autograd.grad(
        norm(x) if pre else x, weights, torch.randn(tokens, n)
    )
    return float(sum(g.square().sum() for g in gradients)) / tokens / n**2


kinds = {
    "Post-LN": lambda N: {},
    "Pre-LN": lambda N: {"pre": True},
    "only α": lambda N: {"alpha": (2 * N) ** 0.25},
    "only β": lambda N: {"beta": (8 * N) ** -0.25},
    "DeepNorm": lambda N: {"alpha": (2 * N) ** 0.25, "beta": (8 * N) ** -0.25},
}
moves = {
    (name, N): sum(squared_gradient(N, **kind(N)) for _ in range(networks))
    / networks
    for name, kind in kinds.items()
    for N in depths
}
print("squared gradient of all weights, N layers:")
for name in kinds:
    cells = "".join(f"  N = {N}: {moves[name, N]:5.2f}" for N in depths)
    print(f"{name:8s}{cells}")

# %% Plot
for i, name in enumerate(kinds):
    style = ["o-", "s-", "^--", "v--", "D-"][i]
    plt.loglog(depths, [moves[name, N] for N in depths], style, label=name)
plt.xticks(depths, depths)
plt.minorticks_off()
plt.xlabel("layers $N$ (two branches each)")
plt.ylabel("squared gradient of all weights")
plt.legend()
plt.show()
