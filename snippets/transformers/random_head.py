"""What a fresh head sends into the body below it, and how far two steps of
Adam or SGD move the body when the head starts at zero."""

import math

import torch
from torch.nn import functional as F

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
n, classes, batch = 256, 10, 256
x, y = torch.randn(batch, n), torch.randint(classes, (batch,))


def body(W, x):
    return F.layer_norm(torch.tanh(x @ W), (n,))


def head_gradient(std, heads=12):
    """Mean ‖∂L/∂h‖² of one example over n s²; std is that of the logits."""
    total, s = 0.0, std / n**0.5
    for _ in range(heads):
        h = body(torch.randn(n, n) / n**0.5, x).requires_grad_()
        loss = F.cross_entropy(h @ (s * torch.randn(n, classes)), y)
        (g,) = torch.autograd.grad(batch * loss, h)
        total += float(g.square().sum(1).mean()) / (n * s * s) / heads
    return total


def moves(optimiser, rate, zeros=0, **options):
    """Size of the body's moves over the rate in each of two steps."""
    W = (torch.randn(n, n) / n**0.5).requires_grad_()
    head = torch.zeros(n, classes, requires_grad=True)
    stepper, sizes = optimiser([W, head], lr=rate, **options), []
    for _ in range(zeros):  # “frozen” by a gradient of zero
        W.grad = torch.zeros_like(W)
        stepper.step()
    for _ in range(2):
        before = W.detach().clone()
        stepper.zero_grad()
        F.cross_entropy(body(W, x) @ head, y).backward()
        stepper.step()
        sizes.append(float((W.detach() - before).abs().median()) / rate)
    return sizes


logits = {std: head_gradient(std) for std in (0.01, 1, 3, 100)}
for std, value in logits.items():
    print(f"logits of std {std:<5g} ‖∂L/∂h‖² = {value:.1f} n s²")
first, second = moves(torch.optim.Adam, 1e-3)
late = moves(torch.optim.Adam, 1e-3, zeros=998, eps=1e-12)[1]
print(f"zero head, Adam: {first:.0f} η, then {second:.3f} η a weight")
print(f"after 998 more steps of zero gradient: {late:.2f} η")
power = {}
for optimiser in (torch.optim.Adam, torch.optim.SGD):
    a, b = (rate * moves(optimiser, rate)[1] for rate in (1e-3, 1e-4))
    power[optimiser.__name__] = math.log10(a / b)
    print(f"{optimiser.__name__}: step two goes like η^"
          f"{power[optimiser.__name__]:.1f}")  # fmt: skip
