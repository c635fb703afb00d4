"""What torch's gains do over 60 layers: 5/3 for tanh keeps the signal, not at
variance one, and not the gradient; 3/4 for SELU nearly keeps the gradient."""

import math

import matplotlib.pyplot as plt
import torch
from torch.nn import init

torch.manual_seed(0)
width, depth, batch, start, end = 400, 60, 32, 10, 60
xi = torch.linspace(-10, 10, 8001)
gauss = torch.exp(-(xi**2) / 2) / torch.exp(-(xi**2) / 2).sum()
preserving = 1 / math.sqrt((gauss * torch.tanh(xi) ** 2).sum())
q = 1.0
for _ in range(60):  # fixed point for the gain 5/3
    z = math.sqrt(q) * xi
    q = float(25 / 9 * (gauss * torch.tanh(z) ** 2).sum())
slope = gauss / torch.cosh(z) ** 4  # BatchNorm's gain of ξ ↦ tanh(√q* ξ)
poincare = float(q * slope.sum() / (gauss * torch.tanh(z) ** 2).sum())
for name in ("linear", "sigmoid", "tanh", "relu", "selu"):
    print(f"calculate_gain {name:8s} {init.calculate_gain(name):.3f}")

runs = {
    "tanh, 1 (critical)": (torch.tanh, 1.0),
    "tanh, 5/3 (torch)": (torch.tanh, init.calculate_gain("tanh")),
    "tanh, keeps q = 1": (torch.tanh, preserving),
    "SELU, 3/4 (torch)": (torch.selu, init.calculate_gain("selu")),
}
moments, log_total = {}, {}
for name, (phi, gain) in runs.items():
    states = [torch.randn(batch, width, requires_grad=True)]
    for _ in range(depth):
        W = gain / math.sqrt(width) * torch.randn(width, width)
        states.append(phi(states[-1] @ W.T))
    moments[name] = [s.square().mean().item() for s in states[1:]]
    v = torch.randn(batch, width)
    gradients = torch.autograd.grad(states[end], states, v)
    ratio = gradients[start].norm() / gradients[end].norm()
    log_total[name] = 2 * math.log(ratio)
    print(
        f"{name:18s} second moment {moments[name][-1]:6.2f}, squared gradient"
        f" × {math.exp(log_total[name] / (end - start)):.2f} per layer"
    )

# %% Plot
for i, (name, values) in enumerate(moments.items()):
    layers = range(1, depth + 1)
    plt.semilogy(layers, values, "os^D"[i] + "-", ms=3, label=name)
plt.xlabel("layer $l$")
plt.ylabel("second moment of the activations")
plt.legend(ncols=2, loc="lower right", bbox_to_anchor=(1, 1))
plt.show()
