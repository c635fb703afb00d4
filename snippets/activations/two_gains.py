"""tanh and ReLU over fifty layers, with the weight scale that keeps the signal or the one that keeps the gradient."""

import math

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
width, depth, batch = 400, 50, 32
z = torch.randn(2_000_000)


def gains(phi):
    """1/√E[φ²] keeps unit pre-activations, 1/√E[φ′²] keeps their gradient."""
    t = z.clone().requires_grad_()
    value = phi(t)
    (slope,) = torch.autograd.grad(value.sum(), t)
    return value.detach().square().mean().rsqrt().item(), slope.square().mean().rsqrt().item()


def run(phi, gain):
    """Second moment of the pre-activations by layer, and squared gradient per layer."""
    states, moments = [torch.randn(batch, width, requires_grad=True)], []
    for _ in range(depth):
        pre = states[-1] @ (gain / math.sqrt(width) * torch.randn(width, width)).T
        moments.append(pre.square().mean().item())
        states.append(phi(pre))
    v = torch.randn(batch, width)
    gradients = torch.autograd.grad(states[-1], states, v)
    per_layer = (gradients[10].square().sum() / gradients[-1].square().sum()) ** (1 / (depth - 10))
    return moments, per_layer.item()


moments, per_layer = {}, {}
for name, phi in {"tanh": torch.tanh, "ReLU": torch.relu}.items():
    for direction, gain in zip(("forward", "backward"), gains(phi)):
        moments[name, direction], per_layer[name, direction] = run(phi, gain)
        print(f"{name} with its {direction:8s} gain {gain:.2f}: second moment {moments[name, direction][-1]:.1f}, "
              f"squared gradient × {per_layer[name, direction]:.2f} per layer")  # fmt: skip

# %% Plot
for i, (key, values) in enumerate(moments.items()):
    plt.plot(
        range(1, depth + 1),
        values,
        ["o-", "o--", "s-", "s--"][i],
        markevery=5,
        color=f"C{i // 2}",
        label=f"{key[0]}, {key[1]} gain",
    )
plt.ylim(0, 2.5)
plt.xlabel("layer l")
plt.ylabel("second moment of the pre-activations")
plt.legend()
plt.show()
