"""Sixteen activations in numbers: means, gains and the gradient side effect
of BatchNorm; by quadrature, and from a million samples."""

import matplotlib.pyplot as plt
import torch
from torch.nn import functional as F

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
activations = {
    "identity": lambda z: 1 * z, "sigmoid": torch.sigmoid,
    "tanh": torch.tanh, "hardtanh": F.hardtanh,
    "softplus": F.softplus, "ReLU": F.relu,
    "leaky ReLU 0.01": F.leaky_relu,
    "PReLU 0.25": lambda z: F.leaky_relu(z, 0.25),
    "ELU": F.elu, "SELU": F.selu, "GELU": F.gelu,
    "GELU (tanh)": lambda z: F.gelu(z, approximate="tanh"),
    "SiLU": F.silu, "Mish": F.mish, "hardswish": F.hardswish,
    "hardsigmoid": F.hardsigmoid,
}  # fmt: skip

# Midpoint rule; every kink above lies between two nodes.
z = (torch.arange(-12_000, 12_000) + 0.5).div(1000).requires_grad_()
gauss = torch.exp(-(z.detach() ** 2) / 2) / (2 * torch.pi) ** 0.5 / 1000
sample = torch.randn(1_000_000, requires_grad=True)


def moments(phi, points, average):
    """Means of φ, φ² and φ′², the two gains, and BatchNorm's gain."""
    value = phi(points)
    (slope,) = torch.autograd.grad(value.sum(), points)
    value = value.detach()
    mean, second, slope2 = map(average, (value, value**2, slope**2))
    return (mean, second, slope2, second**-0.5, slope2**-0.5,
            slope2 / (second - mean**2))  # fmt: skip


table, sampled = {}, {}
print("                    E φ   E φ²  E φ′²  forward backward  χ_BN")
for name, phi in activations.items():
    table[name] = moments(phi, z, lambda f: (gauss * f).sum().item())
    sampled[name] = moments(phi, sample, lambda f: f.mean().item())
    print(f"{name:16s}" + "".join(f"{v:z7.3f}" for v in table[name]))
apart = max(abs(a - b) for name in table
            for a, b in zip(table[name][:3], sampled[name]))  # fmt: skip
print(f"largest distance from a million samples below 0.01: {apart < 0.01}")

# %% Plot
figure, panels = plt.subplots(4, 4, figsize=(5.8, 6), sharex=True,
                              sharey=True)  # fmt: skip
x = torch.linspace(-3, 3, 601, requires_grad=True)
for panel, (name, phi) in zip(panels.flat, activations.items()):
    (slope,) = torch.autograd.grad(phi(x).sum(), x)
    panel.plot(x.detach(), phi(x).detach(), color="C0")
    panel.plot(x.detach(), slope, "--", color="C1", lw=1.3)
    panel.set_title(name, fontsize=10)
    panel.set_ylim(-1.8, 2.2)
    panel.set_xticks([-2, 0, 2])
figure.supxlabel("pre-activation", size="medium")
plt.show()
