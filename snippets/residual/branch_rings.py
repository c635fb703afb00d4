"""Residual networks with a small constant branch scale, on two rings: how
far they come from the loss of guessing, at the better of two rates."""

import math

import matplotlib.pyplot as plt
import torch
from torch import nn

torch.manual_seed(0)
depth, width, samples, steps = 20, 32, 96, 300
alphas = torch.tensor([0.001, 0.01, 0.1, depth**-0.5, 1.0])
rates = torch.tensor([0.05, 0.25])

angle = 2 * torch.pi * torch.rand(samples)
outer = torch.arange(samples) % 2
radius = 1.0 + outer + 0.1 * torch.randn(samples)
points = radius * torch.stack([angle.cos(), angle.sin()])
x = torch.cat([points, torch.ones(1, samples)]).T  # the constant: a bias
alpha, rate = torch.meshgrid(alphas, rates, indexing="ij")
alpha, rate = alpha.reshape(-1, 1, 1), rate.reshape(-1)  # ten networks


def copies(*shape, gain):
    weights = (gain / shape[-2]) ** 0.5 * torch.randn(*shape)
    return weights.repeat(len(rate), *[1] * len(shape)).requires_grad_()


first = copies(3, width, gain=1)
inner = copies(depth, width, width, gain=2)
last = copies(width, 1, gain=1)
trained = [first, inner, last]
start = inner.detach().clone()
momenta = [torch.zeros_like(W) for W in trained]
losses = []
for _ in range(steps):
    h = x @ first
    for W in inner.unbind(1):
        h = torch.baddbmm(h, torch.relu(h), W * alpha)
    logit = (h @ last).squeeze(-1)
    target = outer.float().expand_as(logit)
    loss = nn.functional.binary_cross_entropy_with_logits(
        logit, target, reduction="none"
    ).mean(1)
    gradients = torch.autograd.grad(loss.sum(), trained)
    norm = sum(g.flatten(1).square().sum(1) for g in gradients).sqrt()
    with torch.no_grad():  # momentum, each network clipped to norm 1
        for W, m, g in zip(trained, momenta, gradients):
            shape = (-1, *[1] * (W.ndim - 1))
            m.mul_(0.9).add_(g / norm.clamp(min=1).view(shape))
            W -= rate.view(shape) * m
    losses.append(loss.detach().view(len(alphas), len(rates)))
moved = float((inner.detach() - start).flatten(1).norm(dim=1).min())
curves = torch.stack(losses)
best = curves[-10:].mean(0).nan_to_num(9).min(1)
ends = dict(zip(["0.001", "0.01", "0.1", "1/√L", "1"], best.values.tolist()))
for name, end in ends.items():
    print(f"α = {name:6s} loss after {steps} steps {end:.3f}")

# %% Plot
for i, name in enumerate(ends):
    curve = curves[:, i, best.indices[i]].tolist()
    plt.plot(curve, ["-", "--", "-.", ":", "o-"][i], markevery=20, ms=4,
             label=f"α = {name}")  # fmt: skip
plt.axhline(math.log(2), color="k", lw=0.8)
plt.ylim(0, 1)
plt.xlabel("step")
plt.ylabel("loss on two rings")
plt.legend(ncols=3, loc="lower right", bbox_to_anchor=(1, 1))
plt.show()
