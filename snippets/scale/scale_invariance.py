"""Weights before a normalisation: rescaling them changes nothing but the gradient, and SGD only makes them grow."""

import matplotlib.pyplot as plt
import torch
from torch.nn import functional as F

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
n, batch, steps, learning_rate = 64, 256, 300, 6.0
x = torch.randn(batch, n)
target = torch.randn(batch, n)


def loss_and_gradient(W):
    W = W.detach().requires_grad_()
    loss = (F.layer_norm(x @ W.T, (n,), eps=0) - target).square().mean()
    return loss.detach(), torch.autograd.grad(loss, W)[0]


W = torch.randn(n, n) / n**0.5
loss, gradient = loss_and_gradient(W)
loss_scaled, gradient_scaled = loss_and_gradient(10 * W)
loss_change = float((loss - loss_scaled).abs())
gradient_ratio = float(gradient.norm() / gradient_scaled.norm())
alignment = float((gradient * W).sum() / (gradient.norm() * W.norm()))
print(
    f"weights × 10: loss unchanged to 1e-12: {loss_change < 1e-12}, gradient divided by {gradient_ratio:.4f}"
)
print(f"gradient orthogonal to the weights to 1e-12: {abs(alignment) < 1e-12}")

squares, gained = [float(W.square().sum())], 0.0
for _ in range(steps):
    _, gradient = loss_and_gradient(W)
    W = W - learning_rate * gradient
    gained += float((learning_rate * gradient).square().sum())
    squares.append(float(W.square().sum()))
growth = squares[-1] - squares[0]
pythagoras = growth / gained
print(
    f"‖W‖² after / before {steps} steps: {squares[-1] / squares[0]:.2f}; growth / Σ‖η g‖² = {pythagoras:.6f}"
)

# %% Plot
plt.plot([s / squares[0] for s in squares], label="‖W‖², relative to its start")
plt.plot([squares[0] / s for s in squares], "--", label="effective learning rate η/‖W‖², likewise")
plt.xlabel("SGD step")
plt.ylabel("ratio")
plt.legend()
plt.show()
