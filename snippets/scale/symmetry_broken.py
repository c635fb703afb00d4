"""Equal units that part all the same: dropout and rounding break the symmetry,
and two zero layers in a row do move where a bias or φ(0) is not zero."""

import math

import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(256, 8)
y = (x[:, :1] * x[:, 1:2]).tanh()


def train(init, steps, width=33, dropout=0.0, phi=nn.Tanh, bias=0.0):
    """Largest difference of two units; distance the first weights moved."""
    model = nn.Sequential(
        nn.Linear(8, width), phi(), nn.Dropout(dropout), nn.Linear(width, 1)
    )
    for layer in (model[0], model[3]):
        nn.init.constant_(layer.weight, init)
        nn.init.constant_(layer.bias, bias)
    optimiser = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(steps):
        loss = nn.functional.mse_loss(model(x), y)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    rows = model[0].weight.detach()
    return float((rows - rows[0]).abs().max()), float((rows - init).norm())


runs = [train(0.1, 600, width) for width in (33, 35, 37)]
rounding = max(differ for differ, _ in runs)
log_rounding = math.log10(rounding + 1e-12)
moved_rounding = min(moved for _, moved in runs)
dropped, moved_dropped = train(0.1, 600, dropout=0.1)
_, zero_tanh = train(0.0, 20)
_, zero_sigmoid = train(0.0, 20, phi=nn.Sigmoid)
_, zero_bias = train(0.0, 20, bias=0.1)
print("equal start, 33 to 37 units, float32: units part:", rounding > 1e-6)
print("equal start, dropout of a tenth: units part:", dropped > 0.1)
print("two zero layers: first weights move")
print(f"  tanh {zero_tanh > 0}, sigmoid {zero_sigmoid > 0},", end=" ")
print(f"tanh with biases of 0.1 {zero_bias > 0}")
