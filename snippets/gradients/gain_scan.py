"""The gradient profile of nine plain networks, predicted, then measured."""

import math

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
width, depth, batch = 300, 30, 32
grid = torch.linspace(-10, 10, 4001)
gauss = torch.exp(-(grid**2) / 2) / torch.exp(-(grid**2) / 2).sum()

activations = {  # φ, its slope φ′ from φ, and three weight variances
    "sigmoid": (torch.sigmoid, lambda s: s * (1 - s), (1, 4, 16)),
    "tanh": (torch.tanh, lambda t: 1 - t**2, (0.5, 1, 3)),
    "ReLU": (torch.relu, lambda r: (r > 0).double(), (1, 2, 3)),
}


def predict(phi, slope, variance):
    """Products of χ_l = σ_w² E[φ′(√q_l ξ)²]; q ← σ_w² E[φ(√q ξ)²]."""
    q, gains = variance, []
    for _ in range(depth):
        value = phi(math.sqrt(q) * grid)
        gains.append(variance * (gauss * slope(value) ** 2).sum())
        q = float(variance * (gauss * value**2).sum())
    return torch.stack(gains).flip(0).cumprod(0).flip(0)


def measure(phi, variance):
    states = [torch.randn(batch, width, requires_grad=True)]
    for _ in range(depth):
        W = math.sqrt(variance / width) * torch.randn(width, width)
        states.append(phi(states[-1] @ W.T))
    v = torch.randn(batch, width)
    gradients = torch.autograd.grad(states[-1], states[:-1], v)
    norms = torch.stack([g.square().sum() for g in gradients])
    return norms / v.square().sum()


measured, predicted = {}, {}
for name, (phi, slope, variances) in activations.items():
    for variance in variances:
        key = name, variance
        measured[key] = measure(phi, variance)
        predicted[key] = predict(phi, slope, variance)
        gain = predicted[key][0] ** (1 / depth)
        print(f"{name:8s} σ_w² = {variance:<4}  predicted gain {gain:.2f}")

ratio = {k: measured[k] / predicted[k] for k in measured}
worst = max(float(r.log().abs().max()) for r in ratio.values())
print(f"no point is off by more than a factor of 4: {worst < math.log(4)}")

# %% Plot
figure, panels = plt.subplots(3, 1, figsize=(5.8, 8), sharex=True)
for panel, (name, (_, _, variances)) in zip(panels, activations.items()):
    for i, variance in enumerate(variances):
        key, label = (name, variance), rf"$\sigma_w^2 = {variance}$"
        panel.semilogy(predicted[key], color=f"C{i}")
        panel.semilogy(
            measured[key], "os^"[i], ms=4, color=f"C{i}", label=label
        )
    panel.set_title(name)
    panel.legend()
    panel.set_ylabel("squared gradient norm")
panels[-1].set_xlabel("layer $l$ (0 is the input)")
plt.show()
