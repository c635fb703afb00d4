"""Order, chaos and the line between them for tanh: where χ₁ = 1, and what
networks on both sides do to the gradient."""

import math

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
xi = torch.linspace(-8, 8, 201, dtype=torch.float64)
gauss = torch.exp(-(xi**2) / 2) / torch.exp(-(xi**2) / 2).sum()


def fixed_point(weight_variance, bias_variance):
    """q* = σ_w² E[tanh(√q* ξ)²] + σ_b², by iteration."""
    q = 1.0
    for _ in range(50):
        second = float((gauss * torch.tanh(math.sqrt(q) * xi) ** 2).sum())
        q = weight_variance * second + bias_variance
    return q


def critical_weight_variance(bias_variance):
    """σ_w² with χ₁ = 1, by bisection: χ₁ grows with σ_w²."""
    low, high = 0.5, 6.0
    for _ in range(16):
        w = (low + high) / 2
        z = math.sqrt(fixed_point(w, bias_variance)) * xi
        chi = w * float((gauss / torch.cosh(z) ** 4).sum())
        low, high = (low, w) if chi > 1 else (w, high)
    return low


def log_gradient(weight_variance, bias_variance=0.05, width=600, depth=50):
    """ln of the squared gradient norm, 50 layers down from q near q*."""
    x = torch.randn(8, width, requires_grad=True)
    states = [x]
    for _ in range(depth + 5):
        W = math.sqrt(weight_variance / width) * torch.randn(width, width)
        b = math.sqrt(bias_variance) * torch.randn(width)
        states.append(torch.tanh(states[-1] @ W.T + b))
    v = torch.randn(8, width)
    gradient = torch.autograd.grad(states[-1], states[5], v)[0]
    return 2 * math.log(gradient.norm() / v.norm())


bias_variances = [0.0025, 0.05, 0.2, 0.5, 1.0]
line = [critical_weight_variance(b) for b in bias_variances]
for b, w in zip(bias_variances, line):
    print(f"σ_b² = {b:6.4f}: critical σ_w² = {w:.2f}")
scan = {w: log_gradient(w) for w in (1.0, 1.6, 1.9, 2.5)}
crossing = 1.6 + 0.3 * scan[1.6] / (scan[1.6] - scan[1.9])
for w, log in scan.items():
    print(f"σ_w² = {w}: 50 layers change the squared gradient by e^{log:.0f}")
print(f"no change at σ_w² = {crossing:.1f}, between 1.6 and 1.9")

# %% Plot
plt.plot(line, bias_variances, "o-", color="k")
plt.fill_betweenx(bias_variances, 0.5, line, color="C0", alpha=0.25, lw=0)
plt.fill_betweenx(bias_variances, line, 5, color="C1", alpha=0.25, lw=0)
plt.text(0.7, 0.7, "order:\ngradients vanish")
plt.text(4.9, 0.3, "chaos:\ngradients explode", ha="right")
plt.text(2.3, 0.6, r"$\chi_1 = 1$")
plt.xlim(0.5, 5)
plt.xlabel(r"weight variance $\sigma_w^2$")
plt.ylabel(r"bias variance $\sigma_b^2$")
plt.show()
