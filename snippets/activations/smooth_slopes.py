"""GELU, SiLU and Mish: slopes above one, slopes below zero, and where."""

import matplotlib.pyplot as plt
import torch
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)
x = torch.linspace(-6, 6, 120_001, requires_grad=True)
largest, smallest, minimum = {}, {}, {}
slopes = {}
for name, phi in {"GELU": F.gelu, "SiLU": F.silu, "Mish": F.mish}.items():
    value = phi(x)
    (slopes[name],) = torch.autograd.grad(value.sum(), x)
    top, bottom, least = slopes[name].argmax(), slopes[name].argmin(), value.argmin()
    largest[name] = (slopes[name][top].item(), x[top].item())
    smallest[name] = (slopes[name][bottom].item(), x[bottom].item())
    minimum[name] = (value[least].item(), x[least].item())
    print(f"{name}: slope up to {largest[name][0]:.4f} at {largest[name][1]:.3f}, "
          f"down to {smallest[name][0]:.4f} at {smallest[name][1]:.3f}; least value {minimum[name][0]:.4f}")  # fmt: skip

# %% Plot
for (name, slope), style in zip(slopes.items(), ["-", "--", "-."]):
    plt.plot(x.detach(), slope, style, label=name)
plt.plot([-6, 0, 0, 6], [0, 0, 1, 1], ":", color="k", lw=1, label="ReLU")
plt.xlabel("pre-activation")
plt.ylabel("slope")
plt.legend()
plt.show()
