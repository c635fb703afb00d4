"""Ten hidden layers on the digits: what trains, what only Adam moves, and what
the readout learns alone."""

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


def train(activation, init, optimiser, head_only=False, **settings):
    """Loss at each step; how far first and last weights moved, relatively."""
    torch.manual_seed(0)
    sizes = [64] + depth * [width]
    linear = [nn.Linear(a, b) for a, b in zip(sizes, sizes[1:])]
    for layer in linear:
        init(layer.weight)
        nn.init.zeros_(layer.bias)
    hidden = [part for layer in linear for part in (layer, activation)]
    model = nn.Sequential(*hidden, nn.Linear(width, 10))
    ends = [linear[0].weight, model[-1].weight]
    start = [w.detach().clone() for w in ends]
    model[:-1].requires_grad_(not head_only)
    trained = [w for w in model.parameters() if w.requires_grad]
    optimiser = optimiser(trained, fused=True, **settings)
    losses = []
    for _ in range(steps):
        rows = torch.randint(len(x), (64,))
        loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    return losses, *(
        float((w.detach() - s).norm() / s.norm()) for w, s in zip(ends, start)
    )


SGD, Adam = torch.optim.SGD, torch.optim.Adam
xavier, kaiming = nn.init.xavier_normal_, nn.init.kaiming_normal_
relu, sigmoid = (nn.ReLU(), kaiming), (nn.Sigmoid(), xavier)
gentle, adaptive = dict(lr=0.02, momentum=0.9), dict(lr=1e-3)
runs = {
    "ReLU, SGD": train(*relu, SGD, **gentle),
    "sigmoid, SGD": train(*sigmoid, SGD, **gentle),
    "sigmoid, Adam": train(*sigmoid, Adam, **adaptive),
    "ReLU, SGD, head only": train(*relu, SGD, True, **gentle),
    "sigmoid, SGD, head only": train(*sigmoid, SGD, True, **gentle),
    "sigmoid, Adam, head only": train(*sigmoid, Adam, True, **adaptive),
}
end = {name: sum(run[0][-20:]) / 20 for name, run in runs.items()}
moved = {name: run[1] for name, run in runs.items()}
head_moved = {name: run[2] for name, run in runs.items()}
print(f"loss of guessing {math.log(10):20.2f}")
for name in runs:
    print(f"{name:24s} ends at {end[name]:4.1f}, W₁ moved {moved[name]:.0e}")

# %% Plot
figure, panels = plt.subplots(5, sharex=True, sharey=True, figsize=(5.8, 8))
for i, (panel, (name, (losses, *_))) in enumerate(zip(panels, runs.items())):
    panel.plot(losses, color=f"C{i}", lw=1.4)
    panel.axhline(math.log(10), color="k", ls=":", lw=1)
    panel.set_title(name)
panels[2].set_ylabel("training loss; dotted: guessing, ln 10")
panels[4].set_xlabel("step")
plt.show()
