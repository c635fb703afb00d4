"""Activation × initialisation × normalisation × skip: gradient norm of the
first layer over the last, for 72 networks before training."""

import math

import matplotlib.pyplot as plt
import torch
from torch.nn import functional as F

torch.manual_seed(0)
width, depth, batch = 192, 20, 128
activations = {"sigmoid": torch.sigmoid, "tanh": torch.tanh,
               "ReLU": torch.relu, "GELU": F.gelu}  # fmt: skip
variances = {"default": 1 / 3, "Xavier": 1.0, "Kaiming": 2.0}
norms = {
    "no norm": lambda z: z,
    "LayerNorm": lambda z: F.layer_norm(z, (width,)),
    "BatchNorm": lambda z: F.batch_norm(z, None, None, training=True),
}


def ratio(phi, variance, norm, skip):
    """log₁₀ of the gradient norm at the input over the one at the output."""
    states = [torch.randn(batch, width, requires_grad=True)]
    for _ in range(depth):
        W = math.sqrt(variance / width) * torch.randn(width, width)
        if skip:  # pre-activation order: normalise, activate, multiply, add
            states.append(states[-1] + phi(norm(states[-1])) @ W.T)
        else:
            states.append(phi(norm(states[-1] @ W.T)))
    v = torch.randn(batch, width)
    (gradient,) = torch.autograd.grad(states[-1], states[0], v)
    return math.log10(gradient.norm() / v.norm())


table = {
    (a, i, n, s): ratio(phi, variance, norm, s)
    for s in (False, True)
    for n, norm in norms.items()
    for i, variance in variances.items()
    for a, phi in activations.items()
}
healthy = {key: abs(value) < 1 for key, value in table.items()}
for skip in (False, True):
    for norm in norms:
        count = sum(healthy[key] for key in table if key[2:] == (norm, skip))
        print(f"{'skip' if skip else 'plain':5s} {norm:10s} gradient kept"
              f" within a factor of ten in {count:2d} of 12")  # fmt: skip
plain_share = sum(ok for key, ok in healthy.items() if not key[3]) / 36

# %% Plot
rows = [(s, n, i) for s in (False, True) for n in norms for i in variances]
values = [[table[a, i, n, s] for a in activations] for s, n, i in rows]
labels = [f"{'skip' if s else 'plain'}, {n}, {i}" for s, n, i in rows]
figure, panel = plt.subplots(figsize=(5.8, 7))
shown = panel.imshow(values, cmap="PuOr", vmin=-8, vmax=8, aspect="auto")
for r in range(len(rows)):
    for c in range(len(activations)):
        number = f"{values[r][c]:z.1f}".replace("-", "−")
        panel.text(c, r, number, ha="center", va="center",
                   color="#ffffff" if abs(values[r][c]) > 5 else "#111111",
                   fontsize=9)  # fmt: skip
panel.set_xticks(range(4), activations)
panel.set_yticks(range(len(rows)), labels, fontsize=9)
panel.grid(False)
figure.colorbar(shown, label="log₁₀ of the norm, first / last",
                orientation="horizontal")  # fmt: skip
plt.show()
