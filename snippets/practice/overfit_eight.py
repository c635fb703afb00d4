"""Can eight samples be learned by heart? Two deep networks with vanishing
gradients do not; shallower or better initialised ones do."""

import math

import matplotlib.pyplot as plt
import torch
from torch import nn
from torch.nn import functional as F

steps, width = 400, 64
rates = torch.tensor([0.02, 0.15])  # two networks side by side


def losses_of(activation, depth, init):
    """Losses at the better rate, and how far its weights moved."""
    torch.manual_seed(0)
    x, y = torch.randn(8, width), torch.arange(8)  # eight classes, one each
    start = []
    for fan_out in [width] * depth + [8]:
        linear = nn.Linear(width, fan_out)
        if init and fan_out == width:
            init(linear.weight)
            nn.init.zeros_(linear.bias)
        start += [linear.weight.detach().T, linear.bias.detach()]
    weights = [p.repeat(2, 1, 1).requires_grad_() for p in start]
    optimiser = torch.optim.SGD(weights, lr=1.0, fused=True)
    losses = []
    for _ in range(steps):
        h = torch.baddbmm(weights[1], x.expand(2, 8, width), weights[0])
        for W, bias in zip(weights[2::2], weights[3::2]):
            h = torch.baddbmm(bias, activation(h), W)
        each = F.cross_entropy(h.mT, y.expand(2, 8), reduction="none").mean(1)
        optimiser.zero_grad()
        (rates * each).sum().backward()  # each gradient times its rate
        optimiser.step()
        losses.append(each.tolist())
    i = min((0, 1), key=lambda i: losses[-1][i])
    moved = sum((w[i] - p).norm() for w, p in zip(weights, start)).item()
    return [pair[i] for pair in losses], moved


def kaiming(weight):
    nn.init.kaiming_normal_(weight, nonlinearity="relu")


networks = {
    "10 sigmoid layers, Xavier": (torch.sigmoid, 10, nn.init.xavier_normal_),
    "20 ReLU layers, default": (torch.relu, 20, None),
    "20 ReLU layers, Kaiming": (torch.relu, 20, kaiming),
    "2 sigmoid layers, Xavier": (torch.sigmoid, 2, nn.init.xavier_normal_),
}
best = {}
for name, network in networks.items():
    best[name] = losses_of(*network)
    print(f"{name:26s} loss on eight samples {best[name][0][-1]:.1f}, "
          f"guessing {math.log(8):.1f}")  # fmt: skip

# %% Plot
for (name, (losses, _)), style in zip(best.items(), ["--", ":", "-", "-."]):
    plt.plot(losses, style, label=name)
plt.axhline(math.log(8), color="k", lw=0.8, zorder=1, label="guessing")
plt.xlabel("step")
plt.ylabel("loss on eight samples")
plt.legend()
plt.show()
