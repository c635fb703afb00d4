"""A plain BatchNorm network starts with exploding gradients. What five steps
of training make of them depends on the rate."""

from functools import partial

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(0)
digits = load_digits()
x = torch.tensor(digits.data, dtype=torch.float32)
x = (x - x.mean(0)) / (x.std(0) + 1e-8)
y = torch.tensor(digits.target)
width, depth, steps = 128, 24, 6


def train(make, hold=False):
    """Norms of ∂L/∂W by step and layer; growth of ‖W_2‖² by step. With `hold`,
    each weight matrix gets its first norm back after each step."""
    sizes = [64] + depth * [width]
    parts = []
    for a, b in zip(sizes, sizes[1:]):
        parts += [nn.Linear(a, b, bias=False), nn.BatchNorm1d(b), nn.ReLU()]
        nn.init.kaiming_normal_(parts[-3].weight)
    model = nn.Sequential(*parts, nn.Linear(width, 10))
    hidden = [part.weight for part in parts[::3]]
    first = [W.detach().norm() for W in hidden]
    optimizer, norms, growth = make(model.parameters()), [], []
    for _ in range(steps):
        batch = torch.randint(len(x), (256,))
        loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
        optimizer.zero_grad()
        loss.backward()
        norms.append([float(W.grad.norm()) for W in hidden])
        before = float(hidden[1].detach().square().sum())
        optimizer.step()
        growth.append(float(hidden[1].detach().square().sum()) - before)
        with torch.no_grad():
            for W, norm in zip(hidden if hold else [], first):
                W.mul_(norm / W.norm())
    return torch.tensor(norms), growth, float(first[1] ** 2)


SGD, Adam = torch.optim.SGD, torch.optim.Adam
runs = {}
for rate in (0.001, 0.1, 1):
    runs[f"SGD, rate {rate}"] = train(partial(SGD, lr=rate))
runs["Adam, rate 0.001"] = train(partial(Adam, lr=1e-3))
runs["SGD, rate 1, norms held"] = train(partial(SGD, lr=1), hold=True)
runs["Adam, rate 0.03"] = train(partial(Adam, lr=3e-2))
ratio = {name: run[0][:, 1] / run[0][:, -1] for name, run in runs.items()}
start = torch.stack([r[0] for r in ratio.values()]).log().mean().item()
after = {name: r[-1].item() for name, r in ratio.items()}
norms, growth, square = runs["SGD, rate 1"]
pythagoras = growth[0] / float(norms[0, 1]) ** 2  # rate 1
grown = (1 + sum(growth[:5]) / square) ** 0.5  # ‖W_2‖ after five steps
moved = min(float(run[0].min()) for run in runs.values())
for name in after:
    print(f"{name:23s}: after five steps below 5: {after[name] < 5}")
print(f"growth of ‖W‖² over η²‖g‖²: {pythagoras:.1f}")

# %% Plot
figure, panels = plt.subplots(2, 1, sharex=True, sharey=True, figsize=(5.8, 6))
for name, curve in ratio.items():
    panel = panels[int(name.startswith("Adam"))]
    i = len(panel.lines)
    panel.semilogy(curve, "os^D"[i] + ["-", "--", "-.", ":"][i], label=name)
for panel in panels:
    panel.set_ylabel("gradient norm,\nlayer 2 over layer 24")
    panel.legend(loc="lower left")
panels[0].set_ylim(bottom=0.02)
panels[1].set_xlabel("step")
plt.show()
