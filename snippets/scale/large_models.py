"""The weight scales of large transformers, read as gains: what 0.02, √(2/(5h))
and 1/√(2L) do at which width, and to a stream that starts at 1."""

import math

import matplotlib.pyplot as plt
import torch
from torch.nn import functional as F

torch.manual_seed(0)
widths = [768, 1600, 4096, 12288]
schemes = {
    "0.02": lambda h: 0.02,
    "√(2/(5h))": lambda h: math.sqrt(2 / (5 * h)),
    "1/√h": lambda h: 1 / math.sqrt(h),
}

gain = {}
print("gain of the mean square, one linear layer (64 of its rows sampled)")
for name, std in schemes.items():
    for h in widths:
        x = torch.randn(64, h)
        z = x @ (std(h) * torch.randn(h, 64))
        gain[name, h] = float(z.square().mean() / x.square().mean())
    cells = "".join(f"  h = {h}: {gain[name, h]:.1f}" for h in widths)
    print(f"std {name:10s}{cells}")

layers, h = 24, 256


def stream_growth(scale):
    """Second moment of a Pre-LN stream that starts at 1, after 2 · 24 MLP
    branches, each ending in a scaled projection."""
    x = torch.randn(64, h)
    x /= x.square().mean().sqrt()
    for _ in range(2 * layers):
        W = torch.randn(h, 4 * h) / math.sqrt(h)
        out = scale * torch.randn(4 * h, h) / math.sqrt(4 * h)
        x = x + F.gelu(F.layer_norm(x, (h,)) @ W) @ out
    return float(x.square().mean())


unscaled = stream_growth(1.0)
scaled = stream_growth(1 / math.sqrt(2 * layers))
print(f"stream after {layers} blocks: {unscaled:.0f}", end=" ")
print(f"unscaled, {scaled:.1f} with 1/√(2L)")

# %% Plot
h = torch.logspace(2.5, 4.3, 50)
plt.loglog(h, 0.02**2 * h, "-", color="C0")
plt.loglog(h, torch.full_like(h, 0.4), "--", color="C1")
plt.loglog(h, torch.ones_like(h), ":", color="C2")
for i, name in enumerate(schemes):
    values, style = [gain[name, w] for w in widths], "os^"[i]
    plt.loglog(widths, values, style, color=f"C{i}", label=f"std {name}")
plt.yticks([0.2, 0.4, 1, 2, 4], [0.2, 0.4, 1, 2, 4])
plt.minorticks_off()
plt.xlabel("width $h$")
plt.ylabel("gain of the mean square, one layer")
plt.legend()
plt.show()
