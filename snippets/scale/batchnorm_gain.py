"""BatchNorm multiplies the squared gradient norm by χ_BN in every layer at
initialisation: π/(π−1) with ReLU, for a large batch of random samples."""

import math

import matplotlib.pyplot as plt
import torch
from torch.nn import functional as F

torch.manual_seed(0)
width, batch, depth = 512, 512, 8
weights = torch.randn(depth, width, width) / width**0.5  # the scale cancels


def normalise(z):
    return (z - z.mean(0)) / z.std(0, correction=0)


def gains(phi):
    """Squared-gradient gain per layer: of layer 1, and of layers 2 to 8."""
    states = [torch.randn(batch, width, requires_grad=True)]
    for W in weights:
        states.append(phi(normalise(states[-1] @ W.T)))
    v = torch.randn(batch, width)
    gradients = torch.autograd.grad(states[-1], states, v)
    squares = [float(g.square().sum()) for g in gradients]
    log_total = math.log(squares[1] / squares[-1])
    return squares[0] / squares[1], log_total


def predicted(phi):
    """χ_BN = E[φ′(ξ)²] / Var[φ(ξ)], ξ ~ N(0, 1)."""
    xi = torch.linspace(-10, 10, 20_000, requires_grad=True)  # no node at 0
    gauss = torch.softmax(-(xi.detach() ** 2) / 2, 0)
    (slope,) = torch.autograd.grad(phi(xi).sum(), xi)
    mean, second = (gauss * phi(xi)).sum(), (gauss * phi(xi) ** 2).sum()
    return ((gauss * slope**2).sum() / (second - mean**2)).item()


activations = {
    "identity": lambda z: z * 1,
    "sigmoid": torch.sigmoid,
    "softplus": F.softplus,
    "tanh": torch.tanh,
    "SiLU": F.silu,
    "GELU": F.gelu,
    "ReLU": torch.relu,
}
measured, theory, first_layer = {}, {}, {}
for name, phi in activations.items():
    first_layer[name], log_total = gains(phi)
    measured[name], theory[name] = math.exp(log_total / 7), predicted(phi)
    print(f"{name:9s} χ_BN {theory[name]:.3f}, measured {measured[name]:.2f}")
print(f"first layer with ReLU: {first_layer['ReLU']:.2f}")

# %% Plot
position = range(len(activations))
plt.barh(position, list(theory.values()), alpha=0.5, label="predicted")
plt.plot(list(measured.values()), position, "o", color="C1", label="measured")
plt.axvline(1, color="k", lw=1)
plt.yticks(position, activations)
plt.xlim(0, 1.6)
plt.xlabel("gain of the squared gradient per layer")
plt.legend(ncols=2, loc="lower right", bbox_to_anchor=(1, 1))
plt.show()
