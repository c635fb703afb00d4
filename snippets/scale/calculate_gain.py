"""What torch's gains do over 60 layers: 5/3 for tanh preserves neither the signal at variance one nor the gradient."""

import math

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
width, depth, batch = 400, 60, 32
z = torch.linspace(-10, 10, 8001)
gauss = torch.exp(-(z**2) / 2) / torch.exp(-(z**2) / 2).sum()
preserving = 1 / math.sqrt((gauss * torch.tanh(z) ** 2).sum())  # keeps E[φ(z)²] at q = 1
names = {
    "1 (critical)": 1.0,
    "5/3 (torch)": torch.nn.init.calculate_gain("tanh"),
    "preserves q = 1": preserving,
}
for name in ("linear", "sigmoid", "tanh", "relu", "selu"):
    print(f"calculate_gain {name:8s} {torch.nn.init.calculate_gain(name):.3f}")

moments, gains = {}, {}
for name, gain in names.items():
    states = [torch.randn(batch, width, requires_grad=True)]
    moments[name] = []
    for _ in range(depth):
        W = gain / math.sqrt(width) * torch.randn(width, width)
        states.append(torch.tanh(states[-1] @ W.T))
        moments[name].append(states[-1].square().mean().item())
    v = torch.randn(batch, width)
    gradients = torch.autograd.grad(states[-1], states, v)
    gains[name] = float((gradients[20].square().sum() / gradients[50].square().sum()) ** (1 / 30))
    print(
        f"gain {gain:.3f}, {name:16s}: second moment {moments[name][-1]:.2f}, squared gradient × {gains[name]:.2f} per layer"
    )

# %% Plot
for i, name in enumerate(names):
    plt.plot(
        range(1, depth + 1),
        moments[name],
        "os^"[i] + "-",
        ms=3,
        label=f"gain {names[name]:.2f}: {name}",
    )
plt.ylim(0, 1)
plt.xlabel("layer l")
plt.ylabel("second moment of the activations")
plt.legend()
plt.show()
