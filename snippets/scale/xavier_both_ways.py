"""Xavier in a linear layer that changes its width: forward needs fan-in, backward fan-out, the compromise neither."""

import torch
from torch import nn

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
fan_in, fan_out, batch = 600, 150, 1000
x = torch.randn(batch, fan_in, requires_grad=True)
v = torch.randn(batch, fan_out)  # gradient at the layer's output

schemes = {
    "1 / fan_in": 1 / fan_in,
    "1 / fan_out": 1 / fan_out,
    "2 / (fan_in + fan_out)": 2 / (fan_in + fan_out),
}
forward, backward = {}, {}
print("Var W                    forward gain   backward gain")
for name, variance in schemes.items():
    W = variance**0.5 * torch.randn(fan_out, fan_in)
    y = x @ W.T
    (gradient,) = torch.autograd.grad(y, x, v)
    forward[name] = (y.square().mean() / x.square().mean()).item()
    backward[name] = float(gradient.square().mean() / v.square().mean())
    print(f"{name:24s} {forward[name]:12.2f} {backward[name]:15.2f}")

layer = nn.Linear(fan_in, fan_out)
variances = {}
for init in (nn.init.xavier_normal_, nn.init.xavier_uniform_):
    init(layer.weight)
    variances[init.__name__] = layer.weight.var().item() * (fan_in + fan_out) / 2
    print(f"{init.__name__:16s} Var W · (fan_in + fan_out)/2 = {variances[init.__name__]:.2f}")
