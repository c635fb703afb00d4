"""BatchNorm's backward pass by hand, against autograd, and what its running
statistics really store."""

import torch
from torch import nn

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
batch, features, eps = 16, 5, 1e-5
z = (3 + 2 * torch.randn(batch, features)).requires_grad_()
layer = nn.BatchNorm1d(features, eps=eps)
nn.init.normal_(layer.weight)
v = torch.randn(batch, features)  # gradient at the output
parameters = [z, layer.weight, layer.bias]
gradients = torch.autograd.grad(layer(z), parameters, v)

with torch.no_grad():
    std = (z.var(0, correction=0) + eps).sqrt()
    z_hat = (z - z.mean(0)) / std
    u = v * layer.weight
    by_hand = [
        (u - u.mean(0) - z_hat * (u * z_hat).mean(0)) / std,
        (v * z_hat).sum(0),
        v.sum(0),
    ]
    worst = max(float((a - b).abs().max()) for a, b in zip(by_hand, gradients))
    no_means = float((u / std - gradients[0]).abs().max())  # μ, s as constants
    along_shift = float(by_hand[0].sum(0).abs().max())
    # One training step moves running_var by 10 % of the unbiased variance,
    # though the output used the biased one.
    stored = (layer.running_var - 0.9) / 0.1
    used_biased = float((stored / z.var(0, correction=0)).mean())
print("by hand = autograd to 1e-12:", worst < 1e-12)
print("gradient along a common shift below 1e-12:", along_shift < 1e-12)
print(f"running variance / variance used: {used_biased:.4f}")
print(f"B / (B − 1)                     : {batch / (batch - 1):.4f}")

linear, x = nn.Linear(3, features), torch.randn(batch, 3)


def normalise(z):
    return nn.functional.batch_norm(z, None, None, training=True)


plain = normalise(x @ linear.weight.T)
shifted = normalise(x @ linear.weight.T + 7)
bias_effect = float((plain - shifted).detach().abs().max())
print("effect of a bias before BatchNorm below 1e-12:", bias_effect < 1e-12)
