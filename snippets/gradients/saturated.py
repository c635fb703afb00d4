"""The share of saturated units by layer, and the gradient meanwhile."""

import math

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
width, depth, batch = 600, 20, 64
edge = math.atanh(math.sqrt(0.9))  # beyond it tanh′ is under 0.1 = peak / 10
grid = torch.linspace(-10, 10, 4001)
gauss = torch.exp(-(grid**2) / 2) / torch.exp(-(grid**2) / 2).sum()


def network(phi, variance, edge):
    """Share of |z| > edge by layer; squared gradient gain of layers 5 to 20."""
    states, share = [torch.randn(batch, width, requires_grad=True)], []
    for _ in range(depth):
        W = math.sqrt(variance / width) * torch.randn(width, width)
        z = states[-1] @ W.T
        share.append(float((z.abs() > edge).double().mean()))
        states.append(phi(z))
    v = torch.randn(batch, width)
    deep, last = torch.autograd.grad(states[-1], (states[5], states[-1]), v)
    return share, float(deep.square().sum() / last.square().sum())


measured, gains, predicted = {}, {}, {}
for variance in (1, 4, 16):
    measured[variance], gains[variance] = network(torch.tanh, variance, edge)
    q, predicted[variance] = float(variance), []
    for _ in range(depth):
        share = math.erfc(edge / math.sqrt(2 * q))
        predicted[variance].append(share)
        q = float(variance * (gauss * torch.tanh(q**0.5 * grid) ** 2).sum())
    first, last = measured[variance][0], measured[variance][-1]
    print(
        f"tanh, σ_w² = {variance:2d}: saturated {first:.2f}, in layer {depth}"
        f" {last:.2f}; gradient² × {gains[variance]:.1g}"
    )
# The sigmoid: slope under a tenth of its peak, 0.025, beyond |z| = 3.64.
flat = math.log((1 + math.sqrt(0.9)) / (1 - math.sqrt(0.9)))
sigmoid_share, sigmoid_gain = network(torch.sigmoid, 1, flat)
print(
    f"sigmoid, Xavier: saturated {sigmoid_share[-1]:.2f} in layer {depth};"
    f" gradient² × {sigmoid_gain:.1g}"
)

# %% Plot
layers = range(1, depth + 1)
for i, (variance, share) in enumerate(measured.items()):
    label = rf"$\sigma_w^2 = {variance}$"
    plt.plot(layers, predicted[variance], color=f"C{i}")
    plt.plot(layers, share, "os^"[i], color=f"C{i}")
    plt.annotate(label, (20, share[-1]), (8, 0), color=f"C{i}",
                 textcoords="offset points", va="center")  # fmt: skip
plt.ylim(0, 1)
plt.xticks(range(0, 21, 5))
plt.xlabel("layer $l$")
plt.ylabel("share of units with tanh′ < 0.1")
plt.show()
