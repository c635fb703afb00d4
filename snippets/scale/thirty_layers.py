"""He's 22 and 30 layers, on the digits: with Xavier the 22-layer ReLU network starts late, the 30-layer one never."""

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


def kaiming(weight):
    nn.init.kaiming_normal_(weight, nonlinearity="relu")


def train(depth, init):
    hidden = []
    for fan_in in [64] + (depth - 1) * [width]:
        layer = nn.Linear(fan_in, width)
        init(layer.weight)
        nn.init.zeros_(layer.bias)
        hidden += [layer, nn.ReLU()]
    model = nn.Sequential(*hidden, nn.Linear(width, 10))
    optimiser = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    losses = []
    for _ in range(steps):
        rows = torch.randint(len(x), (128,))
        loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        losses.append(loss.item())
    return torch.tensor(losses).unfold(0, 20, 1).mean(1)  # running mean of 20 steps


curves = {(d, f.__name__): train(d, f) for d in (22, 30) for f in (nn.init.xavier_normal_, kaiming)}
for (depth, init), losses in curves.items():
    print(f"{depth} layers, {init:15s} {'never starts' if losses[-1] > 2 else 'trains'}")
late = float((curves[22, "xavier_normal_"] > 2).sum() / (curves[22, "kaiming"] > 2).sum())

# %% Plot
for i, ((depth, init), losses) in enumerate(curves.items()):
    label = f"{depth} layers, {'Kaiming' if init == 'kaiming' else 'Xavier'}"
    style = "os"[i // 2] + ("-" if init == "kaiming" else "--")
    plt.plot(losses, style, markevery=40, color=f"C{i // 2}", label=label)
plt.xlabel("step")
plt.ylabel("training loss, mean of 20 steps")
plt.legend()
plt.show()
