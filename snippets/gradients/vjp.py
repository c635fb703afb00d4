"""Backpropagation by hand: one vector-Jacobian product a layer, checked in two independent ways."""

import torch

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
width, depth = 8, 5
weights = [torch.randn(width, width) / width**0.5 for _ in range(depth)]
x = torch.randn(width, requires_grad=True)
v = torch.randn(width)  # the loss is v · x_L, so v is its gradient at the last layer


def forward(x):
    states = [x]
    for W in weights:
        states.append(torch.tanh(W @ states[-1]))
    return states


states = forward(x)
by_hand = v
for W, state in zip(reversed(weights), reversed(states)):
    slope = 1 - state**2  # tanh′ from its own output
    by_hand = W.T @ (slope * by_hand)  # Jᵀv; the matrix J = diag(slope) W is never formed

(by_autograd,) = torch.autograd.grad(v @ states[-1], x)

step = 1e-5
shifts = step * torch.eye(width)
by_differences = torch.stack(
    [v @ (forward(x + d)[-1] - forward(x - d)[-1]) / (2 * step) for d in shifts]
)

autograd_error = ((by_hand - by_autograd).norm() / by_autograd.norm()).item()
difference_error = ((by_hand - by_differences).norm() / by_autograd.norm()).item()
print(f"gradient by hand                     {by_hand.detach().norm():.6f}")
print(f"relative distance below 1e-13 from autograd:           {autograd_error < 1e-13}")
print(f"relative distance below 1e-8 from finite differences:  {difference_error < 1e-8}")
