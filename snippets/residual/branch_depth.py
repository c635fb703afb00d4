"""The best scale of a branch, for three depths: does it follow 1/√L?

For each depth the networks differ in α alone and train side by side."""

import math

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch.nn import functional as F

digits = load_digits()
x = torch.tensor(digits.data, dtype=torch.float32)
x = (x - x.mean(0)) / (x.std(0) + 1e-8)
y = torch.tensor(digits.target)
width, steps, rate, depths = 32, 60, 0.05, [5, 15, 45]
scales = [2 ** (k / 2) / 16 for k in range(9)]  # 1/16 to 1
n = len(scales)
alpha = torch.tensor(scales)[:, None, None]


def train(depth):
    torch.manual_seed(0)

    def matrices(count, a, b, variance):  # the same start for every α
        W = math.sqrt(variance / a) * torch.randn(count, 1, a, b)
        return W.repeat(1, n, 1, 1).requires_grad_()

    weights = [matrices(1, 64, width, 1), matrices(1, width, 10, 1),
               matrices(depth, width, width, 2)]  # fmt: skip
    start = [w.detach().clone() for w in weights]
    momentum = [torch.zeros_like(w) for w in weights]
    losses = []
    for _ in range(steps):
        rows = torch.randint(len(x), (96,))
        h = x[rows] @ weights[0][0]
        for W in weights[2].unbind(0):
            h = h + alpha * (F.relu(h) @ W)
        logits = (h @ weights[1][0]).flatten(0, 1)
        loss = F.cross_entropy(logits, y[rows].repeat(n), reduction="none")
        losses.append(loss.view(n, -1).mean(1))
        gradients = torch.autograd.grad(losses[-1].sum(), weights)
        losses[-1] = losses[-1].detach()
        norm = sum(g.square().sum((0, 2, 3)) for g in gradients).sqrt()
        with torch.no_grad():  # SGD with momentum, clipped to norm 1
            for w, m, g in zip(weights, momentum, gradients):
                m.mul_(0.9).add_(g / norm.clamp(min=1)[:, None, None])
                w -= rate * m
    with torch.no_grad():
        moved = min(float((w - s).norm()) for w, s in zip(weights, start))
    return torch.stack(losses[-15:]).mean(0).tolist(), moved


runs = {depth: train(depth) for depth in depths}
best = {d: scales[values.index(min(values))] for d, (values, _) in runs.items()}
least = min(moved for _, moved in runs.values())
for depth, value in best.items():
    print(f"{depth:2d} blocks: best α {value:.2f}, 1/√L = {depth**-0.5:.2f}")

# %% Plot
for i, (depth, (values, _)) in enumerate(runs.items()):
    style = ["o-", "s--", "^-."][i]
    plt.loglog(scales, values, style, color=f"C{i}")
    plt.annotate(f"{depth} blocks", (scales[-1], values[-1]), (6, 0),
                 textcoords="offset points", va="center")  # fmt: skip
    plt.axvline(depth**-0.5, color=f"C{i}", ls=":", lw=1)
plt.xlabel(r"scale $\alpha$ of the branch")
plt.ylabel(f"training loss after {steps} steps")
plt.show()
