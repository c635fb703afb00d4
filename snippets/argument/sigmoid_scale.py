"""How much weight keeps the gradient of a plain sigmoid network?"""

import math

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
grid = torch.linspace(-9, 9, 2001, dtype=torch.float64)
gauss = torch.exp(-(grid**2) / 2) / torch.exp(-(grid**2) / 2).sum()


def gains(variance, depth):
    """χ_l = σ_w² E[sigmoid′(√q_l ξ)²] of each layer, from q_0 = σ_w²."""
    q, found = variance, []
    for _ in range(depth):
        s = torch.sigmoid(math.sqrt(q) * grid)
        found.append(variance * float((gauss * (s * (1 - s)) ** 2).sum()))
        q = variance * float((gauss * s**2).sum())
    return found


def measured_total(variance, width=500, depth=12):
    """Squared gradient norm at layer 4 over layer 12: eight gains."""
    states = [torch.rand(32, width, requires_grad=True)]
    for _ in range(depth):
        W = math.sqrt(variance / width) * torch.randn(width, width)
        states.append(torch.sigmoid(states[-1] @ W.T))
    v = torch.randn(32, width)
    deep, last = torch.autograd.grad(states[-1], (states[4], states[-1]), v)
    return float(deep.square().sum() / last.square().sum())


def weight_for(total, depth, skip=0):
    """σ_w² at which logs of the gains after `skip` layers sum to `total`."""
    low, high = 16.0, 400.0
    for _ in range(40):
        middle = (low + high) / 2
        if sum(map(math.log, gains(middle, depth)[skip:])) > total:
            high = middle
        else:
            low = middle
    return low


scales = [1, 4, 16, 64, 103, 256]
measured = {v: measured_total(v) for v in scales}
for v in scales:
    chi, found = gains(v, 40)[-1], measured[v] ** (1 / 8)
    print(f"σ_w² = {v:3d}: gain {chi:.3f} predicted, {found:.2f} measured")
window = [weight_for(side * math.log(100), 50) for side in (-1, 1)]
print("gradient norm within ten over 50 layers: σ_w² from")
print(f"  {window[0]:.1f} to {window[1]:.1f}")

# %% Plot
curve = torch.logspace(-0.3, 2.6, 40).tolist()
found = [m ** (1 / 8) for m in measured.values()]
plt.loglog(curve, [gains(v, 30)[-1] for v in curve], label="predicted")
plt.loglog(scales, found, "o", label="measured")
plt.axhline(1, color="k", ls="--", lw=1)
plt.xlabel(r"weight variance $\sigma_w^2$ (Xavier: 1)")
plt.ylabel("squared-gradient gain per layer, χ")
plt.legend()
plt.show()
