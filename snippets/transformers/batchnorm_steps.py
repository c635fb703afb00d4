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


def train(make):
    """Norms of ∂L/∂W by step and layer; growth of ‖W_2‖² at step 1."""
    sizes = [64] + depth * [width]
    parts = []
    for a, b in zip(sizes, sizes[1:]):
        parts += [nn.Linear(a, b, bias=False), nn.BatchNorm1d(b), nn.ReLU()]
        nn.init.kaiming_normal_(parts[-3].weight)
    model = nn.Sequential(*parts, nn.Linear(width, 10))
    hidden = [part.weight for part in parts[::3]]
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
    return torch.tensor(norms), growth[0]


runs = {}
for rate in (0.001, 0.1, 1):
    runs[f"SGD, rate {rate}"] = train(partial(torch.optim.SGD, lr=rate))
runs["Adam, rate 0.001"] = train(partial(torch.optim.Adam, lr=1e-3))
ratio = {name: norms[:, 1] / norms[:, -1] for name, (norms, _) in runs.items()}
start = torch.stack([r[0] for r in ratio.values()]).log().mean().item()
after = {name: r[-1].item() for name, r in ratio.items()}
norms, growth = runs["SGD, rate 1"]
pythagoras = growth / float(norms[0, 1]) ** 2  # rate 1
moved = min(float(norms.min()) for norms, _ in runs.values())
for name in after:
    print(f"{name:16s}: after five steps below 5: {after[name] < 5}")
print(f"growth of ‖W‖² over η²‖g‖²: {pythagoras:.1f}")

# %% Plot
for i, (name, curve) in enumerate(ratio.items()):
    plt.semilogy(curve, "os^D"[i] + "-", label=name)
plt.axhline(1, color="k", ls=":", lw=1)
plt.xlabel("step")
plt.ylabel("gradient norm, layer 2 over layer 24")
plt.legend()
plt.show()
