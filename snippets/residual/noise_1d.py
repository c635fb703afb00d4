"""The gradient along a line of inputs: white noise or a curve with a course?"""

import math

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
width, depth, points = 200, 24, 256
line = torch.linspace(-2, 2, points)[:, None].requires_grad_()


def normalise(z):
    """BatchNorm over the line, with random shifts: else all kinks meet."""
    return (z - z.mean(0)) / z.std(0, correction=0) + torch.randn(width)


def gradient_along_the_line(layers, alpha=None):
    h = line @ torch.randn(1, width) + torch.randn(width)
    for _ in range(layers):
        W = math.sqrt(2 / width) * torch.randn(width, width)
        branch = torch.relu(normalise(h)) @ W.T
        h = branch if alpha is None else h + alpha * branch
    (gradient,) = torch.autograd.grad((h @ torch.randn(width)).sum(), line)
    return gradient[:, 0]


def neighbours(g):
    """Correlation of the gradient with itself one point further."""
    g = g - g.mean()
    return float((g[1:] * g[:-1]).sum() / (g * g).sum())


networks = {"plain, 1 layer": (1,), "plain, 24 layers": (depth,),
            "residual, 24 blocks, α = 1": (depth, 1.0),
            "residual, 24 blocks, α = 0.1": (depth, 0.1)}  # fmt: skip
gradients = {n: gradient_along_the_line(*a) for n, a in networks.items()}
correlation = {name: neighbours(g) for name, g in gradients.items()}
for name, value in correlation.items():
    print(f"{name:29s} correlation of neighbours {value:.1f}")

# %% Plot
figure, panels = plt.subplots(4, 1, figsize=(5.8, 7.2), sharex=True)
for i, (panel, (name, g)) in enumerate(zip(panels, gradients.items())):
    panel.plot(line.detach(), g / g.std(), color=f"C{i}", lw=1)
    panel.set_title(f"{name}: {correlation[name]:.2f}".replace(" -", " −"))
    panel.set_ylabel("gradient")
panels[-1].set_xlabel("input")
plt.show()
