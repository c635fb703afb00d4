"""Why not 9? Train 20 residual blocks, branches scaled by α, at three rates.

All networks start from the same weights and train side by side, in float64."""

import math

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)  # at α = 9 float32 would overflow
digits = load_digits()
x = torch.tensor(digits.data)
x = (x - x.mean(0)) / (x.std(0) + 1e-8)
y = torch.tensor(digits.target)
width, depth, steps = 32, 20, 60
scales = [0.001, 0.01, 0.03, 0.1, 0.22, 0.5, 1, 3, 9]
rates = [0.01, 0.05, 0.25]
n = len(scales) * len(rates)
alpha = torch.tensor(scales * len(rates))[:, None, None]
rate = torch.tensor(rates).repeat_interleave(len(scales))[:, None, None]


def matrices(count, a, b, variance):
    W = math.sqrt(variance / a) * torch.randn(count, 1, a, b)
    return W.repeat(1, n, 1, 1).requires_grad_()


torch.manual_seed(0)
weights = [matrices(1, 64, width, 1), matrices(1, width, 10, 1),
           matrices(depth, width, width, 2)]  # fmt: skip
start = [w.detach().clone() for w in weights]
momentum = [torch.zeros_like(w) for w in weights]
losses = []
for _ in range(steps):
    rows = torch.randint(len(x), (32,))
    h = x[rows] @ weights[0][0]
    for W in weights[2].unbind(0):
        h = h + alpha * (F.relu(h) @ W)
    logits = (h @ weights[1][0]).flatten(0, 1)
    loss = F.cross_entropy(logits, y[rows].repeat(n), reduction="none")
    losses.append(loss.view(n, -1).mean(1))
    gradients = torch.autograd.grad(losses[-1].sum(), weights)
    losses[-1] = losses[-1].detach()
    norm = sum(g.square().sum((0, 2, 3)) for g in gradients).sqrt()
    with torch.no_grad():  # SGD with momentum, gradient clipped to norm 1
        for w, m, g in zip(weights, momentum, gradients):
            m.mul_(0.9).add_(g / norm.clamp(min=1)[:, None, None])
            w -= rate * m

with torch.no_grad():
    squares = [(w - s).square() for w, s in zip(weights, start)]
    moved = sum(s.sum((0, 2, 3)) for s in squares)
least = float(moved.min().sqrt())  # of the laziest network
final = torch.stack(losses[-10:]).mean(0).view(len(rates), -1)
best = dict(zip(scales, final.min(0).values.tolist()))
for a, value in best.items():
    side = "below" if value < math.log(10) else "above"
    print(f"α = {a:5}: stream × {(1 + a * a) ** depth:7.1e}, "
          f"loss at its best rate {side} guessing")  # fmt: skip

# %% Plot
for i, (r, values) in enumerate(zip(rates, final.tolist())):
    style = ["o-", "s--", "^-."][i]
    plt.loglog(scales, values, style, label=f"rate {r}")
plt.axvline(depth**-0.5, color="k", ls="--", lw=1, label="1/√L")
plt.axhline(math.log(10), color="k", ls=":", lw=1, label="guessing")
plt.xlabel(r"scale $\alpha$ of the branch")
plt.ylabel(f"training loss after {steps} steps")
plt.legend()
plt.show()
