"""GELU, SiLU and Mish: slopes above one, slopes below zero, and what ReLU's
weight scale does to a deep GELU network."""

import matplotlib.pyplot as plt
import torch
from torch.nn import functional as F

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
x = torch.linspace(-6, 6, 120_001, requires_grad=True)
largest, smallest, slopes = {}, {}, {}
for name, phi in {"GELU": F.gelu, "SiLU": F.silu, "Mish": F.mish}.items():
    (slopes[name],) = torch.autograd.grad(phi(x).sum(), x)
    top, bottom = slopes[name].argmax(), slopes[name].argmin()
    largest[name] = (slopes[name][top].item(), x[top].item())
    smallest[name] = (slopes[name][bottom].item(), x[bottom].item())
    print(f"{name}: slope up to {largest[name][0]:.4f} at"
          f" {largest[name][1]:.3f}, down to {smallest[name][0]:.4f} at"
          f" {smallest[name][1]:.3f}")  # fmt: skip

width, depth = 500, 10
signal = {}
for name, phi in {"GELU": F.gelu, "ReLU": torch.relu}.items():
    h = torch.randn(64, width)
    signal[name] = []
    for _ in range(depth):  # σ_w² = 2; the first layer gets unit variance
        scale = 1 if not signal[name] else 2
        z = h @ torch.randn(width, width) * (scale / width) ** 0.5
        signal[name].append(z.square().mean().item())
        h = phi(z)
    print(f"{name} with σ_w² = 2: second moment {signal[name][-1]:.2f}"
          f" in layer {depth}")  # fmt: skip

# %% Plot
for (name, slope), style in zip(slopes.items(), ["-", "--", "-."]):
    plt.plot(x.detach(), slope, style, label=name)
plt.plot([-6, 0, 0, 6], [0, 0, 1, 1], ":", color="k", lw=1, label="ReLU")
plt.xlabel("pre-activation")
plt.ylabel("slope")
plt.legend()
plt.show()
