"""Clipping by norm keeps a gradient's direction; clipping by value does not."""

import matplotlib.pyplot as plt
import torch
from torch import nn

torch.manual_seed(0)
size = 100_000
g = torch.randn(size, dtype=torch.float64)  # a gradient with components of standard deviation 1


def clipped(clip, *arguments):
    parameter = nn.Parameter(torch.zeros_like(g))
    parameter.grad = g.clone()
    clip([parameter], *arguments)
    return parameter.grad


def cosine(a, b):
    return float(a @ b / (a.norm() * b.norm()))


limits = [0.01, 0.1, 0.3, 1, 3]
by_value = {c: cosine(g, clipped(nn.utils.clip_grad_value_, c)) for c in limits}
by_norm = {c: cosine(g, clipped(nn.utils.clip_grad_norm_, c * size**0.5)) for c in limits}
for c in limits:
    print(
        f"threshold {c:4}: cosine with the gradient {by_norm[c]:.4f} by norm, {by_value[c]:.4f} by value"
    )

# %% Plot
plt.semilogx(limits, list(by_norm.values()), "o-", label="by norm")
plt.semilogx(limits, list(by_value.values()), "s--", label="by value")
plt.axhline((2 / torch.pi) ** 0.5, color="k", ls=":", lw=1, label="sign of the gradient: √(2/π)")
plt.xlabel("threshold / standard deviation of a component")
plt.ylabel("cosine with the true gradient")
plt.legend()
plt.show()
