"""Which rates of Adam learn the digits, for narrow and wide networks: standard
parametrisation against muP."""

import math

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch.nn import functional as F

torch.manual_seed(0)
data = load_digits()
x = torch.tensor(data.data, dtype=torch.float32)
x, y = (x - x.mean()) / x.std(), torch.tensor(data.target)
widths, base, steps, batch = [32, 256], 32, 36, 32
powers = list(range(-13, -2))
rates = torch.tensor([2.0**k for k in powers])[:, None, None]
R = len(rates)  # as many networks side by side, one a rate


def train(n, mup):
    """Training loss by rate, mean of the last ten steps."""
    shapes = [(64, n), (n, n), (n, n), (n, 10)]
    stds = [math.sqrt(2 / a) for a, _ in shapes]
    scale = base / n if mup else 1.0
    stds[-1] = math.sqrt(scale / n)  # muP: 1/n instead of 1/√n
    start = [s * torch.randn(1, *d) for s, d in zip(stds, shapes)]
    weights = [w.repeat(R, 1, 1).requires_grad_() for w in start]
    slow = [1.0] + [scale] * 3  # muP: all rates but the first layer's
    moments, losses = [[0 * w.detach()] * 2 for w in weights], []
    for t in range(1, steps + 1):
        pick = torch.randint(len(x), (batch,))
        h = x[pick] @ weights[0]
        for w in weights[1:]:
            h = F.relu(h) @ w
        logits, target = h.flatten(0, 1), y[pick].repeat(R)
        loss = F.cross_entropy(logits, target, reduction="none")
        losses.append(loss.detach().view(R, -1).mean(1))
        gradients = torch.autograd.grad(loss.sum() / batch, weights)
        with torch.no_grad():
            for i, (w, g) in enumerate(zip(weights, gradients)):
                m, v = moments[i]
                moments[i] = m, v = m.lerp(g, 0.1), v.lerp(g * g, 0.01)
                step = m / (1 - 0.9**t) / ((v / (1 - 0.99**t)).sqrt() + 1e-8)
                w -= rates * slow[i] * step
    moved = [float((w.detach() - s).norm()) for w, s in zip(weights, start)]
    return torch.stack(losses[-10:]).mean(0), min(moved)


def threshold(loss):
    """log₂ of the rate at which the loss comes down to 1, interpolated."""
    i = next(i for i in range(R) if loss[i] < 1)
    share = math.log(loss[i - 1]) / math.log(loss[i - 1] / loss[i])
    return powers[i - 1] + share


runs = {(mup, n): train(n, mup) for mup in (False, True) for n in widths}
moved = min(m for _, m in runs.values())
loss = {key: values for key, (values, _) in runs.items()}
edge = {key: threshold(values.tolist()) for key, values in loss.items()}
low = {key: float(values.min()) for key, values in loss.items()}
best = {key: powers[int(v.argmin())] for key, v in loss.items()}
# %% Plot
for key in loss:
    name = ("standard", "muP")[key[0]]
    print(f"{name:8s} width {key[1]:3d}: learns from rate 2^{edge[key]:.1f}, "
          f"best 2^{best[key]}, loss there {low[key]:.2f}")  # fmt: skip
for i, ((mup, n), values) in enumerate(loss.items()):
    label = f"{'muP' if mup else 'standard'}, width {n}"
    style = ["o-", "o--", "s-", "s--"][i]
    plt.loglog(rates.flatten(), values, style, label=label)
plt.axhline(math.log(10), color="k", ls=":", lw=1, label="guessing")
plt.ylim(top=5)
plt.yticks([0.2, 0.5, 1, 2, 5], [0.2, 0.5, 1, 2, 5])
plt.minorticks_off()
plt.xlabel("rate of the first layer")
plt.ylabel("training loss")
plt.legend(ncols=2, loc="lower right", bbox_to_anchor=(1, 1), columnspacing=1,
           handlelength=1.5)  # fmt: skip
plt.show()
