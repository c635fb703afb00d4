"""Five ways for a loss to go wrong, each with and without its cause."""

import math

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn

digits = load_digits()
x = torch.tensor(digits.data, dtype=torch.float32)
x = (x - x.mean(0)) / (x.std(0) + 1e-8)
y = torch.tensor(digits.target)
steps = 120


def curve(activation, depth=2, bias=0.0, gain=1.0, jolt=None):
    """Losses; relative distance of the weights moved; gradient, first step."""
    torch.manual_seed(0)
    layers = []
    for _ in range(depth):
        layers += [nn.Linear(64, 64), activation()]
        nn.init.normal_(layers[-2].weight, std=gain * math.sqrt(2 / 64))
        nn.init.constant_(layers[-2].bias, bias)
    model = nn.Sequential(*layers, nn.Linear(64, 10))
    start = nn.utils.parameters_to_vector(model.parameters()).detach()
    optimiser = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    losses = []
    for step in range(steps):
        rows = torch.randint(len(x), (128,))
        optimiser.param_groups[0]["lr"] = 10.0 if step == jolt else 0.05
        loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
        optimiser.zero_grad()
        loss.backward()
        if step == 0:
            first = model[0].weight.grad.norm().item()
        optimiser.step()
        losses.append(loss.item())
        if not math.isfinite(losses[-1]):
            break
    end = nn.utils.parameters_to_vector(model.parameters()).detach()
    return losses, ((end - start).norm() / start.norm()).item(), first


def least_squares(share):
    """One-hot targets, a linear model, and a share of the rate 2/λ_max."""
    target, W = nn.functional.one_hot(y, 10).float(), torch.zeros(64, 10)
    rate = 2 * share / torch.linalg.eigvalsh(x.T @ x / len(x))[-1]
    losses = []
    for _ in range(steps):
        error = x @ W - target
        losses.append(error.square().sum(1).mean().item())
        W = W - rate * x.T @ error / len(x)
    return losses, W.norm().item(), None


healthy, deep = curve(nn.ReLU), curve(nn.ReLU, depth=8)
ill = {
    "plateau at chance": curve(nn.Sigmoid, depth=8),
    "dead start": curve(nn.ReLU, bias=-40.0),
    "spike": curve(nn.ReLU, jolt=75),
    "slow divergence": least_squares(1.01),
    "NaN": curve(nn.ReLU, depth=8, gain=3.0),
}
well = dict(zip(ill, [curve(nn.Sigmoid), healthy, healthy,
                      least_squares(0.99), deep]))  # fmt: skip
for name, (losses, *_) in ill.items():
    print(f"{name:18s} {len(losses):3d} steps; without its cause the loss"
          f" ends at {well[name][0][-1]:.1f}")  # fmt: skip

# %% Plot
figure, panels = plt.subplots(3, 2, sharex=True, sharey=True, figsize=(5.8, 6))
curves = {name: losses for name, (losses, *_) in ill.items()}
curves["healthy"] = healthy[0]
for i, (panel, (name, losses)) in enumerate(zip(panels.flat, curves.items())):
    finite = [value for value in losses if math.isfinite(value)]
    panel.semilogy(finite, color=f"C{i}")
    panel.axhline(math.log(10), color="k", lw=0.8, ls=":")
    panel.set_title(name)
panels[0, 0].set_ylim(1e-3, 1e8)
panels[1, 0].set_ylabel("training loss; dotted: guessing")
for panel in panels[2]:
    panel.set_xlabel("step")
plt.show()
