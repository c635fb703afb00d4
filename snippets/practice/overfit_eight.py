"""Can eight samples be learned by heart? Two deep networks with vanishing
gradients do not; shallower or better initialised ones do."""

import math

import matplotlib.pyplot as plt
import torch
from torch import nn

steps, width = 400, 64


def losses_of(activation, depth, init, rate):
    torch.manual_seed(0)
    x, y = torch.randn(8, width), torch.arange(8)  # eight classes, one each
    body = []
    for _ in range(depth):
        linear = nn.Linear(width, width)
        if init:
            init(linear.weight)
            nn.init.zeros_(linear.bias)
        body += [linear, activation()]
    model = nn.Sequential(*body, nn.Linear(width, 8))
    start = nn.utils.parameters_to_vector(model.parameters()).detach()
    optimiser = torch.optim.SGD(model.parameters(), lr=rate)
    losses = []
    for _ in range(steps):
        loss = nn.functional.cross_entropy(model(x), y)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    end = nn.utils.parameters_to_vector(model.parameters()).detach()
    return losses, ((end - start).norm() / start.norm()).item()


def kaiming(weight):
    nn.init.kaiming_normal_(weight, nonlinearity="relu")


networks = {
    "10 sigmoid layers, Xavier": (nn.Sigmoid, 10, nn.init.xavier_normal_),
    "20 ReLU layers, default": (nn.ReLU, 20, None),
    "20 ReLU layers, Kaiming": (nn.ReLU, 20, kaiming),
    "2 sigmoid layers, Xavier": (nn.Sigmoid, 2, nn.init.xavier_normal_),
}
best = {}
for name, network in networks.items():
    best[name] = min((losses_of(*network, rate) for rate in (0.02, 0.15)),
                     key=lambda run: run[0][-1])  # fmt: skip
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
