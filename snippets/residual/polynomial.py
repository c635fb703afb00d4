"""BatchNorm in residual branches: the gradient grows like a power of depth."""

import math

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
width, depth, batch = 64, 100, 512
a = math.pi / (math.pi - 1)


def normalise(z):
    return (z - z.mean(0)) / z.std(0, correction=0)


def run(layers):
    """Squared gradient and stream variance; branch (BN, ReLU, W)^layers."""
    states, variances = [torch.randn(batch, width, requires_grad=True)], []
    for _ in range(depth):
        h = states[-1]
        variances.append(float(h.detach().var(0, correction=0).mean()))
        for _ in range(layers):
            W = math.sqrt(2 / width) * torch.randn(width, width)
            h = torch.relu(normalise(h)) @ W.T
        states.append(states[-1] + h)
    v = torch.randn(batch, width)
    gradients = torch.autograd.grad(states[-1], states, v)
    norm = v.square().sum()
    return [float(g.square().sum() / norm) for g in gradients], variances


def theory(layers):
    factors = [1 + a ** (layers - 1) / (1 + l / a) for l in range(depth)]
    return [math.prod(factors[l:]) for l in range(depth)]


squares, predicted = {}, {}
for layers in (1, 2, 3):
    squares[layers], variances = run(layers)
    predicted[layers] = theory(layers)
    print(f"{layers} layers per branch: {squares[layers][0]:.0f}, "
          f"predicted {predicted[layers][0]:.0f}; "
          f"limiting exponent {a**layers:.2f}")  # fmt: skip
    if layers == 1:
        variance_growth = (variances[-1] - variances[0]) / (depth - 1)
print(f"variance per block {variance_growth:.2f}, 1 − 1/π = {1 / a:.2f}; "
      f"plain network: {a**depth:.0e}")  # fmt: skip
from_10_to_99 = math.log(squares[1][10] / squares[1][99])

# %% Plot
blocks = range(1, depth + 1)
for i, (layers, curve) in enumerate(predicted.items()):
    plt.loglog(blocks, curve, ["-", "--", "-."][i], color=f"C{i}")
    at = [0, 1, 2, 4, 7, 12, 20, 34, 56, 80, 99]
    plt.loglog([l + 1 for l in at], [squares[layers][l] for l in at], "os^"[i],
               color=f"C{i}", label=f"{layers}-layer branch")  # fmt: skip
plt.xlabel("block")
plt.ylabel("squared gradient norm")
plt.legend()
plt.show()
