"""Activations are not “mean 0, variance 1”, nor is a residual stream."""

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
z = torch.randn(1_000_000)  # pre-activations as BatchNorm leaves them
means, variances = {}, {}
for name in ("relu", "sigmoid", "tanh"):
    phi = getattr(torch, name)
    means[name], variances[name] = float(phi(z).mean()), float(phi(z).var())
    print(
        f"{name:8s} mean {means[name]:z6.2f}   variance {variances[name]:.2f}"
    )

width, depth, batch = 400, 30, 200
x = torch.randn(batch, width)
stream = [float(x.square().mean())]
for _ in range(depth):
    normalised = (x - x.mean(0)) / x.std(0, correction=0)
    W = (2 / width) ** 0.5 * torch.randn(width, width)
    x = x + torch.relu(normalised) @ W.T
    stream.append(float(x.square().mean()))
growth = (stream[-1] - stream[0]) / depth
print(
    f"second moment of a residual stream with BatchNorm: {stream[0]:.0f} →"
    f" {stream[-1]:.0f}, {growth:.2f} per block"
)

# %% Plot
blocks = range(depth + 1)
plt.plot(blocks, [1 + l for l in blocks], color="C0", label="$1 + l$")
plt.plot(stream, "o", ms=4, color="C0", label="measured")
plt.axhline(1, color="k", ls="--", lw=1, label="“variance 1”")
plt.xlabel("residual block $l$")
plt.ylabel("second moment of the stream")
plt.legend()
plt.show()
