"""What nn.Linear really does when nobody asks: weights of variance 1/(3n), and what that costs a ReLU network."""

import inspect

import matplotlib.pyplot as plt
import torch
from torch import nn

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
source = inspect.getsource(nn.Linear.reset_parameters)
print("in torch's source:", "kaiming_uniform_(self.weight, a=math.sqrt(5))" in source)

width, depth, batch = 512, 20, 128
layer = nn.Linear(width, width)
weight_variance = layer.weight.var().item() * width
bias_variance = nn.Linear(10, 100_000).bias.var().item() * 10
largest = layer.weight.abs().max().item() * width**0.5
print(
    f"Var W · n = {weight_variance:.3f}, Var b · n = {bias_variance:.3f}, largest |W| · √n = {largest:.3f}"
)

states = [torch.randn(batch, width, requires_grad=True)]
for _ in range(depth):
    states.append(torch.relu(nn.Linear(width, width)(states[-1])))
v = torch.randn(batch, width)
gradients = torch.autograd.grad(states[-1], states[:-1], v)
squares = [float(g.square().sum() / v.square().sum()) for g in gradients]
loss_per_layer = squares[0] ** (-1 / depth)
print(f"squared gradient norm divided by {loss_per_layer:.2f} per layer")

# %% Plot
plt.semilogy([6.0 ** (l - depth) for l in range(depth)], color="C0", label="6 times less per layer")
plt.semilogy(squares, "o", color="C0", label="measured")
plt.xticks(range(0, 21, 5))
plt.xlabel("layer l (0 is the input)")
plt.ylabel("squared gradient norm")
plt.legend()
plt.show()
