"""The weight scales of large transformers, read as gains: what 0.02, √(2/(5h)) and 1/√(2L) do at which width."""

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
print("gain of the squared norm of one linear layer, sampled (and h·std²)")
for name, std in schemes.items():
    for h in widths:
        x = torch.randn(h)
        rows = std(h) * torch.randn(512, h)  # 512 of the layer's rows are enough to measure it
        gain[name, h] = float((rows @ x).square().mean() / x.square().mean())
    print(
        f"std {name:10s}"
        + "".join(f"  h = {h}: {gain[name, h]:.1f} ({h * std(h) ** 2:.2f})" for h in widths)
    )

layers, h = 24, 256


def stream_growth(scale):
    """Second moment of a residual stream after `layers` blocks of two branches, each ending in a scaled projection."""
    x = torch.randn(64, h)
    for _ in range(2 * layers):
        hidden = F.gelu(F.layer_norm(x, (h,)) @ (torch.randn(4 * h, h) / math.sqrt(h)).T)
        x = x + scale * hidden @ (torch.randn(h, 4 * h) / math.sqrt(4 * h)).T
    return float(x.square().mean())


unscaled = stream_growth(1.0)
scaled = stream_growth(1 / math.sqrt(2 * layers))
print(f"stream after {layers} blocks: {unscaled:.0f} unscaled, {scaled:.2f} with 1/√(2L)")

# %% Plot
h = torch.logspace(2.5, 4.3, 50)
plt.loglog(h, 0.02**2 * h, "-", color="C0")
plt.loglog(h, torch.full_like(h, 0.4), "-", color="C1")
plt.loglog(h, torch.ones_like(h), "-", color="C2")
for i, name in enumerate(schemes):
    plt.loglog(
        widths, [gain[name, w] for w in widths], "os^"[i], color=f"C{i}", label=f"std {name}"
    )
plt.yticks([0.2, 0.4, 1, 2, 4], [0.2, 0.4, 1, 2, 4])
plt.minorticks_off()
plt.xlabel("width h")
plt.ylabel("gain of one linear layer")
plt.legend()
plt.show()
