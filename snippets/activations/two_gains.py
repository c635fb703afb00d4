"""tanh and ReLU over fifty layers, with the weight scale that keeps the signal
or the one that is said to keep the gradient."""

import math

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
width, depth, batch = 500, 50, 32


def gains(phi):
    """1/√E[φ²] keeps unit pre-activations, 1/√E[φ′²] their gradient."""
    t = torch.linspace(-10, 10, 20_000).requires_grad_()
    value = phi(t)
    (slope,) = torch.autograd.grad(value.sum(), t)
    weight = torch.exp(-(t.detach() ** 2) / 2)
    weight = weight / weight.sum()
    return [(weight * f.detach() ** 2).sum().item() ** -0.5
            for f in (value, slope)]  # fmt: skip


def run(phi, gain):
    """Second moment of the pre-activations, squared gradient, by layer."""
    states = [torch.randn(batch, width, requires_grad=True)]
    moments = []
    for _ in range(depth):
        W = gain / math.sqrt(width) * torch.randn(width, width)
        pre = states[-1] @ W.T
        moments.append(pre.square().mean().item())
        states.append(phi(pre))
    v = torch.randn(batch, width)
    gradients = torch.autograd.grad(states[-1], states, v)
    return moments, [g.square().sum().item() for g in gradients]


moments, squares, growth = {}, {}, {}
for name, phi in {"tanh": torch.tanh, "ReLU": torch.relu}.items():
    for direction, gain in zip(("forward", "backward"), gains(phi)):
        key = name, direction
        moments[key], squares[key] = run(phi, gain)
        growth[key] = squares[key][10] / squares[key][-1]  # over 40 layers
        print(f"{name}, {direction:8s} gain {gain:.2f}: second moment"
              f" {moments[key][-1]:.1f}, squared gradient"
              f" × {growth[key]:.1f}")  # fmt: skip

# %% Plot
styles = ["o-", "o--", "s-", "s--"]
for i, (key, values) in enumerate(moments.items()):
    label = f"{key[0]}, {key[1]} gain"
    plt.semilogy(range(1, depth + 1), values, styles[i], markevery=5,
                 color=f"C{i // 2}", label=label)  # fmt: skip
plt.xlabel("layer $l$")
plt.ylabel("second moment, pre-activations")
plt.yticks([0.6, 1, 2, 3], [0.6, 1, 2, 3])
plt.minorticks_off()
plt.legend(ncols=2, loc="lower right", bbox_to_anchor=(1, 1), columnspacing=1,
           handlelength=1.5)  # fmt: skip
plt.show()
