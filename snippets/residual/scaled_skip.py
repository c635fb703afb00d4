"""Scale the skip by λ: the squared gradient changes by λ² + α²χ per block."""

import math

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
width, depth, batch = 256, 40, 32


def run(skip, alpha):
    """Squared norm, and cosine with the last gradient, at every block."""
    states = [torch.randn(batch, width, requires_grad=True)]
    for _ in range(depth):
        W = math.sqrt(2 / width) * torch.randn(width, width)
        x = states[-1]
        states.append(skip * x + alpha * torch.relu(x) @ W.T)
    v = torch.randn(batch, width)
    gradients = torch.autograd.grad(states[-1], states, v)
    cosine = float((gradients[0] * v).sum() / gradients[0].norm() / v.norm())
    norm = v.square().sum()
    return [float(g.square().sum() / norm) for g in gradients], cosine


root = math.sqrt(0.5)
pairs = {
    "λ = 0.8, α = 0.1": (0.8, 0.1),
    "λ = 1, α = 0.1": (1.0, 0.1),
    "λ = 1.1, α = 0.1": (1.1, 0.1),
    "λ = α = 1/√2": (root, root),
}
squares, cosines = {}, {}
for name, (skip, alpha) in pairs.items():
    squares[name], cosines[name] = run(skip, alpha)
    print(f"{name:17s} λ² + α²χ = {skip**2 + alpha**2:.2f}, "
          f"after {depth} blocks {squares[name][0]:.1g}")  # fmt: skip

# %% Plot
for i, (name, (skip, alpha)) in enumerate(pairs.items()):
    curve = [(skip**2 + alpha**2) ** (depth - l) for l in range(depth + 1)]
    plt.semilogy(curve, ["-", "--", "-.", ":"][i], color=f"C{i}")
    at = range(0, depth + 1, 4)
    plt.semilogy(at, squares[name][::4], "os^D"[i], color=f"C{i}", label=name)
plt.xlabel("block $l$ (0 is the input)")
plt.ylabel("squared gradient norm")
plt.legend()
plt.show()
