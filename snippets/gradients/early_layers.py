"""At the first step, a deep sigmoid network moves its first layers far less than its last ones."""

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(0)
digits = load_digits()
x = torch.tensor(digits.data, dtype=torch.float64)
x = (x - x.mean(0)) / (x.std(0) + 1e-8)
y = torch.tensor(digits.target)
depth, width, learning_rate = 8, 256, 0.1


def update_ratios(activation, init):
    """‖learning rate × gradient‖ / ‖weight‖ of every hidden layer at the first step of plain SGD."""
    sizes = [64] + depth * [width]
    hidden = [nn.Linear(a, b, dtype=torch.float64) for a, b in zip(sizes, sizes[1:])]
    for layer in hidden:
        init(layer.weight)
        nn.init.zeros_(layer.bias)
    head = nn.Linear(width, 10, dtype=torch.float64)
    h = x
    for layer in hidden:
        h = activation(layer(h))
    nn.functional.cross_entropy(head(h), y).backward()
    return [
        (learning_rate * layer.weight.grad.norm() / layer.weight.norm()).item() for layer in hidden
    ]


sigmoid = update_ratios(torch.sigmoid, nn.init.xavier_normal_)
relu = update_ratios(torch.relu, nn.init.kaiming_normal_)
sigmoid_drop = sigmoid[-1] / sigmoid[1]  # layers 2 to 8: six gains
relu_drop = relu[-1] / relu[1]
per_layer = sigmoid_drop ** (-1 / (depth - 2))
print(f"update / weight, layers 2 to {depth}, differs by a factor of")
print(f"  {sigmoid_drop:.0e} for sigmoid with Xavier, {per_layer:.2f} per layer")
print(f"  {relu_drop:.1f} for ReLU with Kaiming")

# %% Plot
plt.semilogy(range(1, depth + 1), sigmoid, "o-", label="sigmoid, Xavier")
plt.semilogy(range(1, depth + 1), relu, "s-", label="ReLU, Kaiming")
plt.axhline(1e-3, color="k", ls="--", lw=1, label="rule of thumb: 0.001")
plt.xlabel("layer")
plt.ylabel("update norm / weight norm, first step")
plt.legend()
plt.show()
