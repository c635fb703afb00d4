"""One linear layer that changes its width: each gain is the weight variance
times the fan-in or times the fan-out, and only fan-in = fan-out keeps all."""

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
forward, backward, forward_norm, backward_norm = {}, {}, {}, {}
print("                       per component       squared norm")
print("Var W                  forward backward    forward backward")
for name, variance in schemes.items():
    W = variance**0.5 * torch.randn(fan_out, fan_in)
    y = x @ W.T
    (gradient,) = torch.autograd.grad(y, x, v)
    forward_norm[name] = (y.norm() / x.norm()).item() ** 2
    backward_norm[name] = (gradient.norm() / v.norm()).item() ** 2
    forward[name] = forward_norm[name] * fan_in / fan_out
    backward[name] = backward_norm[name] * fan_out / fan_in
    print(
        f"{name:22s} {forward[name]:7.2f} {backward[name]:8.2f}"
        f" {forward_norm[name]:10.2f} {backward_norm[name]:8.2f}"
    )

layer = nn.Linear(fan_in, fan_out)
variances = {}
for init in (nn.init.xavier_normal_, nn.init.xavier_uniform_):
    init(layer.weight)
    variance = layer.weight.var().item() * (fan_in + fan_out) / 2
    variances[init.__name__] = variance
    print(f"{init.__name__:16s} Var W · (fan_in + fan_out)/2 = {variance:.2f}")
