"""What BatchNorm's gain becomes without its hypotheses: activations that jump,
and batches whose samples resemble each other."""

import math

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch.nn import functional as F

torch.manual_seed(0)
width, batch, depth = 512, 512, 8


def normalise(z):
    return (z - z.mean(0)) / z.std(0, correction=0)


def gains(phi, x):
    """Gain of the squared gradient norm in each layer, first to last."""
    states = [x.requires_grad_()]
    for _ in range(depth):
        W = torch.randn(width, width) / width**0.5
        states.append(phi(normalise(states[-1] @ W)))
    v = torch.randn(batch, width)
    gradients = torch.autograd.grad(states[-1], states, v)
    squares = [float(g.square().sum()) for g in gradients]
    return [a / b if b else 0.0 for a, b in zip(squares, squares[1:])]


def hardshrink(z):
    return F.hardshrink(z, 0.5)


def groups():
    """Two groups of like samples: two centres, plus noise of std ½."""
    centres = torch.randn(2, width).repeat_interleave(batch // 2, 0)
    return centres + 0.5 * torch.randn(batch, width)


def digits():
    """512 standardised digits, lifted to the network's width at random."""
    x = torch.tensor(load_digits().data).float()
    x = ((x - x.mean(0)) / (x.std(0) + 1e-8))[torch.randperm(len(x))[:batch]]
    return x @ torch.randn(64, width) / 64**0.5


def single():
    return torch.randn(batch, width)


curves = {
    "tanh, unlike samples": gains(torch.tanh, single()),
    "tanh, two groups": gains(torch.tanh, groups()),
    "tanh, digits": gains(torch.tanh, digits()),
    "Hardshrink, unlike samples": gains(hardshrink, single()),
}
shrink = sum(map(math.log, curves["Hardshrink, unlike samples"][1:]))
linear_groups = gains(lambda z: z * 1, groups())[0]
linear_single = gains(lambda z: z * 1, 1.25**0.5 * single())[0]
sign = gains(lambda z: z.sign() + 0 * z, single())[0]
for name, values in curves.items():
    print(f"{name:27s}" + "".join(f"{g:6.1f}" for g in values))
print(f"sign: {sign:.0f}")
print(f"linear, layer 1: {linear_groups:.1f} with groups,", end=" ")
print(f"{linear_single:.1f} without, same variance")

# %% Plot
layers = range(1, depth + 1)
for i, (name, values) in enumerate(curves.items()):
    plt.plot(
        layers[1:],
        values[1:],
        "osD^"[i] + ["-", "--", "-.", ":"][i],
        label=name,
    )
plt.axhline(1, color="k", lw=1)
plt.xlabel("layer $l$")
plt.ylabel("gain of the squared gradient norm")
plt.legend(loc="center right", bbox_to_anchor=(1, 0.3))
plt.show()
