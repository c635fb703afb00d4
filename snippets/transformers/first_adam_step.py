"""One step of Adam on the hidden matrix of networks of width 128 to 2048: how
far do features and output move, in standard form, in muP, and half-way?"""

import math

import matplotlib.pyplot as plt
import torch
from torch.nn import functional as F

torch.manual_seed(0)
inputs, classes, batch, networks = 32, 10, 8, 2
widths, rate = [128, 256, 512, 1024, 2048], 1e-5


def forward(weights, x):
    enter, hidden, out = weights
    z = F.relu(x @ enter) @ hidden
    return z, F.relu(z) @ out


def first_step(n, hidden_rate, out_std):
    """Root mean square change of the hidden pre-activations z and of the
    output, per unit of the rate."""
    x = torch.randn(batch, inputs)
    y = torch.randint(classes, (batch,))
    enter = math.sqrt(2 / inputs) * torch.randn(inputs, n)
    hidden = math.sqrt(2 / n) * torch.randn(n, n)
    out = out_std * torch.randn(n, classes)
    z, f = forward((enter, hidden.requires_grad_(), out), x)
    (g,) = torch.autograd.grad(F.cross_entropy(f, y), hidden)
    moved = hidden - hidden_rate * g.sign()  # Adam's first step is the sign
    z_new, f_new = forward((enter, moved, out), x)
    changes = (z_new - z).detach(), (f_new - f).detach()
    return torch.tensor([c.square().mean().sqrt() / rate for c in changes])


def scheme(name, n):
    slow = rate * 64 / n if name in ("muP", "rate only") else rate
    small = name in ("muP", "output only")
    return first_step(n, slow, 8 / n if small else 1 / math.sqrt(n))


names = ["standard", "output only", "rate only", "muP"]
change = {(name, n): sum(scheme(name, n) for _ in range(networks)) / networks
          for name in names for n in widths}  # fmt: skip
power = {}
for name in names:
    ratio = change[name, 2048] / change[name, 128]
    power[name] = [math.log(r) / math.log(16) for r in ratio.tolist()]
    print(f"{name:11s} features move as n^{power[name][0]:5.2f}, "
          f"the output as n^{power[name][1]:5.2f}")  # fmt: skip

x = torch.randn(1024)  # one input: each unit moves by rate · Σ|x_j|
v = torch.randn(64)  # gradient at the 64 units
single = float((1e-3 * torch.outer(v, x).sign() @ x).square().mean().sqrt())
print(f"one input of 1024 numbers, rate 0.001: units move by {single:.2f}")

# %% Plot
figure, axes = plt.subplots(1, 2, layout="constrained")
for i, name in enumerate(names):
    for k in (0, 1):
        values = [float(change[name, n][k]) for n in widths]
        axes[k].loglog(
            widths, values, ["o-", "s--", "^-.", "D:"][i], label=name
        )
axes[0].set_ylabel("change of features over rate")
axes[1].set_ylabel("change of output over rate")
for axis in axes:
    axis.set_xlabel("width $n$")
    axis.set_xticks([128, 512, 2048], [128, 512, 2048])
    axis.minorticks_off()
lines = axes[0].lines
figure.legend(handles=lines, ncols=2, loc="outside upper center")
plt.show()
