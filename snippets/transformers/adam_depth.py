"""Eight and fourteen sigmoid layers under Adam with two ε, and under SGD."""

import math

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch.nn import functional as F

torch.manual_seed(0)
digits = load_digits()
x = torch.tensor(digits.data, dtype=torch.float32)
x = (x - x.mean(0)) / (x.std(0) + 1e-8)
y = torch.tensor(digits.target)
width, steps = 32, 300
rates = {"Adam, ε = 1e-8": [1e-3, 3e-3, 9e-3],
         "Adam, ε = 1e-16": [1e-3, 3e-3, 9e-3],
         "SGD": [1e-2, 1e-1, 1]}  # fmt: skip
n = 9  # networks side by side
rate = torch.tensor(sum(rates.values(), []))[:, None, None]
epsilon = torch.tensor([1e-8] * 3 + [1e-16] * 6)[:, None, None]
is_sgd = torch.tensor([False] * 6 + [True] * 3)[:, None, None]


def train(depth):
    """Mean loss of the last twenty steps, for each kind and rate."""
    shapes = [(1, 1, 64, width), (depth - 1, 1, width, width),
              (1, 1, width, 10), (depth, 1, 1, width)]  # fmt: skip
    start = [torch.randn(s) / math.sqrt(s[2]) for s in shapes[:3]]
    start.append(torch.zeros(shapes[3]))  # the biases
    weights = [w.repeat(1, n, 1, 1).requires_grad_() for w in start]
    mean, square = ([torch.zeros_like(w) for w in weights] for _ in range(2))
    losses = []
    for t in range(1, steps + 1):
        batch = torch.randint(len(x), (32,))
        h, (first, hidden, last, biases) = x[batch].expand(n, -1, -1), weights
        for W, b in zip([first[0], *hidden.unbind(0)], biases.unbind(0)):
            h = torch.sigmoid(torch.baddbmm(b, h, W))
        z = h @ last[0]
        wanted = F.one_hot(y[batch], 10)
        loss = -(z.log_softmax(2) * wanted).sum(2).mean(1)
        losses.append(loss.detach())
        gradients = torch.autograd.grad(loss.sum(), weights)
        with torch.no_grad():
            for w, g, m, s in zip(weights, gradients, mean, square):
                m.lerp_(g, 0.1)
                s.lerp_(g * g, 0.001)
                root = (s / (1 - 0.999**t)).sqrt() + epsilon
                adam = m / (1 - 0.9**t) / root
                w -= rate * torch.where(is_sgd, 10 * m, adam)
    moved = min(float((w.detach() - s).norm()) for w, s in zip(weights, start))
    return torch.stack(losses[-20:]).mean(0).view(3, 3).tolist(), moved


(eight, eight_moved), (fourteen, fourteen_moved) = train(8), train(14)
moved = min(eight_moved, fourteen_moved)

# %% Plot
for depth, grid in [(8, eight), (14, fourteen)]:
    for name, losses in zip(rates, grid):
        learns = "learns" if min(losses) < 2.25 else "stays at guessing"
        print(f"{depth:2d} layers, {name:15s}: {learns}")
figure, panels = plt.subplots(1, 2, sharey=True, layout="constrained")
for panel, depth, grid in zip(panels, (8, 14), (eight, fourteen)):
    for i, (name, losses) in enumerate(zip(rates, grid)):
        panel.plot(losses, "os^"[i] + ["-", "--", ":"][i], label=name,
                   ms=[9, 6, 4][i])  # fmt: skip
    panel.axhline(math.log(10), color="k", ls=":", lw=1)
    panel.set_xticks(range(3), ["low", "middle", "high"])
    panel.set_xlabel(f"rate, {depth} layers")
panels[0].set_ylabel(f"training loss after {steps} steps")
lines = panels[0].lines[:3]
figure.legend(handles=lines, ncols=2, loc="outside upper center")
plt.show()
