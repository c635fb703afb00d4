"""What a residual stream costs: second moment (1 + c_F)^L, by branch."""

import math

import matplotlib.pyplot as plt
import torch
from torch import nn

torch.manual_seed(0)
width, depth, batch = 400, 16, 32


def he(x):
    return x @ (math.sqrt(2 / width) * torch.randn(width, width)).T


branches = {  # c_F is E‖F(x)‖² / E‖x‖², for x symmetric about zero
    "one He layer": (lambda x: he(torch.relu(x)), 1),
    "two He layers": (lambda x: he(torch.relu(he(x))), 2),
    "PyTorch default": (lambda x: nn.Linear(width, width)(x.relu()), 1 / 6),
    "−x/2": (lambda x: -x / 2, 1 / 4),
}


@torch.no_grad()
def second_moments(branch, alpha=1.0):
    x = torch.randn(batch, width)
    moments = [float(x.square().mean())]
    for _ in range(depth):
        x = x + alpha * branch(x)
        moments.append(float(x.square().mean()))
    return [m / moments[0] for m in moments]


moments = {}
for name, (branch, c) in branches.items():
    moments[name] = second_moments(branch)
    growth = moments[name][-1] ** (1 / depth)
    print(f"{name:15s} × {growth:.2f} per block, 1 + c_F = {1 + c:.2f}")

damped = second_moments(branches["two He layers"][0], depth**-0.5)[-1]
print(f"two He layers with α = 1/√L: {damped:.1f} at the end; "
      f"(1 + 2/L)^L = {(1 + 2 / depth) ** depth:.1f}, "
      f"e² = {math.e**2:.1f}")  # fmt: skip

# %% Plot
for i, (name, (_, c)) in enumerate(branches.items()):
    curve = [(1 + c) ** l for l in range(depth + 1)]
    plt.semilogy(curve, ["-", "--", "-.", ":"][i], color=f"C{i}")
    plt.semilogy(moments[name], "os^D"[i], ms=4, color=f"C{i}")
    plt.annotate(name, (depth, moments[name][-1]), (6, 0), color=f"C{i}",
                 textcoords="offset points", va="center")  # fmt: skip
plt.xlabel("block $l$")
plt.ylabel("second moment of the stream")
plt.show()
