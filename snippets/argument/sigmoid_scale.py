"""How much weight does a plain sigmoid network need before its gradient stops shrinking?"""

import math

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
z = torch.linspace(-9, 9, 20_001)
gauss = torch.exp(-(z**2) / 2) / torch.exp(-(z**2) / 2).sum()


def gain(weight_variance):
    """χ = σ_w² E[sigmoid′(√q z)²] at the fixed point q of the pre-activations."""
    q = 1.0
    for _ in range(100):
        q = weight_variance * float((gauss * torch.sigmoid(math.sqrt(q) * z) ** 2).sum())
    s = torch.sigmoid(math.sqrt(q) * z)
    return weight_variance * float((gauss * (s * (1 - s)) ** 2).sum())


def measured_gain(weight_variance, width=500, depth=12):
    states = [torch.rand(32, width, requires_grad=True)]
    for _ in range(depth):
        W = math.sqrt(weight_variance / width) * torch.randn(width, width)
        states.append(torch.sigmoid(states[-1] @ W.T))
    gradients = torch.autograd.grad(states[-1], states, torch.randn(32, width))
    return float((gradients[4].square().sum() / gradients[-1].square().sum()) ** (1 / (depth - 4)))


scales = [1, 4, 16, 64, 256]
measured = {v: measured_gain(v) for v in scales}
for v in scales:
    print(f"σ_w² = {v:3d}: gain {gain(v):.3f} predicted, {measured[v]:.2f} measured")
low, high = 16.0, 400.0
for _ in range(30):
    middle = (low + high) / 2
    low, high = (low, middle) if gain(middle) > 1 else (middle, high)
print(f"gain 1 needs σ_w² = {low:.0f}: Xavier's weights times {math.sqrt(low):.1f}")

# %% Plot
grid = torch.logspace(-0.3, 2.6, 40)
plt.loglog(grid, [gain(float(v)) for v in grid], label="predicted")
plt.loglog(scales, list(measured.values()), "o", label="measured")
plt.axhline(1, color="k", ls="--", lw=1)
plt.xlabel("weight variance σ_w² (Xavier: 1)")
plt.ylabel("gain per layer χ")
plt.legend()
plt.show()
