"""Ten hidden layers on the digits: what trains, and what only Adam moves."""

import math

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn

digits = load_digits()
x = torch.tensor(digits.data, dtype=torch.float32)
x = (x - x.mean(0)) / (x.std(0) + 1e-8)
y = torch.tensor(digits.target)
depth, width, steps = 10, 64, 300


def train(activation, init, optimiser, **settings):
    """Loss at each step, and the relative distance the first weights moved."""
    torch.manual_seed(0)
    sizes = [64] + depth * [width]
    linear = [nn.Linear(a, b) for a, b in zip(sizes, sizes[1:])]
    for layer in linear:
        init(layer.weight)
        nn.init.zeros_(layer.bias)
    hidden = [part for layer in linear for part in (layer, activation)]
    model = nn.Sequential(*hidden, nn.Linear(width, 10))
    start = linear[0].weight.detach().clone()
    optimiser = optimiser(model.parameters(), **settings)
    losses = []
    for _ in range(steps):
        rows = torch.randint(len(x), (64,))
        loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    change = linear[0].weight.detach() - start
    return losses, float(change.norm() / start.norm())


SGD, Adam = torch.optim.SGD, torch.optim.Adam
xavier, kaiming = nn.init.xavier_normal_, nn.init.kaiming_normal_
runs = {
    "ReLU, SGD": train(nn.ReLU(), kaiming, SGD, lr=0.02, momentum=0.9),
    "sigmoid, SGD": train(nn.Sigmoid(), xavier, SGD, lr=0.02, momentum=0.9),
    "sigmoid, Adam": train(nn.Sigmoid(), xavier, Adam, lr=1e-3),
}
end = {name: sum(losses[-20:]) / 20 for name, (losses, _) in runs.items()}
moved = {name: distance for name, (_, distance) in runs.items()}
print(f"loss of guessing {math.log(10):20.2f}")
for name in runs:
    print(f"{name:24s} ends at {end[name]:4.1f}, W₁ moved {moved[name]:.0e}")

# %% Plot
for i, (name, (losses, _)) in enumerate(runs.items()):
    style = ["-", "--", "-."][i]
    plt.plot(losses, style, marker="os^"[i], markevery=40, label=name)
plt.axhline(math.log(10), color="k", ls=":", lw=1, label="guessing: ln 10")
plt.xlabel("step")
plt.ylabel("training loss")
plt.legend()
plt.show()
