"""The gradient along a line of inputs: white noise in a deep plain network, brown noise in a residual one."""

import math

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
width, depth, points = 200, 24, 256
line = torch.linspace(-2, 2, points)[:, None].requires_grad_()


def normalise(z):
    """BatchNorm over the line, with random shifts: otherwise all kinks meet in the middle."""
    return (z - z.mean(0)) / z.std(0, correction=0) + torch.randn(width)


def gradient_along_the_line(network):
    h = line @ torch.randn(1, width) + torch.randn(width)
    for _ in range(1 if network == "one layer" else depth):
        W = math.sqrt(2 / width) * torch.randn(width, width)
        if network == "residual, BatchNorm":
            h = h + 0.1 * torch.relu(normalise(h)) @ W.T
        else:
            h = torch.relu(normalise(h)) @ W.T
    (gradient,) = torch.autograd.grad((h @ torch.randn(width)).sum(), line)
    return gradient[:, 0]


def neighbours(g):
    """Correlation of the gradient with itself one point further."""
    g = g - g.mean()
    return float((g[1:] * g[:-1]).sum() / (g * g).sum())


networks = ["one layer", "plain, BatchNorm", "residual, BatchNorm"]
gradients = {name: gradient_along_the_line(name) for name in networks}
correlation = {name: neighbours(g) for name, g in gradients.items()}
for name in networks:
    kind = (
        "smooth"
        if correlation[name] > 0.6
        else "shattered"
        if correlation[name] < 0.4
        else "between"
    )
    print(f"{name:20s} neighbouring gradients are {kind}")

# %% Plot
figure, panels = plt.subplots(3, 1, figsize=(5.8, 6), sharex=True)
for i, (panel, name) in enumerate(zip(panels, networks)):
    panel.plot(line.detach(), gradients[name] / gradients[name].std(), color=f"C{i}", lw=1)
    panel.set_title(f"{name}: correlation of neighbours {correlation[name]:.2f}")
    panel.set_ylabel("gradient")
panels[-1].set_xlabel("input")
plt.show()
