"""A highway layer with a gate that is not quite open makes gradients vanish again."""

import math

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
width, depth, batch = 256, 50, 32


def squared_gradients(bias):
    """x ← t · tanh(W x) + (1 − t) · x with the gate t = sigmoid(bias), constant at initialisation."""
    t = 1 / (1 + math.exp(-bias))
    states = [0.01 * torch.randn(batch, width, requires_grad=True)]  # small signals: tanh is linear
    for _ in range(depth):
        W = torch.randn(width, width) / math.sqrt(width)
        states.append(t * torch.tanh(states[-1] @ W.T) + (1 - t) * states[-1])
    v = torch.randn(batch, width)
    gradients = torch.autograd.grad(states[-1], states, v)
    return [float(g.square().sum() / v.square().sum()) for g in gradients]


biases = [-1.0, -3.0, -5.0]
squares = {bias: squared_gradients(bias) for bias in biases}
gain = {bias: values[0] ** (1 / depth) for bias, values in squares.items()}
for bias in biases:
    t = 1 / (1 + math.exp(-bias))
    print(
        f"gate bias {bias:.0f}: gain per layer {gain[bias]:.3f}, (1−t)² + t² = {(1 - t) ** 2 + t**2:.3f}"
    )

# %% Plot
for i, bias in enumerate(biases):
    t = 1 / (1 + math.exp(-bias))
    plt.semilogy([((1 - t) ** 2 + t**2) ** (depth - l) for l in range(depth + 1)], color=f"C{i}")
    plt.semilogy(
        range(0, depth + 1, 5),
        squares[bias][::5],
        "os^"[i],
        color=f"C{i}",
        label=f"gate bias {bias:.0f}",
    )
plt.xlabel("layer l (0 is the input)")
plt.ylabel("squared gradient norm")
plt.legend()
plt.show()
