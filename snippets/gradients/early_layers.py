"""At the first step a deep sigmoid network hardly moves its first layers."""

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
digits = load_digits()
x = torch.tensor(digits.data)[:256]
x = (x - x.mean(0)) / (x.std(0) + 1e-8)
y = torch.tensor(digits.target)[:256]
depth, width, rate = 12, 256, 0.1


def first_step(activation, init):
    """By layer: SGD's update over the weights; rms gradient of one example."""
    sizes = [64] + depth * [width]
    hidden = [nn.Linear(a, b) for a, b in zip(sizes, sizes[1:])]
    inputs, outputs, h = [], [], x
    for layer in hidden:
        init(layer.weight)
        nn.init.zeros_(layer.bias)
        inputs.append(h)
        outputs.append(layer(h))
        h = activation(outputs[-1])
    loss = nn.functional.cross_entropy(nn.Linear(width, 10)(h), y)
    deltas = torch.autograd.grad(loss, outputs)  # δ_l, one row per example
    update, single = [], []
    for layer, d, a in zip(hidden, deltas, inputs):
        weight = layer.weight.norm().item()
        update.append(rate * (d.T @ a).norm().item() / weight)  # Σ δ xᵀ
        each = (d.square().sum(1) * a.square().sum(1)).mean().sqrt()
        single.append(rate * each.item() * len(x) / weight)
    return update, single


sigmoid, sigmoid_single = first_step(torch.sigmoid, nn.init.xavier_normal_)
relu, relu_single = first_step(torch.relu, nn.init.kaiming_normal_)
drop = {  # layer 12 over layer 4: eight gains
    "sigmoid, batch": sigmoid[-1] / sigmoid[3],
    "sigmoid, single": sigmoid_single[-1] / sigmoid_single[3],
    "ReLU, batch": relu[-1] / relu[3],
    "ReLU, single": relu_single[-1] / relu_single[3],
}
for name, factor in drop.items():
    print(f"update/weight, layer 12 over layer 4: {factor:8.2g}  {name}")

# %% Plot
layers = range(1, depth + 1)
plt.semilogy(layers, sigmoid, "o-", label="sigmoid, Xavier")
plt.semilogy(layers, sigmoid_single, "o:", mfc="none", color="C0")
plt.semilogy(layers, relu, "s-", label="ReLU, Kaiming")
plt.semilogy(layers, relu_single, "s:", mfc="none", color="C1")
plt.plot([], [], "k:", label="rms over single examples")
plt.axhline(1e-3, color="k", ls="--", lw=1, label="rule of thumb: 0.001")
plt.xlabel("layer")
plt.ylabel("update / weight, first step")
plt.ylim(bottom=1e-13)
plt.legend(loc="lower right")
plt.show()
