"""Ten networks of 30 layers, each at the best of five rates, on the digits."""

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch.nn import functional as F

torch.manual_seed(0)
digits = load_digits()
x = torch.tensor(digits.data, dtype=torch.float32)
x = (x - x.mean(0)) / (x.std(0) + 1e-8)
y, width, depth, steps = torch.tensor(digits.target), 32, 30, 80
rates = [3e-4, 1e-3, 3e-3, 1e-2, 3e-2]
n, slope = len(rates), 0.303  # orthogonal inputs arrive at cosine 0.9


def start(scheme):
    W = torch.randn(depth, 2, width, width) / width**0.5
    if "Gaussian" not in scheme:
        W = torch.linalg.qr(W).Q
    twin = W[:, 1] if "no mirror" in scheme else W[:, 0]
    W = torch.cat([W[:, 0], -twin], 1) if "mirror" in scheme else W[:, 0]
    last = torch.randn(1, width, 10) / width**0.5
    return torch.randn(1, 64, width) / 8, W, last


def forward(scheme, layers, h):
    for W in layers.unbind(0):
        if "mirror" in scheme:  # both halves of every unit, 2n weights
            h = torch.cat([F.relu(h), F.relu(-h)], -1) @ W
        elif "tanh" in scheme:
            h = torch.tanh(h) @ W
        elif scheme == "skip, 1/√L":
            h = h + (2 / depth) ** 0.5 * F.relu(h) @ W
        elif scheme == "skip, DyT":
            h = h + 2**0.5 * F.relu(torch.tanh(h)) @ W
        else:
            a = slope if "slope" in scheme else 0.0
            h = (2 / (1 + a * a)) ** 0.5 * F.leaky_relu(h, a) @ W
    return torch.tanh(h) if "DyT" in scheme else h


def train(scheme):
    first = [w[:, None].repeat(1, n, 1, 1) for w in start(scheme)]
    weights = [w.clone().requires_grad_() for w in first]
    moments = [[torch.zeros_like(w) for w in weights] for _ in range(2)]
    rate, losses = torch.tensor(rates)[:, None, None], []
    for t in range(1, steps + 1):
        rows = torch.randint(len(x), (64,))
        h = forward(scheme, weights[1], x[rows] @ weights[0][0])
        score = F.log_softmax(h @ weights[2][0], -1)
        losses.append(-score[:, range(64), y[rows]].mean(1))
        gradients = torch.autograd.grad(losses[-1].sum(), weights)
        with torch.no_grad():  # Adam
            for w, g, m, s in zip(weights, gradients, *moments):
                m.lerp_(g, 0.1)
                s.lerp_(g * g, 0.01)
                root = (s / (1 - 0.99**t)).sqrt() + 1e-8
                w -= rate * m / (1 - 0.9**t) / root
    moved = min(float((w.detach() - f).norm()) for w, f in zip(weights, first))
    return torch.stack(losses[-10:]).detach().mean(0).tolist(), moved


schemes = ["ReLU", "slope", "slope, Gaussian", "mirror", "mirror, Gaussian",
           "no mirror", "tanh", "tanh, Gaussian", "skip, 1/√L",
           "skip, DyT"]  # fmt: skip
runs = {scheme: train(scheme) for scheme in schemes}
best = {scheme: min(losses) for scheme, (losses, _) in runs.items()}
place = {s: losses.index(min(losses)) for s, (losses, _) in runs.items()}
moved = min(m for _, m in runs.values())

# %% Plot
print("each at its best rate, training loss (guessing: 2.3)")
for scheme in ("ReLU", "no mirror", "mirror", "skip, 1/√L"):
    kind = "below 0.5" if best[scheme] < 0.5 else "above 0.7"
    print(f"{scheme:10s} {kind}")
plt.figure(figsize=(5.8, 5.4))
for i, (scheme, (losses, _)) in enumerate(runs.items()):
    style = ["-", "--", ":"][i % 3] + "osv^Dx+*PX"[i]
    color = "k" if "DyT" in scheme else f"C{i}"
    plt.loglog(rates, losses, style, color=color, label=scheme)
plt.xlabel("learning rate")
plt.ylabel(f"training loss after {steps} steps")
plt.ylim(0.05, 10)  # what diverged lies above
plt.legend(ncols=2, loc="lower right", bbox_to_anchor=(1, 1))
plt.show()
