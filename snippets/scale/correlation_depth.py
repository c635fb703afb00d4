"""Two inputs through a tanh network: their correlation converges at the rate that mean-field theory predicts."""

import math

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
width, depth, bias_variance, pairs = 1000, 25, 0.05, 8
u = torch.linspace(-6, 6, 161)
gauss = torch.exp(-(u**2) / 2) / torch.exp(-(u**2) / 2).sum()
grid_weight = gauss[:, None] * gauss[None, :]


def correlation_map(c, q, weight_variance):
    """c ← (σ_w² E[φ(z₁)φ(z₂)] + σ_b²)/q for pre-activations of correlation c."""
    first = math.sqrt(q) * u[:, None]
    second = math.sqrt(q) * (c * u[:, None] + math.sqrt(max(1 - c * c, 0)) * u[None, :])
    return (
        weight_variance * float((grid_weight * torch.tanh(first) * torch.tanh(second)).sum())
        + bias_variance
    ) / q


measured, predicted = {}, {}
for weight_variance in (1.0, 1.5, 2.5):
    q = 1.0
    for _ in range(200):
        q = (
            weight_variance * float((gauss * torch.tanh(math.sqrt(q) * u) ** 2).sum())
            + bias_variance
        )
    x = math.sqrt(q) * torch.randn(
        2 * pairs, width
    )  # pre-activations that start at the fixed point, uncorrelated
    c, measured[weight_variance], predicted[weight_variance] = 0.0, [], []
    for _ in range(depth):
        W = math.sqrt(weight_variance / width) * torch.randn(width, width)
        x = torch.tanh(x) @ W.T + math.sqrt(bias_variance) * torch.randn(width)
        measured[weight_variance].append(
            float(torch.cosine_similarity(x[:pairs], x[pairs:]).mean())
        )
        c = correlation_map(c, q, weight_variance)
        predicted[weight_variance].append(c)
    print(
        f"σ_w² = {weight_variance}: correlation {measured[weight_variance][-1]:.2f} after {depth} layers, theory {c:.2f}"
    )

# %% Plot
for i, w in enumerate(measured):
    plt.plot(range(1, depth + 1), predicted[w], color=f"C{i}")
    plt.plot(range(1, depth + 1), measured[w], "os^"[i], ms=4, color=f"C{i}", label=f"σ_w² = {w}")
plt.ylim(0, 1.05)
plt.xlabel("layer l")
plt.ylabel("correlation of two inputs")
plt.legend()
plt.show()
