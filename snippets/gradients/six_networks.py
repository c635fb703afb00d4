"""Gradient norms through 50 layers of six networks, each predicted from one gain per layer."""

import math

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)  # 0.06^50 is far below what float32 can hold
width, depth, batch = 256, 50, 256
relu = torch.relu

# Mean of (sigmoid′)² once the second moment q of the pre-activations has settled.
z = torch.linspace(-9, 9, 4001)
gauss, q = torch.exp(-(z**2) / 2) / torch.exp(-(z**2) / 2).sum(), 1.0
for _ in range(50):
    q = float((gauss * torch.sigmoid(q**0.5 * z) ** 2).sum())
sigmoid_gain = float(
    (gauss * (torch.sigmoid(q**0.5 * z) * torch.sigmoid(-(q**0.5) * z)) ** 2).sum()
)


def normalise(z):
    """BatchNorm at initialisation: every unit gets mean 0 and variance 1 over the batch."""
    return (z - z.mean(0)) / z.std(0, correction=0)


layers = {  # name: one layer x → x', weight variance times width, predicted gain of layer l
    "sigmoid, Xavier": (lambda x, W: torch.sigmoid(x @ W.T), 1, lambda l: sigmoid_gain),
    "ReLU, PyTorch default": (lambda x, W: relu(x @ W.T), 1 / 3, lambda l: 1 / 6),
    "ReLU, Kaiming": (lambda x, W: relu(x @ W.T), 2, lambda l: 1),
    "ReLU, BatchNorm": (
        lambda x, W: relu(normalise(x @ W.T)),
        2,
        lambda l: math.pi / (math.pi - 1) if l else 1 / 2,  # the input has not passed a ReLU
    ),
    "residual": (lambda x, W: x + relu(x) @ W.T, 2, lambda l: 2),
    "residual, BatchNorm": (
        lambda x, W: x + relu(normalise(x)) @ W.T,
        2,
        lambda l: 1 + 1 / (1 + (1 - 1 / math.pi) * l),  # the stream's variance grows linearly
    ),
}

measured, predicted = {}, {}
print("gradient norm, first layer / last   measured   predicted")
for name, (layer, weight_variance, gain) in layers.items():
    states = [torch.randn(batch, width, requires_grad=True)]
    for _ in range(depth):
        W = math.sqrt(weight_variance / width) * torch.randn(width, width)
        states.append(layer(states[-1], W))
    loss_gradient = torch.randn(batch, width)
    gradients = torch.autograd.grad(states[-1], states, loss_gradient)
    measured[name] = torch.stack([g.norm() for g in gradients]) / loss_gradient.norm()
    predicted[name] = [
        math.sqrt(math.prod(gain(k) for k in range(l, depth))) for l in range(depth + 1)
    ]
    print(f"{name:30s} {measured[name][0]:13.0e} {predicted[name][0]:11.0e}")

# %% Plot
for i, name in enumerate(layers):
    plt.semilogy(predicted[name], color=f"C{i}")
    plt.semilogy(
        range(0, depth + 1, 5), measured[name][::5], "osD^vP"[i], color=f"C{i}", label=name
    )
plt.ylim(1e-33, 1e10)
plt.xlabel("layer l (0 is the input)")
plt.ylabel("gradient norm relative to the last layer's")
plt.legend(loc="lower right", fontsize=9)
plt.show()
