"""What nn.Linear really does when nobody asks: weights of variance 1/(3n),
what that costs a ReLU network, and what the biases add."""

import inspect
import math

import matplotlib.pyplot as plt
import torch
from torch import nn

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
source = inspect.getsource(nn.Linear.reset_parameters)
call = "kaiming_uniform_(self.weight, a=math.sqrt(5))"
print("in torch's source:", call in source)

width, depth, batch = 512, 20, 64
weight_variance = nn.Linear(width, width).weight.var().item() * width
bias_variance = nn.Linear(10, 100_000).bias.var().item() * 10
print(f"Var W · n = {weight_variance:.2f}, Var b · n = {bias_variance:.2f}")


def backward(with_biases):
    """Squared gradients at each state and each weight; outputs' cosine."""
    layers = [nn.Linear(width, width, with_biases) for _ in range(depth)]
    states = [torch.randn(batch, width, requires_grad=True)]
    for layer in layers:
        states.append(torch.relu(layer(states[-1])))
    v = torch.randn(batch, width)
    weights = [layer.weight for layer in layers]
    gradients = torch.autograd.grad(states[-1], states + weights, v)
    squares = [(g.norm() / v.norm()).item() ** 2 for g in gradients]
    cosine = torch.cosine_similarity(states[-1][0], states[-1][1], 0)
    return squares[: depth + 1], squares[depth + 1 :], cosine.item()


states, weights, cosine = backward(with_biases=True)
_, weights_no_bias, cosine_no_bias = backward(with_biases=False)
log_total = math.log(states[0])
loss_per_layer = math.exp(-log_total / depth)
decades = math.log10(weights[-1] / weights[0])
decades_no_bias = math.log10(weights_no_bias[-1] / weights_no_bias[0])
print(f"squared gradient divided by {loss_per_layer:.1f} per layer")
print(f"‖∂L/∂W‖², last over first layer: 10^{decades:.0f} with biases")
print(f"the same with zero biases: within 10: {abs(decades_no_bias) < 1}")
print(f"cosine of two outputs, with biases: {cosine:.2f}, "
      f"without: {cosine_no_bias:.1f}")  # fmt: skip

# %% Plot
layers = range(1, depth + 1)
six = [6.0 ** (l - depth) for l in range(depth + 1)]
plt.semilogy(range(depth + 1), six, color="C0", label="six times less")
plt.semilogy(states, "o", color="C0", label="activations")
plt.semilogy(layers, weights, "s--", ms=4, label="weights")
plt.semilogy(layers, weights_no_bias, "^:", ms=4, label="weights, no biases")
plt.xticks(range(0, depth + 1, 5))
plt.xlabel("layer $l$ (0 is the input)")
plt.ylabel("squared gradient norm")
plt.legend()
plt.show()
