"""Residual blocks whose gradient shrinks: each one breaks one hypothesis."""

import math

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
width, batch, alpha = 400, 200, 0.3


def gain(block, error):
    """Squared gradient at the block's input over that at its output."""
    x = torch.randn(batch, width, requires_grad=True)
    y = block(x)
    v = error(x.detach(), y.detach())
    (g,) = torch.autograd.grad(y, x, v)
    return float(g.square().sum() / v.square().sum())


def linear_end(x):
    W = math.sqrt(2 / width) * torch.randn(width, width)
    return x + alpha * torch.relu(x) @ W.T


def relu_end(x):
    W = math.sqrt(2 / width) * torch.randn(width, width)
    return x + alpha * torch.relu(x @ W.T)


def against(x, y):  # half way between x and minus the vector of ones
    return x / x.norm(dim=1, keepdim=True) - 1 / math.sqrt(width)


def undo(x, y):  # gradient of ½‖y − 2x‖²: it knows this block's weights
    return y - 2 * x


gains = {
    "all hold": gain(linear_end, against),
    "branch ends in ReLU": gain(relu_end, against),
    "loss knows W": gain(linear_end, undo),
}

# Trained: a linear branch learns to halve its input.
A = torch.zeros(20, 20, requires_grad=True)
optimiser = torch.optim.SGD([A], lr=2.0)
for _ in range(150):
    x = torch.randn(64, 20)
    loss = (x + x @ A.T - x / 2).square().mean()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
J = torch.eye(20) + A.detach()
gains["trained to halve"] = float(J.square().sum() / 20)
moved = float(A.detach().norm())

# One draw: at width 1 the factor is 1 + ξ. Mean square 2; typical size?
factors = 1 + torch.randn(400_000)
mean_square, mean_log = factors.square().mean(), factors.abs().log().mean()
gains["width 1, typical"] = float((2 * mean_log).exp())
for name, value in gains.items():
    print(f"{name:20s} squared gradient × {value:.2f}")

# %% Plot
plt.barh(list(gains)[::-1], list(gains.values())[::-1], color="C0", height=0.5)
plt.axvline(1 + alpha**2, color="k", ls="--", lw=1)
plt.axvline(1, color="k", ls=":", lw=1)
plt.text(1, 4.5, "1 ", ha="right", va="bottom")
plt.text(1 + alpha**2, 4.5, r" $1 + \alpha^2\chi$", va="bottom")
plt.xlabel("factor of the squared gradient")
plt.show()
