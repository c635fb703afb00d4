"""Backpropagation by hand, checked by autograd and finite differences."""

import torch

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
width, depth = 8, 5
weights = [torch.randn(width, width) / width**0.5 for _ in range(depth)]
x = torch.randn(width, requires_grad=True)
v = torch.randn(width)  # gradient of the loss v · x_L at the last layer


def forward(x):
    states = [x]
    for W in weights:
        states.append(torch.tanh(W @ states[-1]))
    return states


states = forward(x)
by_hand = v
for W, state in zip(reversed(weights), reversed(states)):
    slope = 1 - state**2  # tanh′ from its own output
    by_hand = W.T @ (slope * by_hand)  # Jᵀv, without forming J

(by_autograd,) = torch.autograd.grad(v @ states[-1], x)

step = 1e-5
shifts = step * torch.eye(width)
by_differences = torch.stack(
    [v @ (forward(x + d)[-1] - forward(x - d)[-1]) / (2 * step) for d in shifts]
)

size = by_autograd.norm()
autograd_error = ((by_hand - by_autograd).norm() / size).item()
difference_error = ((by_hand - by_differences).norm() / size).item()
print(f"gradient by hand                     {by_hand.detach().norm():.6f}")
print("relative distance")
print(f"  below 1e-14 from autograd:           {autograd_error < 1e-14}")
print(f"  below 1e-9 from finite differences:  {difference_error < 1e-9}")
