"""The gradient profile of nine plain networks, predicted layer by layer before it is measured."""

import math

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
width, depth, batch = 400, 30, 64
z = torch.linspace(-10, 10, 8001)
gauss = torch.exp(-(z**2) / 2) / torch.exp(-(z**2) / 2).sum()

activations = {  # φ and its slope φ′
    "sigmoid": (torch.sigmoid, lambda z: torch.sigmoid(z) * torch.sigmoid(-z), (1, 4, 16)),
    "tanh": (torch.tanh, lambda z: 1 / torch.cosh(z) ** 2, (0.5, 1, 3)),
    "ReLU": (torch.relu, lambda z: (z > 0).double(), (1, 2, 3)),
}


def predict(phi, slope, variance):
    """χ_l = σ_w² E[φ′(√q_l z)²], with q ← σ_w² E[φ(√q z)²] from one layer to the next."""
    q, gains = variance, []
    for _ in range(depth):
        gains.append(variance * (gauss * slope(math.sqrt(q) * z) ** 2).sum())
        q = float(variance * (gauss * phi(math.sqrt(q) * z) ** 2).sum())
    return torch.stack(gains).flip(0).cumprod(0).flip(0)


def measure(phi, variance):
    states = [torch.randn(batch, width, requires_grad=True)]
    for _ in range(depth):
        W = math.sqrt(variance / width) * torch.randn(width, width)
        states.append(phi(states[-1] @ W.T))
    v = torch.randn(batch, width)
    gradients = torch.autograd.grad(states[-1], states[:-1], v)
    return torch.stack([g.square().sum() for g in gradients]) / v.square().sum()


measured, predicted = {}, {}
for name, (phi, slope, variances) in activations.items():
    for variance in variances:
        measured[name, variance] = measure(phi, variance)
        predicted[name, variance] = predict(phi, slope, variance)
        gain = predicted[name, variance][0] ** (1 / depth)
        print(f"{name:8s} σ_w² = {variance:<4}  mean gain per layer {gain:.2f} predicted")

errors = {k: math.log(measured[k][0] / predicted[k][0]) / depth for k in measured}
worst = max(abs(error) for error in errors.values())  # relative error of the gain of one layer
print(f"largest relative error of a layer's gain: below 3 %: {worst < 0.03}")

# %% Plot
figure, panels = plt.subplots(3, 1, figsize=(5.8, 8), sharex=True)
for panel, (name, (_, _, variances)) in zip(panels, activations.items()):
    for i, variance in enumerate(variances):
        panel.semilogy(predicted[name, variance], color=f"C{i}")
        panel.semilogy(
            measured[name, variance], "os^"[i], ms=4, color=f"C{i}", label=f"σ_w² = {variance}"
        )
    panel.set_title(name)
    panel.legend()
    panel.set_ylabel("squared gradient norm")
panels[-1].set_xlabel("layer l (0 is the input)")
plt.show()
