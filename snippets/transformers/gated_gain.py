"""Eight layers of RMSNorm and a gated unit: the gradient doubles, squared."""

import matplotlib.pyplot as plt
import torch
from torch.nn import functional as F

torch.manual_seed(0)
width, depth, batch, draws = 384, 8, 32, 4
gates = {"bilinear": lambda u: u, "ReGLU": F.relu, "GEGLU": F.gelu,
         "SwiGLU": F.silu, "GLU": torch.sigmoid}  # fmt: skip


def norm(x):
    return x / x.square().mean(-1, keepdim=True).sqrt()


def layer(name, x):
    W, V = torch.randn(2, width, width) / width**0.5
    if name == "ReLU":
        return F.relu(x @ W.T)
    if name == "ReLU²":
        return F.relu(x @ W.T) ** 2
    return gates[name](x @ W.T) * (x @ V.T)


def squared_gradients(name):
    """Mean squared gradient at each layer's output, 1 at the last."""
    states = [norm(torch.randn(batch, width)).requires_grad_()]
    for _ in range(depth):
        states.append(norm(layer(name, states[-1])))
    v = torch.randn(batch, width)
    gradients = torch.autograd.grad(states[-1], states[1:], v)
    return torch.stack([g.square().sum(1).mean() for g in gradients])


curves, total = {}, {}
for name in [*gates, "ReLU²", "ReLU"]:
    square = sum(squared_gradients(name) for _ in range(draws)) / draws
    curves[name] = square / square[-1]
    total[name] = float(curves[name][0].log())
    gain = float(curves[name][0] ** (1 / (depth - 1)))
    print(f"{name:8s} gain of the squared gradient per layer {gain:.2f}")

# %% Plot
for i, (name, curve) in enumerate(curves.items()):
    plt.semilogy(range(1, depth + 1), curve, "osv^Dx+"[i] + "-", label=name)
plt.xlabel("layer $l$")
plt.ylabel("squared gradient, 1 at layer 8")
plt.legend()
plt.show()
