"""How much of a BatchNorm network is linear, after one layer and after many?"""

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
samples, width, depth = 1500, 256, 12
z = torch.randn(1_000_000)


def one_layer(phi):
    """Share of the variance of φ(z), z ~ N(0, 1), that a line explains."""
    value = phi(z) - phi(z).mean()
    overlap = (z * value).mean() ** 2
    return float(overlap / value.square().mean() / z.square().mean())


def by_layer(phi, inputs=96, equal=True):
    """The same for deep features of random data, by least squares."""
    x = torch.randn(samples, inputs)
    if equal:  # inputs of equal length
        x = inputs**0.5 * x / x.norm(dim=1, keepdim=True)
    basis = torch.linalg.qr(x - x.mean(0))[0]
    h, shares = x, []
    for _ in range(depth):
        W = torch.randn(width, h.shape[1])
        a = h @ W.T
        h = phi((a - a.mean(0)) / a.std(0, correction=0))
        centred = h - h.mean(0)
        explained = (basis.T @ centred).square().sum()
        rest = 1 - float(explained / centred.square().sum())
        # a fit of so many inputs calls a part of any rest linear
        shares.append(1 - rest * (samples - 1) / (samples - 1 - inputs))
    return shares


single = {name: one_layer(getattr(torch, name)) for name in ("sigmoid", "relu")}
deep = {name: by_layer(getattr(torch, name)) for name in single}
few = by_layer(torch.sigmoid, inputs=24, equal=False)
for name in single:
    print(
        f"{name:8s} linear share: {single[name]:.3f} in one layer,"
        f" {deep[name][9]:.2f} after 10, {deep[name][-1]:.2f} after {depth}"
    )

print(f"sigmoid, 24 inputs of unequal length: {few[9]:.2f} after 10")

# %% Plot
layers = range(1, depth + 1)
for i, name in enumerate(single):
    exact = [single[name] ** l for l in layers]
    plt.plot(layers, exact, color=f"C{i}")
    plt.plot(layers, deep[name], "os"[i], color=f"C{i}")
    plt.annotate(name, (depth, exact[-1]), (8, 0), color=f"C{i}",
                 textcoords="offset points", va="center")  # fmt: skip
plt.ylim(0, 1)
plt.xticks(range(2, depth + 1, 2))
plt.xlabel("layers of BatchNorm and activation")
plt.ylabel("share linear in the input")
plt.show()
