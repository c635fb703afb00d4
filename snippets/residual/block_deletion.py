"""Train a plain and a residual network on the digits, then delete one block."""

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(0)
digits = load_digits()
x = torch.tensor(digits.data, dtype=torch.float32)
x = (x - x.mean(0)) / (x.std(0) + 1e-8)
y = torch.tensor(digits.target)
width, depth, steps = 64, 12, 120


def forward(model, h, skip, deleted=None):
    first, blocks, head = model
    h = first(h)
    for i, block in enumerate(blocks):
        if i != deleted:
            h = h + block(h) if skip else block(h)
    return head(h)


def train(skip):
    blocks = nn.ModuleList(
        nn.Sequential(nn.Linear(width, width), nn.BatchNorm1d(width), nn.ReLU())
        for _ in range(depth)
    )
    model = nn.ModuleList([nn.Linear(64, width), blocks, nn.Linear(width, 10)])
    start = nn.utils.parameters_to_vector(model.parameters()).detach()
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)
    for _ in range(steps):
        rows = torch.randint(len(x), (128,))
        logits = forward(model, x[rows], skip)
        loss = nn.functional.cross_entropy(logits, y[rows])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    end = nn.utils.parameters_to_vector(model.parameters()).detach()
    return model.eval(), float((end - start).norm() / start.norm())


@torch.no_grad()
def accuracy(model, skip, deleted=None):
    hits = forward(model, x, skip, deleted).argmax(1) == y
    return float(hits.float().mean())


whole, deleted, distances = {}, {}, []
for name, skip in {"plain": False, "residual": True}.items():
    model, distance = train(skip)
    distances.append(distance)
    whole[name] = accuracy(model, skip)
    deleted[name] = [accuracy(model, skip, i) for i in range(depth)]
    mean = sum(deleted[name]) / depth
    print(f"{name:8s} trained: {whole[name] > 0.9}; mean accuracy without "
          f"one block above a half: {mean > 0.5}")  # fmt: skip
mean_plain = sum(deleted["plain"]) / depth
mean_residual = sum(deleted["residual"]) / depth
moved = min(distances)

# %% Plot
for name, marker in zip(deleted, "os"):
    plt.plot(range(1, depth + 1), deleted[name], marker + "-", label=name)
plt.axhline(0.1, color="k", ls=":", lw=1, label="guessing")
plt.xlabel("deleted block")
plt.ylabel("training accuracy without it")
plt.ylim(0, 1.03)
plt.legend(loc="center right")
plt.show()
