"""LayerNorm or tanh before each branch: the gradient along a stream."""

import math

import matplotlib.pyplot as plt
import torch
from torch.nn import functional as F

torch.manual_seed(0)
width, depth, batch = 256, 128, 16


def squared_gradients(norm):
    """Stream x ← x + W norm(x): squared gradient at every block."""
    states = [torch.randn(batch, width, requires_grad=True)]
    for _ in range(depth):
        W = torch.randn(width, width) / math.sqrt(width)
        states.append(states[-1] + norm(states[-1]) @ W.T)
    v = torch.randn(batch, width)
    gradients = torch.autograd.grad(states[-1], states, v)
    last = states[-1].square().mean().item()
    return [float(g.square().sum() / v.square().sum()) for g in gradients], last


layer_norm, _ = squared_gradients(lambda x: F.layer_norm(x, (width,)))
dyt, dyt_last = squared_gradients(torch.tanh)
half, _ = squared_gradients(lambda x: torch.tanh(0.5 * x))
logs = {"ln": math.log(layer_norm[0]), "dyt": math.log(dyt[0]),
        "half": math.log(half[0])}  # fmt: skip
print(f"LayerNorm: the squared gradient grows to e^{logs['ln']:.0f}")
print(f"tanh(x): to e^{logs['dyt']:.0f}")

# %% Plot
plt.semilogy(layer_norm, "o-", markevery=12, label="LayerNorm")
plt.semilogy(dyt, "s--", markevery=12, label="tanh(x)")
plt.semilogy(half, "^:", markevery=12, label="tanh(x/2)")
plt.xlabel("block (0 is the input)")
plt.ylabel("squared gradient norm")
plt.legend()
plt.show()
