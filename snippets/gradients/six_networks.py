"""Gradient norms through 50 layers of six networks, predicted by layer."""

import math

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
width, depth, batch = 256, 50, 256
relu, sigmoid = torch.relu, torch.sigmoid

# E[sigmoid′²] at each layer, from the second moment q of its pre-activations.
grid = torch.linspace(-9, 9, 2001)
gauss = torch.exp(-(grid**2) / 2) / torch.exp(-(grid**2) / 2).sum()
q, slopes = 1.0, []
for _ in range(depth):
    s = sigmoid(q**0.5 * grid)
    slopes.append(float((gauss * (s * (1 - s)) ** 2).sum()))
    q = float((gauss * s**2).sum())


def normalise(z):
    """BatchNorm at initialisation: mean 0 and variance 1 over the batch."""
    return (z - z.mean(0)) / z.std(0, correction=0)


bn = math.pi / (math.pi - 1)  # ½ in layer 0, which no ReLU precedes
layers = {  # name: layer x → x′, weight variance times width, gain of layer l
    "sigmoid, Xavier": (lambda x, W: sigmoid(x @ W.T), 1, lambda l: slopes[l]),
    "ReLU, default": (lambda x, W: relu(x @ W.T), 1 / 3, lambda l: 1 / 6),
    "ReLU, Kaiming": (lambda x, W: relu(x @ W.T), 2, lambda l: 1),
    "ReLU, BatchNorm": (
        lambda x, W: relu(normalise(x @ W.T)),
        2,
        lambda l: bn if l else 1 / 2,
    ),
    "residual": (lambda x, W: x + relu(x) @ W.T, 2, lambda l: 2),
    "residual, BatchNorm": (  # the stream's variance grows linearly
        lambda x, W: x + relu(normalise(x)) @ W.T,
        2,
        lambda l: 1 + 1 / (1 + l / bn),
    ),
}

measured, predicted = {}, {}
print("gradient norm, first layer / last   measured   predicted")
for name, (layer, variance, gain) in layers.items():
    states = [torch.randn(batch, width, requires_grad=True)]
    for _ in range(depth):
        W = math.sqrt(variance / width) * torch.randn(width, width)
        states.append(layer(states[-1], W))
    v = torch.randn(batch, width)  # a random error at the last layer
    gradients = torch.autograd.grad(states[-1], states, v)
    norms = [g.double().norm() for g in gradients]  # squares leave float32
    measured[name] = torch.stack(norms) / v.norm()
    logs = torch.tensor([math.log(gain(l)) for l in range(depth)] + [0])
    predicted[name] = torch.exp(logs.flip(0).cumsum(0).flip(0) / 2)
    print(f"{name:30s} {measured[name][0]:13.0e} {predicted[name][0]:11.0e}")

# %% Plot
shown = range(0, depth + 1, 5)
for i, (name, norms) in enumerate(measured.items()):
    plt.semilogy(predicted[name], color=f"C{i}")
    plt.semilogy(shown, norms[::5], "osD^vP"[i], color=f"C{i}", label=name)
plt.ylim(1e-33, 1e10)
plt.xlabel("layer $l$ (0 is the input)")
plt.ylabel("gradient norm, last layer = 1")
plt.legend(ncols=2, loc="lower right", bbox_to_anchor=(1, 1), columnspacing=1,
           handlelength=1.5)  # fmt: skip
plt.show()
