"""BatchNorm multiplies the squared gradient norm by χ_BN ≥ 1 in every layer: π/(π−1) with ReLU."""

import math

import matplotlib.pyplot as plt
import torch
from torch.nn import functional as F

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
width, batch, depth = 500, 500, 8


def normalise(z):
    return (z - z.mean(0)) / z.std(0, correction=0)


def gain_per_layer(phi):
    """Geometric mean of the squared-gradient gain over layers 2 to 8, at initialisation."""
    states = [torch.randn(batch, width, requires_grad=True)]
    for _ in range(depth):
        W = torch.randn(width, width) / math.sqrt(width)  # its scale cancels in the normalisation
        states.append(phi(normalise(states[-1] @ W.T)))
    gradients = torch.autograd.grad(states[-1], states, torch.randn(batch, width))
    squares = [float(g.square().sum()) for g in gradients]
    return (squares[1] / squares[-1]) ** (1 / (depth - 1)), squares


def predicted(phi):
    """χ_BN = E[φ′(z)²] / Var[φ(z)], z ~ N(0, 1)."""
    z = torch.linspace(-10, 10, 20_000, requires_grad=True)  # an even number: no node on a kink
    gauss = (torch.exp(-(z**2) / 2) / torch.exp(-(z**2) / 2).sum()).detach()
    (slope,) = torch.autograd.grad(phi(z).sum(), z)
    mean, second = (gauss * phi(z)).sum(), (gauss * phi(z) ** 2).sum()
    return ((gauss * slope**2).sum() / (second - mean**2)).item()


activations = {"identity": lambda z: z * 1, "tanh": torch.tanh, "sigmoid": torch.sigmoid, "GELU": F.gelu,
               "SiLU": F.silu, "softplus": F.softplus, "ReLU": torch.relu}  # fmt: skip
measured, theory, first_layer = {}, {}, {}
for name, phi in activations.items():
    measured[name], squares = gain_per_layer(phi)
    theory[name] = predicted(phi)
    first_layer[name] = squares[0] / squares[1]
    print(f"{name:9s} χ_BN predicted {theory[name]:.3f}, measured {measured[name]:.2f}")
print(f"first layer with ReLU: {first_layer['ReLU']:.2f}, for its inputs have not passed a ReLU")

# %% Plot
position = range(len(activations))
plt.barh(position, list(theory.values()), color="C0", alpha=0.5, label="predicted")
plt.plot(list(measured.values()), position, "o", color="C1", label="measured")
plt.axvline(1, color="k", lw=1)
plt.yticks(position, activations)
plt.xlim(0.9, 1.55)
plt.xlabel("gain of the squared gradient norm per layer")
plt.legend(loc="lower right")
plt.show()
