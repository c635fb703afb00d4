"""Gradient norms of four networks against a constant and against a percentile;
then a run that is watched: norm, percentiles, update over weight by layer."""

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
digits = load_digits()
x = torch.tensor(digits.data, dtype=torch.float32)
x, y = (x - x.mean(0)) / (x.std(0) + 1e-8), torch.tensor(digits.target)


def network(width, depth, kaiming=True):
    layers = []
    for i in range(depth):
        layers += [nn.Linear(width if i else 64, width), nn.ReLU()]
        if kaiming:
            nn.init.kaiming_normal_(layers[-2].weight)
    return nn.Sequential(*layers, nn.Linear(width, 10))


def backward(model, batch, reduction="mean"):
    """The total gradient norm of one batch, as clip_grad_norm_ sees it."""
    model.zero_grad()
    rows = torch.randint(len(x), (batch,))
    F.cross_entropy(model(x[rows]), y[rows], reduction=reduction).backward()
    return float(nn.utils.get_total_norm([p.grad for p in model.parameters()]))


# Weights at rest: the 285th of 299 sorted norms, then 299 fresh ones.
cases = [(network(32, 2, False), 128), (network(32, 2), 16),
         (network(128, 2), 16), (network(32, 2), 16, "sum")]  # fmt: skip
norms = torch.tensor([[backward(*c) for _ in range(598)] for c in cases])
limits = norms[:, :299].sort(1).values[:, 284:285]
above = (norms[:, 299:] > limits).float().mean(1)
above_one = (norms[:, 299:] > 1).float().mean(1)
medians = norms.median(1).values

# Weights that train, watched at each step.
model, steps, window = network(64, 3), 600, 100
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
hidden, seen, updates = model[0:5:2], [], []
for _ in range(steps):
    before = [layer.weight.detach().clone() for layer in hidden]
    seen.append(backward(model, 32))
    optimizer.step()
    updates.append([float((l.weight.detach() - b).norm() / b.norm())
                    for l, b in zip(hidden, before)])  # fmt: skip
seen, updates = torch.tensor(seen), torch.tensor(updates)
moving = seen.unfold(0, window, 1)[:-1].quantile(0.95, dim=1)
early = float(moving[window])  # of steps 101 to 200
over_moving = (seen[window:] > moving).float().mean()
over_early = (seen[2 * window :] > early).float().mean()
fall = seen[window : 2 * window].median() / seen[-window:].median()

# %% Plot
print("share of steps above 1, and above the own 95th percentile:")
for one, share in zip(above_one, above):
    word = "most" if one > 0.9 else "hardly any" if one < 0.1 else "some"
    print(f"  {word}, {'a few per cent' if share < 0.12 else 'many'}")
figure, axes = plt.subplots(2, 1, sharex=True, figsize=(5.8, 5.6))
axes[0].semilogy(seen, ".", ms=3, color="C0")
axes[0].semilogy(range(window, steps), moving, color="C1")
axes[0].axhline(early, color="C2", ls="--")
axes[0].set_title(
    "95th percentile: line of the last 100\nsteps, dashed of steps 101–200"
)
axes[0].set_ylabel("gradient norm")
means = updates.unfold(0, 20, 20).mean(-1)
for i, style in enumerate(["o-", "s--", "^:"]):
    axes[1].semilogy(range(10, steps, 20), means[:, i], style, ms=4)
axes[1].text(200, 2e-3, "layers 1, 2, 3")
axes[1].set_ylabel("update / weight")
axes[1].set_xlabel("step")
plt.show()
