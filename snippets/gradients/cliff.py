"""Gradient descent on (w⁵⁰ − 1)²/2: a cliff, a clip, and a plateau."""

import matplotlib.pyplot as plt
import torch

torch.set_default_dtype(torch.float64)
depth, rate, steps = 50, 0.0005, 1000


def gradient(w):
    w = torch.tensor(w, requires_grad=True)
    loss = (torch.prod(w.expand(depth)) - 1) ** 2 / 2  # 50 layers, one weight
    return torch.autograd.grad(loss, w)[0].item()


def descend(w, limit=float("inf")):
    path = [w]
    while len(path) <= steps and abs(path[-1]) < 10:
        g = gradient(path[-1])
        path.append(path[-1] - rate * max(-limit, min(limit, g)))
    return path


paths = {
    "from 1.2": descend(1.2),
    "from 1.2, clipped to 1": descend(1.2, limit=1.0),
    "from 0.8, clipped to 1": descend(0.8, limit=1.0),
}
for name, path in paths.items():
    print(f"{name:23s} w = {path[-1]:.3g} after {len(path) - 1} step(s)")
cliff, plateau = gradient(1.2), gradient(0.8)
print(f"gradient at 1.2: {cliff:.2g}, at 0.8: {plateau:.2g}")

# %% Plot
w = 1 + torch.arange(-300, 211) / 1000
loss = ((w**depth - 1) ** 2 / 2).clamp_min(1e-6)
plt.semilogy(w, loss, color="k", label="loss")
for i, (name, path) in enumerate(paths.items()):
    inside = torch.tensor([p for p in path if 0.7 <= p <= 1.21][::25])
    loss = ((inside**depth - 1) ** 2 / 2).clamp_min(1e-6)
    style = dict(marker="so^"[i], ms=(11, 5, 7)[i], ls="none", label=name)
    plt.semilogy(inside, loss, color=f"C{i}", **style)
plt.ylim(1e-7, 1e9)
plt.xlabel("weight $w$")
plt.ylabel("loss")
plt.legend()
plt.show()
