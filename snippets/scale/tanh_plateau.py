"""There is no plateau: with Xavier weights the second moment of a tanh network
decays like 1/(2l)."""

import math

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
width, depth, batch = 1200, 60, 128
xi = torch.linspace(-10, 10, 8001, dtype=torch.float64)
gauss = torch.exp(-(xi**2) / 2) / torch.exp(-(xi**2) / 2).sum()

x, q = torch.randn(batch, width), 1.0
measured, predicted = [], []
for _ in range(depth):
    W = torch.empty(width, width)
    torch.nn.init.xavier_normal_(W)
    x = torch.tanh(x @ W.T)
    measured.append(float(x.square().mean()))
    q = float((gauss * torch.tanh(math.sqrt(q) * xi) ** 2).sum())
    predicted.append(q)

print("layer   measured   mean field   1/(2l)")
for l in (1, 5, 20, 60):
    a, b = measured[l - 1], predicted[l - 1]
    print(f"{l:5d} {a:10.3f} {b:12.3f} {1 / (2 * l):8.3f}")

# %% Plot
layers = range(1, depth + 1)
half = [1 / (2 * l) for l in layers]
plt.loglog(layers, predicted, color="C0", label="mean field")
plt.loglog(layers, half, "--", color="k", lw=1, label="$1/(2l)$")
plt.loglog(layers, measured, "o", ms=4, label=f"measured, width {width}")
plt.xlabel("layer $l$")
plt.ylabel("second moment of the activations")
plt.legend()
plt.show()
