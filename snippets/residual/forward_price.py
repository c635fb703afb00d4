"""What a residual stream costs: second moment (1 + α²c)^L, with c set by the branch."""

import math

import matplotlib.pyplot as plt
import torch
from torch import nn

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
width, depth, batch = 400, 16, 32


def he(x):
    return x @ (math.sqrt(2 / width) * torch.randn(width, width)).T


branches = {  # c is E‖F(x)‖² / ‖x‖² for a zero-mean x
    "one He layer, W relu(x)": (lambda x: he(torch.relu(x)), 1),
    "two He layers, W₂ relu(W₁ x)": (lambda x: he(torch.relu(he(x))), 2),
    "PyTorch default, Linear(relu(x))": (lambda x: nn.Linear(width, width)(torch.relu(x)), 1 / 6),
}


def second_moments(branch, alpha):
    x = torch.randn(batch, width)
    moments = [1.0]
    for _ in range(depth):
        with torch.no_grad():
            x = x + alpha * branch(x)
        moments.append(float(x.square().mean()))
    return moments


growth, moments = {}, {}
for name, (branch, c) in branches.items():
    moments[name] = second_moments(branch, 1.0)
    growth[name] = moments[name][-1] ** (1 / depth)
    print(f"{name:34s} × {growth[name]:.2f} per block, 1 + c = {1 + c:.2f}")

damped = second_moments(branches["two He layers, W₂ relu(W₁ x)"][0], 1 / math.sqrt(depth))[-1]
print(
    f"two He layers with α = 1/√L: {damped:.1f} at the end; (1 + c/L)^L = {(1 + 2 / depth) ** depth:.1f}, e^c = {math.e**2:.1f}"
)

# %% Plot
for i, (name, (_, c)) in enumerate(branches.items()):
    plt.semilogy([(1 + c) ** l for l in range(depth + 1)], color=f"C{i}")
    plt.semilogy(moments[name], "os^"[i], ms=4, color=f"C{i}", label=name)
plt.xlabel("block l")
plt.ylabel("second moment of the stream")
plt.legend(fontsize=9)
plt.show()
