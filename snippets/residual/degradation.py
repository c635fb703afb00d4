"""Does a deeper plain network train worse, and do more steps repair it?

Plain and residual, with BatchNorm, at three rates: six networks at once."""

import math

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch.nn import functional as F

digits = load_digits()
x = torch.tensor(digits.data, dtype=torch.float32)
x = (x - x.mean(0)) / (x.std(0) + 1e-8)
y = torch.tensor(digits.target)
width, steps, depths, rates = 24, 400, [5, 20], [1e-3, 3e-3, 1e-2]
n = 2 * len(rates)
skip = torch.tensor([0.0] * 3 + [1.0] * 3)[:, None, None]
rate = torch.tensor(rates * 2)[:, None, None]


def batchnorm(z, gain, shift):
    var, mean = torch.var_mean(z, 1, correction=0, keepdim=True)
    return (z - mean) * (var + 1e-5).rsqrt() * gain + shift


def train(depth):
    torch.manual_seed(0)

    def matrices(count, a, b):  # the same start for every network
        W = math.sqrt(2 / a) * torch.randn(count, 1, a, b)
        return W.repeat(1, n, 1, 1).requires_grad_()

    weights = [matrices(1, 64, width), matrices(1, width, 10),
               matrices(depth, width, width),
               torch.ones(depth, n, 1, width, requires_grad=True),
               torch.zeros(depth, n, 1, width, requires_grad=True)]  # fmt: skip
    start = [w.detach().clone() for w in weights]
    mean, square = ([torch.zeros_like(w) for w in weights] for _ in range(2))
    losses = []
    for t in range(1, steps + 1):
        rows = torch.randint(len(x), (64,))
        h = x[rows] @ weights[0][0]
        for W, gain, shift in zip(*(w.unbind(0) for w in weights[2:])):
            h = skip * h + F.relu(batchnorm(h @ W, gain, shift))
        logits = (h @ weights[1][0]).flatten(0, 1)
        loss = F.cross_entropy(logits, y[rows].repeat(n), reduction="none")
        loss = loss.view(n, -1).mean(1)
        losses.append(loss.detach())
        gradients = torch.autograd.grad(loss.sum(), weights)
        with torch.no_grad():  # Adam, with a rate for each network
            for w, g, m, s in zip(weights, gradients, mean, square):
                m.lerp_(g, 0.1)
                s.lerp_(g * g, 0.001)
                step = m / (1 - 0.9**t) / ((s / (1 - 0.999**t)).sqrt() + 1e-8)
                w -= rate * step
    moved = min(float((w.detach() - s).norm()) for w, s in zip(weights, start))
    return torch.stack(losses).view(steps, 2, -1), moved


def at_best_rate(losses, step):
    """Loss of the plain and of the residual network, mean of 30 steps."""
    return losses[step - 30 : step].mean(0).min(1).values.tolist()


runs = {depth: train(depth) for depth in depths}
moved = min(m for _, m in runs.values())
horizons = [50, 100, 200, 400]
best = {(d, h): at_best_rate(runs[d][0], h) for d in depths for h in horizons}
plain = {key: pair[0] for key, pair in best.items()}
residual = {key: pair[1] for key, pair in best.items()}
gap = {h: plain[20, h] / plain[5, h] for h in horizons}
residual_gap = {h: residual[20, h] / residual[5, h] for h in horizons}

# %% Plot
print("training loss of 20 layers over that of 5, each at its best rate")
for h in horizons:
    print(f"after {h:3d} steps more than three times as high: "
          f"plain {gap[h] > 3}, residual {residual_gap[h] > 3}")  # fmt: skip
for i, values in enumerate((plain, residual)):
    name = ["plain", "residual"][i]
    for depth, dash in zip(depths, ["--", "-"]):
        curve = [values[depth, h] for h in horizons]
        plt.loglog(horizons, curve, "os"[i] + dash, color=f"C{i}",
                   label=f"{name}, {depth} layers")  # fmt: skip
plt.xticks(horizons, horizons)
plt.minorticks_off()
plt.xlabel("steps")
plt.ylabel("training loss at the best of three rates")
plt.legend()
plt.show()
