"""SELU pulls the second moment to 1 from afar, while the square of its
gradient grows by 7 % a layer."""

import math

import matplotlib.pyplot as plt
import torch
from torch.nn import functional as F

torch.manual_seed(0)
width, depth, batch = 500, 40, 32


def layer(x):
    return F.selu(x @ torch.randn(width, width) / math.sqrt(width))


moments = {}
for start in (0.1, 1.0, 5.0):
    x = torch.randn(batch, width)
    x = math.sqrt(start) * x / x.square().mean().sqrt()
    moments[start] = []
    for _ in range(depth):
        x = layer(x)
        moments[start].append(x.square().mean().item())
    print(f"second moment {start}: {moments[start][0]:.2f} after 1 layer,"
          f" {moments[start][-1]:.1f} after {depth}")  # fmt: skip

states = [torch.randn(batch, width, requires_grad=True)]
for _ in range(depth):
    states.append(layer(states[-1]))
v = torch.randn(batch, width)
gradients = torch.autograd.grad(states[-1], states, v)
squares = [(g.square().sum() / v.square().sum()).item() for g in gradients]
per_layer = squares[0] ** (1 / depth)
print(f"squared gradient × {per_layer:.2f} per layer, {squares[0]:.0f} in all")

# %% Plot
for (start, values), style in zip(moments.items(), ["o-", "s-", "^-"]):
    plt.semilogy(range(1, depth + 1), values, style, ms=3,
                 label=f"second moment from {start}")  # fmt: skip
plt.semilogy(range(depth + 1), squares, "--", color="C3",
             label="squared gradient norm")  # fmt: skip
plt.xlabel("layer $l$")
plt.ylabel("second moment, squared norm")
plt.legend()
plt.show()
