"""Scale the skip itself by λ and the exponential is back: λ² + c per block."""

import math

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
width, depth, batch, alpha = 256, 40, 32, 0.1


def squared_gradients(skip):
    states = [torch.randn(batch, width, requires_grad=True)]
    for _ in range(depth):
        W = math.sqrt(2 / width) * torch.randn(width, width)
        states.append(skip * states[-1] + alpha * torch.relu(states[-1]) @ W.T)
    v = torch.randn(batch, width)
    gradients = torch.autograd.grad(states[-1], states, v)
    return [float(g.square().sum() / v.square().sum()) for g in gradients]


skips = [0.8, 1.0, 1.1]
squares = {skip: squared_gradients(skip) for skip in skips}
gain = {skip: s[0] ** (1 / depth) for skip, s in squares.items()}
for skip in skips:
    print(f"λ = {skip}: gain per block {gain[skip]:.2f}, λ² + α²c = {skip**2 + alpha**2:.2f}, "
          f"after {depth} blocks {squares[skip][0]:.1g}")  # fmt: skip

# %% Plot
for i, skip in enumerate(skips):
    plt.semilogy([(skip**2 + alpha**2) ** (depth - l) for l in range(depth + 1)], color=f"C{i}")
    plt.semilogy(
        range(0, depth + 1, 4), squares[skip][::4], "os^"[i], color=f"C{i}", label=f"λ = {skip}"
    )
plt.xlabel("block l (0 is the input)")
plt.ylabel("squared gradient norm")
plt.legend()
plt.show()
