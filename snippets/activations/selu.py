"""SELU pulls mean and variance to (0, 1) from afar, while its gradient grows by 7 % a layer."""

import math

import matplotlib.pyplot as plt
import torch
from torch.nn import functional as F

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
width, depth, batch = 600, 40, 32

moments = {}
for start in (0.1, 1.0, 5.0):
    x = math.sqrt(start) * torch.randn(batch, width)
    moments[start] = []
    for _ in range(depth):
        x = F.selu(x @ (torch.randn(width, width) / math.sqrt(width)).T)
        moments[start].append(x.square().mean().item())
    print(
        f"second moment {start}: {moments[start][0]:.2f} after 1 layer, {moments[start][-1]:.1f} after {depth}"
    )

states = [torch.randn(batch, width, requires_grad=True)]
for _ in range(depth):
    states.append(F.selu(states[-1] @ (torch.randn(width, width) / math.sqrt(width)).T))
v = torch.randn(batch, width)
gradients = torch.autograd.grad(states[-1], states, v)
squares = [(g.square().sum() / v.square().sum()).item() for g in gradients]
per_layer = squares[0] ** (1 / depth)
mean = states[-1].mean().item()
print(
    f"squared gradient × {per_layer:.2f} per layer, {squares[0]:.0f} in all; mean of the activations {mean:z.1f}"
)

# %% Plot
for (start, values), style in zip(moments.items(), ["o-", "s-", "^-"]):
    plt.semilogy(range(1, depth + 1), values, style, ms=3, label=f"second moment from {start}")
plt.semilogy(range(depth + 1), squares, "--", color="C3", label="squared gradient norm")
plt.xlabel("layer l")
plt.legend()
plt.show()
