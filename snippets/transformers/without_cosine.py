"""Thirty plain layers, four ways: what becomes of two inputs and a gradient?"""

import math

import matplotlib.pyplot as plt
import torch
from torch.nn import functional as F

torch.manual_seed(0)
width, depth = 384, 30


def leaky_after(a, c=0.0):
    """Cosine of two orthogonal inputs after all layers of slopes 1, a."""
    for _ in range(depth):
        bend = math.sqrt(1 - c * c) - c * math.acos(c)
        c += (1 - a) ** 2 / (math.pi * (1 + a * a)) * bend
    return c


low, high = 0.0, 1.0  # bisection: from which slope do they arrive at 0.9?
for _ in range(50):
    slope = (low + high) / 2
    low, high = (slope, high) if leaky_after(slope) > 0.9 else (low, slope)


def activation(scheme, z):
    if scheme == "looks linear":  # both halves of every unit
        return torch.cat([F.relu(z), F.relu(-z)], 1)
    if scheme == "scaled WS":  # variance 1 after ReLU
        return F.relu(z) * math.sqrt(2 / (1 - 1 / math.pi))
    a = slope if scheme == "tailored slope" else 0.0
    return F.leaky_relu(z, a) * math.sqrt(2 / (1 + a * a))


def weights(scheme):
    W = torch.randn(width, width) / math.sqrt(width)
    if scheme == "looks linear":
        R = torch.linalg.qr(W).Q
        return torch.cat([R, -R], 1)
    return W - W.mean(1, keepdim=True) if scheme == "scaled WS" else W


def chain(scheme):
    """Cosines of two inputs by layer, and the log squared gradient."""
    z = start = torch.randn(2, width, requires_grad=True)
    cosines = [float(F.cosine_similarity(*z, 0).detach())]
    for _ in range(depth):
        z = activation(scheme, z) @ weights(scheme).T
        cosines.append(float(F.cosine_similarity(*z, 0).detach()))
    v = torch.randn(width)
    (g,) = torch.autograd.grad(z[0] @ v, start)
    return cosines, float((g.square().sum() / v.square().sum()).log())


schemes = ["ReLU", "tailored slope", "looks linear", "scaled WS"]
draws = [4, 4, 1, 4]  # one shows what is exact
runs = {s: [chain(s) for _ in range(n)] for s, n in zip(schemes, draws)}
cosine = {s: sum(c[-1] for c, _ in r) / len(r) for s, r in runs.items()}
gradient = {s: sum(g for _, g in r) / len(r) for s, r in runs.items()}
moved = abs(runs["looks linear"][0][0][-1] - runs["looks linear"][0][0][0])
print(f"slope that lets orthogonal inputs arrive at 0.9: {slope:.3f}")
for s in schemes:
    print(f"{s:15s} cosine {abs(cosine[s]):.1f}, "
          f"ln of the squared gradient {round(gradient[s]):3d}")  # fmt: skip

# %% Plot
for i, s in enumerate(schemes):
    plt.plot(runs[s][0][0], "osv^"[i] + "-", markevery=3, label=s)
plt.xlabel("layer")
plt.ylabel("cosine of two inputs' pre-activations")
plt.legend()
plt.show()
