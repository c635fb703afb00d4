"""A plain BatchNorm network starts with exploding gradients. What five steps
of training make of them, under SGD and under Adam."""

import math

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(0)
digits = load_digits()
x = torch.tensor(digits.data, dtype=torch.float32)
x = (x - x.mean(0)) / (x.std(0) + 1e-8)
y = torch.tensor(digits.target)
width, depth, steps = 128, 24, 30


def train(make, scale=1.0):
    """Norm of ∂L/∂W by hidden layer, before each of the steps."""
    sizes = [64] + depth * [width]
    parts = []
    for a, b in zip(sizes, sizes[1:]):
        parts += [nn.Linear(a, b, bias=False), nn.BatchNorm1d(b), nn.ReLU()]
        nn.init.kaiming_normal_(parts[-3].weight)
    model = nn.Sequential(*parts, nn.Linear(width, 10))
    hidden = [part.weight for part in parts[::3]]
    optimizer, norms = make(model.parameters()), []
    for _ in range(steps):
        batch = torch.randint(len(x), (256,))
        loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
        optimizer.zero_grad()
        loss.backward()
        norms.append([float(W.grad.norm()) for W in hidden])
        optimizer.step()
    return torch.tensor(norms)


runs = {"SGD": train(lambda p: torch.optim.SGD(p, lr=0.1)),
        "SGD, rate 0.001": train(lambda p: torch.optim.SGD(p, lr=1e-3)),
        "Adam": train(lambda p: torch.optim.Adam(p, lr=1e-3))}  # fmt: skip
ratio = {name: norms[:, 1] / norms[:, -1] for name, norms in runs.items()}
