"""A body trained on the digits 0 to 4 is tuned on 40 examples of 5 to 9, from
four starts: how far it drifts, and what that does to the error."""

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch.nn import functional as F

torch.manual_seed(0)
digits = load_digits()
images = (torch.tensor(digits.images).float() - 4.9) / 6
y, width, n = torch.tensor(digits.target), 64, 5
rates = [[0.01, 0.03, 0.1, 0.3, 0.6], [1e-4, 3e-4, 1e-3, 3e-3, 0.01]]
rate = torch.tensor(rates * 4).reshape(-1, 1, 1)  # 4 starts × SGD, Adam × rates


def shifted(x):  # by one pixel, in four directions
    return torch.cat([x.roll(m, d) for d in (1, 2) for m in (1, -1)])


def forward(w, x):
    return F.relu(F.relu(x.flatten(1) @ w[0]) @ w[1]) @ w[2]


def train(w, learned, x, y, steps):
    w = [v.clone().requires_grad_(i in learned) for i, v in enumerate(w)]
    adam = torch.optim.Adam([w[i] for i in learned], lr=3e-3)
    for _ in range(steps):
        rows = torch.randint(len(x), (64,))
        adam.zero_grad()
        F.cross_entropy(forward(w, x[rows]), y[rows]).backward()
        adam.step()
    return [v.detach() for v in w]


def fresh(a, b):
    return torch.randn(a, b) * (2 / a) ** 0.5


def measure(w, x, y):
    z = forward(w, x).log_softmax(-1)
    return -z[:, range(len(y)), y].mean(1), (z.argmax(-1) != y).float().mean(1)


order = torch.randperm(len(y))
images, y, old = images[order], y[order], y[order] < 5
wide = torch.cat([images[old], shifted(images[old])])
first = [fresh(64, width), fresh(width, width), fresh(width, 5)]
body = train(first, [0, 1, 2], wide, y[old].repeat(5), 400)[:2]
x, y, head = images[~old], y[~old] - 5, fresh(width, 5) / 2**0.5
few = torch.cat([torch.where(y == k)[0][:8] for k in range(5)])
rest = torch.ones(len(y), dtype=bool).index_fill(0, few, False)
x, y, rest, rest_y = x[few], y[few], x[rest], y[rest]
probe = train([*body, head], [2], x, y, 400)
starts = [[*body, head], [*body, 0 * head], probe, [*first[:2], head]]
begin = [torch.stack(v).repeat_interleave(2 * n, 0) for v in zip(*starts)]
w, moments = begin, [[torch.zeros_like(v) for _ in range(2)] for v in begin]
sizes, adam = [], (torch.arange(8 * n) // n % 2 == 1)[:, None, None]
for t in range(1, 201):
    w = [v.detach().requires_grad_() for v in w]
    g = torch.autograd.grad(measure(w, x, y)[0].sum(), w)
    sizes.append(g[1][:: 2 * n].norm(dim=(1, 2)))
    for i, (m, s) in enumerate(moments):
        m.lerp_(g[i], 0.1)
        s.lerp_(g[i] ** 2, 0.001)
        step = m / (1 - 0.9**t) / ((s / (1 - 0.999**t)).sqrt() + 1e-8)
        w[i] = (w[i] - rate * torch.where(adam, step, g[i])).detach()
drift = (w[1] - begin[1]).norm(dim=(1, 2)) / begin[1].norm(dim=(1, 2))
pick, _ = measure(w, rest[:200], rest_y[:200])
_, near = measure(w, rest[200:], rest_y[200:])
_, far = measure(w, shifted(rest[200:]), rest_y[200:].repeat(4))
drift, pick, near, far = (v.view(4, 2, n) for v in (drift, pick, near, far))
best = pick.argmin(2, keepdim=True)
near_best, far_best = near.gather(2, best)[..., 0], far.gather(2, best)[..., 0]

# %% Plot
names = ["random head", "zero head", "head first", "fresh body"]
for i, name in enumerate(names):
    print(f"{name:11s} first gradient into the body {sizes[0][i]:.1f}, "
          f"Adam's drift at 0.001 {drift[i, 1, 2]:.1f}")  # fmt: skip
figure, axes = plt.subplots(1, 2, sharey=True, layout="constrained")
for k, kind in enumerate(["SGD", "Adam"]):
    for i in range(3):
        style = ["o-", "s--", "^:"][i]
        axes[k].loglog(rates[k], drift[i, k], style, label=names[i])
    axes[k].set_title(kind)
    axes[k].set_xlabel("learning rate")
axes[0].set_ylabel("body's drift")
lines = axes[0].lines
figure.legend(handles=lines, ncols=2, loc="outside upper center")
plt.show()
