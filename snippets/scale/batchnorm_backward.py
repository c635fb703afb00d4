"""BatchNorm's backward pass by hand, against autograd, and what its running statistics really store."""

import torch
from torch import nn

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
batch, features, eps = 16, 5, 1e-5
z = (3 + 2 * torch.randn(batch, features)).requires_grad_()
layer = nn.BatchNorm1d(features, eps=eps)
nn.init.normal_(layer.weight)
v = torch.randn(batch, features)  # gradient at the output
gradients = torch.autograd.grad(layer(z), [z, layer.weight, layer.bias], v)

with torch.no_grad():
    std = (z.var(0, correction=0) + eps).sqrt()
    normalised = (z - z.mean(0)) / std
    u = v * layer.weight
    by_hand = (u - u.mean(0) - normalised * (u * normalised).mean(0)) / std
    errors = [
        float((by_hand - gradients[0]).abs().max()),
        float(((v * normalised).sum(0) - gradients[1]).abs().max()),
        float((v.sum(0) - gradients[2]).abs().max()),
    ]
    worst = max(errors)
    # The two directions that BatchNorm removes: a shift of the batch, and (up to eps) its scale.
    along_shift = float(by_hand.sum(0).abs().max())
    along_scale = float((by_hand * normalised).sum(0).abs().max())
    # One training step moves running_var by 10 % of the unbiased variance, though the output used the biased one.
    used_biased = float(((layer.running_var - 0.9) / 0.1 / z.var(0, correction=0)).mean())
print("hand-written gradients agree with autograd to 1e-12:", worst < 1e-12)
print(
    f"gradient along a shift below 1e-12: {along_shift < 1e-12}; along the scale below 1e-4: {along_scale < 1e-4}"
)
print(f"running variance / variance used: {used_biased:.4f}; B/(B−1) = {batch / (batch - 1):.4f}")

check = torch.autograd.gradcheck(
    lambda t: nn.functional.batch_norm(t, None, None, training=True), z
)
print("torch.autograd.gradcheck:", check)

linear = nn.Linear(3, features)
x = torch.randn(batch, 3)
plain = nn.functional.batch_norm(x @ linear.weight.T, None, None, training=True)
shifted = nn.functional.batch_norm(x @ linear.weight.T + 7, None, None, training=True)
bias_effect = float((plain - shifted).detach().abs().max())
print(f"a bias before BatchNorm changes the output by less than 1e-12: {bias_effect < 1e-12}")
