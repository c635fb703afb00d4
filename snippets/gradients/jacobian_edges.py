"""The product of Jacobians fails at a kink, a skip, a shared weight."""

import torch

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)

# A kink: relu(x) − relu(−x) is x, so its derivative is 1, at 0 as well.
x = torch.zeros(1, requires_grad=True)
(torch.relu(x) - torch.relu(-x)).sum().backward()
at_kink = x.grad.item()

# A skip: the last layer also reads the input, which no layer's J contains.
width = 8
W1, W2 = torch.randn(2, width, width) / width**0.5
x = torch.randn(width)
h = torch.tanh(W1 @ x)


def with_skip(x):
    return torch.tanh(W2 @ torch.tanh(W1 @ x) + x)


true = torch.autograd.functional.jacobian(with_skip, x)
y = with_skip(x)
J1, J2 = (1 - h**2)[:, None] * W1, (1 - y**2)[:, None] * W2
missing = float((true - J2 @ J1).norm() / true.norm())
repaired = float((true - J2 @ J1 - torch.diag(1 - y**2)).norm() / true.norm())

# A weight used twice: z₂ = w tanh(w x); one use alone gives δ₂ x₂.
w = torch.tensor(1.5, requires_grad=True)
inner = torch.tanh(w * 0.5)
(w * inner).backward()
one_use, both_uses = inner.item(), w.grad.item()

print(f"kink: autograd says {at_kink:.0f}, the derivative is 1")
print(f"skip: the product misses {missing:.0%} of the Jacobian's norm")
print(f"      with the path added, agreement below 1e-14: {repaired < 1e-14}")
print(f"shared weight: one use {one_use:.3f}, both {both_uses:.3f}")
