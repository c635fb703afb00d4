"""Order, chaos and the line between them for tanh: where χ₁ = 1."""

import math

import matplotlib.pyplot as plt
import torch

torch.set_default_dtype(torch.float64)
z = torch.linspace(-10, 10, 2001)
gauss = torch.exp(-(z**2) / 2) / torch.exp(-(z**2) / 2).sum()


def fixed_point(weight_variance, bias_variance):
    """q* = σ_w² E[tanh(√q* z)²] + σ_b², by iteration."""
    q = 1.0
    for _ in range(300):
        q = (
            weight_variance * float((gauss * torch.tanh(math.sqrt(q) * z) ** 2).sum())
            + bias_variance
        )
    return q


def chi(weight_variance, bias_variance):
    q = fixed_point(weight_variance, bias_variance)
    return weight_variance * float((gauss / torch.cosh(math.sqrt(q) * z) ** 4).sum())


def critical_weight_variance(bias_variance):
    """σ_w² with χ₁ = 1, by bisection: χ₁ grows with σ_w²."""
    low, high = 0.5, 6.0
    for _ in range(25):
        middle = (low + high) / 2
        low, high = (low, middle) if chi(middle, bias_variance) > 1 else (middle, high)
    return low


bias_variances = [0.0025, 0.05, 0.2, 0.5, 1.0]
line = [critical_weight_variance(b) for b in bias_variances]
for b, w in zip(bias_variances, line):
    print(f"σ_b² = {b:6.4f}: critical σ_w² = {w:.2f}, q* = {fixed_point(w, b):.2f}")
depth_scale = {w: -1 / math.log(chi(w, 0.05)) for w in (1.0, 1.5, 2.5)}
for w, scale in depth_scale.items():
    print(f"σ_w² = {w}: gradient depth scale {scale:.1f}")

# %% Plot
plt.plot(line, bias_variances, "o-", color="k")
plt.fill_betweenx(bias_variances, 0.5, line, color="C0", alpha=0.25, lw=0)
plt.fill_betweenx(bias_variances, line, 5, color="C1", alpha=0.25, lw=0)
plt.text(0.7, 0.7, "order:\ngradients vanish")
plt.text(3.4, 0.3, "chaos:\ngradients explode")
plt.text(2.3, 0.6, "χ₁ = 1")
plt.xlim(0.5, 5)
plt.xlabel("weight variance σ_w²")
plt.ylabel("bias variance σ_b²")
plt.show()
