"""A SwiGLU branch as torch starts it, and with the variance it asks for."""

import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
n, hidden, batch = 384, 1024, 64  # hidden = 8n/3, as is usual
xi = torch.randn(1_000_000)
moment = float((F.silu(xi) * torch.randn(1_000_000)).square().mean())


def branch(x, repaired):
    """W₃(silu(W₁x) ⊙ W₂x), its squares forward and backward, per input."""
    first, second = nn.Linear(n, hidden, False), nn.Linear(n, hidden, False)
    third = nn.Linear(hidden, n, False)
    if repaired:
        nn.init.normal_(first.weight, std=n**-0.5)
        nn.init.normal_(second.weight, std=n**-0.5)
        nn.init.normal_(third.weight, std=(hidden * moment) ** -0.5)
    x = x.detach().requires_grad_()
    y, v = third(F.silu(first(x)) * second(x)), torch.randn(batch, n)
    (g,) = torch.autograd.grad(y, x, v)
    forward = y.square().sum() / x.square().sum()
    return float(forward.detach()), float(g.square().sum() / v.square().sum())


x = n**0.5 * F.normalize(torch.randn(batch, n))
default, repaired = branch(x, False), branch(x, True)
print("            forward  backward")
print(f"nn.Linear   {default[0]:.3f}    {default[1]:.3f}")
print(f"repaired    {repaired[0]:.2f}     {repaired[1]:.1f}")
