"""The share of saturated units, layer by layer, in tanh networks of three weight scales."""

import math

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
width, depth, batch = 400, 20, 64
edge = math.atanh(math.sqrt(0.9))  # beyond it tanh′ is under 0.1
z = torch.linspace(-10, 10, 8001)
gauss = torch.exp(-(z**2) / 2) / torch.exp(-(z**2) / 2).sum()

measured, predicted = {}, {}
for variance in (1, 4, 16):
    x, q = torch.randn(batch, width), float(variance)
    measured[variance], predicted[variance] = [], []
    for _ in range(depth):
        h = x @ (math.sqrt(variance / width) * torch.randn(width, width)).T
        measured[variance].append(float((h.abs() > edge).double().mean()))
        predicted[variance].append(math.erfc(edge / math.sqrt(2 * q)))
        x = torch.tanh(h)
        q = float(variance * (gauss * torch.tanh(math.sqrt(q) * z) ** 2).sum())
    share = measured[variance]
    print(
        f"σ_w² = {variance:2d}: {share[0]:.2f} saturated in layer 1, {share[-1]:.2f} in layer {depth}"
    )

# %% Plot
for i, variance in enumerate(measured):
    plt.plot(range(1, depth + 1), predicted[variance], color=f"C{i}")
    plt.plot(
        range(1, depth + 1), measured[variance], "os^"[i], color=f"C{i}", label=f"σ_w² = {variance}"
    )
plt.ylim(0, 1)
plt.xticks(range(0, 21, 5))
plt.xlabel("layer l")
plt.ylabel("share of units with tanh′ < 0.1")
plt.legend()
plt.show()
