"""Does a deeper plain network train worse, and do more steps repair it?

Plain and residual, with BatchNorm, at five rates: ten networks at once."""

import math

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch.nn import functional as F

x, y = map(torch.tensor, load_digits(return_X_y=True))
x = x.float()
x = (x - x.mean(0)) / (x.std(0) + 1e-8)
width, steps, depths = 24, 400, [5, 20]
n, rates = 10, [1e-3, 3e-3, 1e-2, 3e-2, 1e-1]
skip = torch.tensor([0.0] * 5 + [1.0] * 5)[:, None, None]
rate = torch.tensor(rates * 2)[:, None, None]
torch.manual_seed(0)


def batchnorm(z, gain, shift):  # networks × features × examples
    flat = z.view(1, n * width, -1)  # as one image with many channels
    z = F.batch_norm(flat, None, None, gain.flatten(), shift.flatten(), True)
    return z.view(n, width, -1)


def train(depth):
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
        h = (x[rows] @ weights[0][0]).mT
        for W, gain, shift in zip(*(w.unbind(0) for w in weights[2:])):
            h = skip * h + F.relu(batchnorm(W.mT @ h, gain, shift))
        logits = (h.mT @ weights[1][0]).flatten(0, 1)
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
    means = torch.stack(losses).unfold(0, 30, 1).mean(-1)  # of 30 steps
    return means.view(-1, 2, len(rates)).min(-1), moved


runs = {depth: train(depth) for depth in depths}
moved = min(m for _, m in runs.values())
chosen = torch.stack([runs[d][0].indices[[70, 170, 370]] for d in depths])
inner = ((chosen > 0) & (chosen < len(rates) - 1)).double().mean()
curve, gap, slower = {}, {}, {}  # entry −1 of a curve ends at the last step
for i, kind in enumerate(["plain", "residual"]):
    short, deep = (runs[d][0].values[:, i] for d in depths)
    curve |= {(kind, 5): short, (kind, 20): deep}
    for h in (100, 200, 400):
        gap[kind, h] = float(deep[h - 30] / short[h - 30])
        slower[kind, h] = h / (30 + int((short <= deep[h - 30]).int().argmax()))

# %% Plot
print("20 layers beside 5, each at its best rate, 400 steps")
for kind in ("plain", "residual"):
    print(f"{kind:8s}: loss more than five times as high {gap[kind, 400] > 5}")
for i, ((kind, depth), values) in enumerate(curve.items()):
    plt.loglog(range(30, steps + 1), values, ["--", "-"][i % 2],
               color=f"C{i // 2}", marker="os"[i // 2], markevery=60,
               label=f"{kind}, {depth} layers")  # fmt: skip
plt.xticks([50, 100, 200, 400], [50, 100, 200, 400])
plt.minorticks_off()
plt.xlabel("steps")
plt.ylabel("training loss at the best of five rates")
plt.legend()
plt.show()
