"""Sixteen activations in numbers: means, gains and the gradient side effect of BatchNorm."""

import matplotlib.pyplot as plt
import torch
from torch.nn import functional as F

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
activations = {
    "identity": lambda z: 1 * z, "sigmoid": torch.sigmoid, "tanh": torch.tanh, "hardtanh": F.hardtanh,
    "softplus": F.softplus, "ReLU": F.relu, "leaky ReLU 0.01": F.leaky_relu, "PReLU 0.25": lambda z: F.leaky_relu(z, 0.25),
    "ELU": F.elu, "SELU": F.selu, "GELU": F.gelu, "GELU (tanh)": lambda z: F.gelu(z, approximate="tanh"),
    "SiLU": F.silu, "Mish": F.mish, "hardswish": F.hardswish, "hardsigmoid": F.hardsigmoid,
}  # fmt: skip

# Midpoint rule; every kink above lies between two nodes.
z = (torch.arange(-12_000, 12_000) + 0.5).div(1000).requires_grad_()
gauss = torch.exp(-(z.detach() ** 2) / 2) / (2 * torch.pi) ** 0.5 / 1000
sample = torch.randn(1_000_000)

table, monte_carlo_error = {}, 0.0
print("                    E φ   E φ²  E φ′²  forward backward  χ_BN   E φ² from 10⁶ samples")
for name, phi in activations.items():
    value = phi(z)
    (slope,) = torch.autograd.grad(value.sum(), z)
    mean, second, slope2 = ((gauss * t).sum().item() for t in (value, value**2, slope**2))
    table[name] = (mean, second, slope2, second**-0.5, slope2**-0.5, slope2 / (second - mean**2))
    sampled = phi(sample).square().mean().item()
    monte_carlo_error = max(monte_carlo_error, abs(sampled - second))
    print(f"{name:16s}" + "".join(f"{v:z7.3f}" for v in table[name]) + f"{sampled:9.2f}")
print(f"largest distance of E φ² from a million samples below 0.01: {monte_carlo_error < 0.01}")

# %% Plot
figure, panels = plt.subplots(4, 4, figsize=(5.8, 5.8), sharex=True, sharey=True)
x = torch.linspace(-3, 3, 601, requires_grad=True)
for panel, (name, phi) in zip(panels.flat, activations.items()):
    (slope,) = torch.autograd.grad(phi(x).sum(), x)
    panel.plot(x.detach(), phi(x).detach(), color="C0")
    panel.plot(x.detach(), slope, "--", color="C1", lw=1.3)
    panel.set_title(name, fontsize=9)
    panel.set_ylim(-1.8, 2.2)
plt.show()
