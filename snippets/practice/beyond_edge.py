"""Squared error, a rate beyond 2/λ_max of the first Hessian: a linear model
would diverge, a small tanh network settles where the curvature is lower."""

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits

digits = load_digits()
x = torch.tensor(digits.data, dtype=torch.float32)[:500]
x = (x - x.mean(0)) / (x.std(0) + 1e-8)
y = torch.eye(10)[torch.tensor(digits.target)[:500]]
steps, width = 200, 32


def loss_of(W):
    hidden = torch.tanh(x @ W[: 64 * width].view(64, width))
    error = hidden @ W[64 * width :].view(width, 10) - y
    return error.square().sum(1).mean() / 2


def sharpness(W, direction, rounds):
    """Largest eigenvalue of the Hessian and its direction, by power iteration,
    shifted by 10."""
    W = W.detach().requires_grad_()
    (gradient,) = torch.autograd.grad(loss_of(W), W, create_graph=True)
    for _ in range(rounds):
        direction = direction / direction.norm()
        (product,) = torch.autograd.grad(gradient @ direction, W,
                                         retain_graph=True)  # fmt: skip
        value = direction @ product
        direction = product + 10 * direction  # no negative value is largest
    return value.item(), direction


def descend(factor):
    """Gradient descent with the rate factor × 2/λ_max(start)."""
    torch.manual_seed(0)
    W = torch.cat([torch.randn(64 * width) / 8,
                   torch.randn(width * 10) / width**0.5])  # fmt: skip
    value, direction = sharpness(W, torch.randn_like(W), 160)
    rate = factor * 2 / value
    losses, edge, start = [], [], W
    for step in range(steps):
        if step % 20 == 0:
            value, direction = sharpness(W, direction, 25)
            edge.append(rate * value / 2)
        W = W.detach().requires_grad_()
        loss = loss_of(W)
        (gradient,) = torch.autograd.grad(loss, W)
        W = W - rate * gradient
        losses.append(loss.item())
    edge.append(rate * sharpness(W, direction, 25)[0] / 2)
    return losses, edge, ((W - start).norm() / start.norm()).item()


runs = {factor: descend(factor) for factor in (0.5, 1.01, 1.5)}
for factor, (losses, edge, _) in runs.items():
    print(f"rate {factor:4} × 2/λ_max(start): loss {losses[0]:.1f} →"
          f" {losses[-1]:.2f}, λ_max × rate/2 = {edge[-1]:.1f}")  # fmt: skip

# %% Plot
figure, (left, right) = plt.subplots(2, 1, figsize=(5.8, 6))
for (factor, (losses, edge, _)), style in zip(runs.items(), ["-", "--", ":"]):
    left.semilogy(losses, style, label=rf"{factor} × $2/\lambda_{{\max}}$")
    right.plot(range(0, steps + 1, 20), edge, style + "o", ms=4)
left.set_xlabel("step")
left.set_ylabel("training loss")
left.legend()
right.axhline(1, color="k", lw=0.8)
right.set_xlabel("step")
right.set_ylabel(r"$\lambda_{\max}$ × rate / 2")
plt.show()
