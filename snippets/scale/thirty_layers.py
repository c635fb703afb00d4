"""He's 22 and 30 layers, on the digits: with Xavier the 22-layer ReLU network
starts late, the 30-layer one in most seeds not at all."""

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
width, steps = 64, 500


def train(depth, gain):
    """Training losses, and the relative distance that the weights moved.

    `depth` hidden layers and an output layer, so one weight matrix more; SGD
    with momentum, gradients clipped to norm 1.
    """
    start = gain / math.sqrt(width) * torch.randn(depth, width, width)
    hidden = start.clone().requires_grad_()
    biases = torch.zeros(depth, width, requires_grad=True)
    last = (torch.randn(width, 10) / math.sqrt(width)).requires_grad_()
    parameters = [hidden, biases, last]
    optimiser = torch.optim.SGD(parameters, lr=0.05, momentum=0.9)
    losses = []
    for _ in range(steps):
        rows = torch.randint(len(x), (64,))
        h = x[rows]
        for W, b in zip(hidden, biases):
            h = torch.relu(torch.addmm(b, h, W))
        loss = nn.functional.cross_entropy(h @ last, y[rows])
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
        losses.append(loss.item())
    moved = (hidden.detach() - start).norm() / start.norm()
    return torch.tensor(losses), float(moved)


def first_below(losses, level=2.0):
    """Step at which the loss is first below the level (or the budget)."""
    below = (losses < level).nonzero()
    return int(below[0]) + 1 if len(below) else steps


inits = {"Xavier": 1.0, "Kaiming": math.sqrt(2)}
losses, final, moved = {}, {}, {}
for depth in (22, 30):
    for name, gain in inits.items():
        key = depth, name
        losses[key], moved[key] = train(depth, gain)
        final[key] = float(losses[key][-20:].mean())
        verdict = "still guessing" if final[key] > 2 else "trains"
        print(f"{depth} layers, {name}: {verdict}")
late = first_below(losses[22, "Xavier"]) / first_below(losses[22, "Kaiming"])

# %% Plot
for i, ((depth, init), curve) in enumerate(losses.items()):
    style = "os"[i // 2] + ("-" if init == "Kaiming" else "--")
    smooth = curve.unfold(0, 20, 1).mean(1)
    label = f"{depth} layers, {init}"
    plt.plot(smooth, style, markevery=40, color=f"C{i // 2}", label=label)
plt.xlabel("step")
plt.ylabel("training loss, mean of 20 steps")
plt.legend()
plt.show()
