"""Two inputs through a tanh network: their correlation converges at the rate
that mean-field theory predicts."""

import math

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
width, depth, bias_variance, pairs, networks = 600, 25, 0.05, 32, 4
u = torch.linspace(-6, 6, 121, dtype=torch.float64)
gauss = torch.exp(-(u**2) / 2) / torch.exp(-(u**2) / 2).sum()


def mean_product(q, c):
    """E[tanh(z₁) tanh(z₂)] for Gaussians of variance q and correlation c."""
    other = c * u[:, None] + math.sqrt(max(1 - c * c, 0)) * u
    first, second = (
        torch.tanh(math.sqrt(q) * u),
        torch.tanh(math.sqrt(q) * other),
    )
    return float((gauss * first) @ second @ gauss)


measured, predicted = {}, {}
for variance in (1.0, 1.5, 2.5):
    q = 1.0
    for _ in range(100):
        q = variance * mean_product(q, 1.0) + bias_variance
    c, predicted[variance] = 0.0, []
    for _ in range(depth):
        c = (variance * mean_product(q, c) + bias_variance) / q
        predicted[variance].append(c)
    measured[variance] = torch.zeros(depth)
    for _ in range(networks):
        z = math.sqrt(q) * torch.randn(2 * pairs, width)  # at q*, uncorrelated
        for l in range(depth):
            W = math.sqrt(variance / width) * torch.randn(width, width)
            b = math.sqrt(bias_variance) * torch.randn(width)
            z = torch.tanh(z) @ W.T + b
            cosine = torch.cosine_similarity(z[:pairs], z[pairs:]).mean()
            measured[variance][l] += cosine / networks
    print(
        f"σ_w² = {variance}: correlation after 10 layers"
        f" {measured[variance][9]:.1f}, theory {predicted[variance][9]:.2f}"
    )

# %% Plot
layers = range(1, depth + 1)
for i, w in enumerate(measured):
    style = "os^"[i]
    plt.plot(layers, predicted[w], ["-", "--", ":"][i], color=f"C{i}")
    plt.plot(layers, measured[w], style, color=f"C{i}")
    plt.annotate(rf"$\sigma_w^2 = {w}$", (depth, measured[w][-1]), (8, 0),
                 color=f"C{i}", textcoords="offset points",
                 va="center")  # fmt: skip
plt.ylim(0, 1.05)
plt.xlabel("layer $l$")
plt.ylabel("correlation of two inputs")
plt.show()
