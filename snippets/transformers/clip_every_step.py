"""Every step is clipped: what the threshold does to SGD and to Adam, and what
a forgotten unscaling does to both."""

import math

import torch
from torch import nn

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
x, steps, scale = torch.randn(64, 32), 40, 2.0**16
y = torch.tanh(x @ torch.randn(32, 8) / 32**0.5)
start = [torch.randn(32, 64) / 32**0.5, torch.randn(64, 8) / 8]
SGD, Adam = torch.optim.SGD, torch.optim.Adam


def train(rule, limit, loss_scale=1.0, unscale=True, **options):
    """How far the weights get in each step, and how many steps are clipped."""
    W, V = weights = [w.clone().requires_grad_() for w in start]
    optimizer = rule(weights, lr=0.003 if rule is Adam else 0.1, **options)
    path, clipped = [torch.cat([w.flatten() for w in start])], 0
    for _ in range(steps):
        optimizer.zero_grad()
        loss = (torch.tanh(x @ W) @ V - y).square().sum()
        (loss_scale * loss).backward()
        for w in weights if unscale else []:
            w.grad /= loss_scale
        clipped += float(nn.utils.clip_grad_norm_(weights, limit) > limit)
        for w in [] if unscale else weights:
            w.grad /= loss_scale  # too late
        optimizer.step()
        path.append(torch.cat([w.detach().flatten() for w in weights]))
    return torch.stack(path).diff(dim=0), clipped / steps


def way(run):
    return float(run[0].norm(dim=1).sum())


def apart(run, other):
    """Distance of the two ends, over the distance from the start."""
    (a, _), (b, _) = run, other
    return float((a.sum(0) - b.sum(0)).norm() / a.sum(0).norm())


sgd, sgd_low = train(SGD, 1.0), train(SGD, 0.01)
adam, adam_low = train(Adam, 1.0), train(Adam, 0.01)
adam_scaled = train(Adam, 0.01, eps=1e-10)
adam_free, adam_lowest = train(Adam, float("inf")), train(Adam, 1e-6)
decay, decay_low = (train(Adam, c, weight_decay=0.1) for c in (1.0, 0.01))
sgd_forgot = train(SGD, 1.0, scale, unscale=False)
adam_forgot = train(Adam, 1.0, scale, unscale=False)
meant = train(SGD, 1.0 / scale)
share = min(run[1] for run in (sgd, sgd_low, adam, adam_low, adam_scaled))

print(f"steps clipped: {share:.0%}. Threshold 0.01 instead of 1:")
print(f"  way of SGD {way(sgd_low) / way(sgd):.4f} of what it was")
print(f"  way of Adam {way(adam_low) / way(adam):.2f} of what it was")
print(f"unscaled too late, SGD: 2^{math.log2(way(sgd_forgot) / way(sgd)):.1f}")
print(f"same as a threshold of 2^-16: {apart(sgd_forgot, meant) < 1e-6}")
