"""How alike are the gradients of two inputs? Plain, residual and residual with BatchNorm, by depth."""

import math

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
width, depth, batch = 400, 40, 64


def normalise(z):
    return (z - z.mean(0)) / z.std(0, correction=0)


layers = {
    "plain": lambda x, W: torch.relu(x @ W.T),
    "residual": lambda x, W: x + torch.relu(x) @ W.T,
    "residual, BatchNorm": lambda x, W: x + torch.relu(normalise(x)) @ W.T,
}


def correlation_by_depth(layer):
    """Mean cosine between the gradients of different samples, all sent back the same error."""
    states = [torch.randn(batch, width, requires_grad=True)]
    for _ in range(depth):
        states.append(layer(states[-1], math.sqrt(2 / width) * torch.randn(width, width)))
    v = torch.randn(width).expand(batch, width)
    unit = [g / g.norm(dim=1, keepdim=True) for g in torch.autograd.grad(states[-1], states, v)]
    return [float((g.sum(0).square().sum() - batch) / (batch * (batch - 1))) for g in unit]


def both_active(c):
    """2 P(z₁ > 0, z₂ > 0) and 2 E[relu(z₁) relu(z₂)], for unit Gaussians of correlation c."""
    angle = math.acos(min(c, 1.0))
    return 1 - angle / math.pi, (math.sin(angle) + (math.pi - angle) * math.cos(angle)) / math.pi


plain, residual = [1.0], [1.0]
c_plain = c_residual = 0.0
for _ in range(depth):  # gains of the first layers come last on the way back
    slope, value = both_active(c_plain)
    plain, c_plain = [*plain, plain[-1] * slope], value
    slope, value = both_active(c_residual)
    residual, c_residual = [*residual, residual[-1] * (1 + slope) / 2], (c_residual + value) / 2

measured = {name: correlation_by_depth(layer) for name, layer in layers.items()}
at_input = {name: values[0] for name, values in measured.items()}
print(f"correlation at the input, through {depth} layers")
print(
    f"plain     {at_input['plain']:.0e}, mean field {plain[-1]:.0e}, idealised 2^−L {0.5**depth:.0e}"
)
print(
    f"residual  {at_input['residual']:.0e}, mean field {residual[-1]:.0e}, idealised (3/4)^L {0.75**depth:.0e}"
)
print(f"residual with BatchNorm {at_input['residual, BatchNorm']:.2f}")

# %% Plot
layers_passed = range(depth + 1)
for i, (name, curve) in enumerate({"plain": plain, "residual": residual}.items()):
    total = [curve[-1] / curve[depth - k] for k in layers_passed]  # from the last layer down
    plt.semilogy(layers_passed, total, color=f"C{i}", label=f"{name}, mean field")
for i, (name, values) in enumerate(measured.items()):
    plt.semilogy(layers_passed, [abs(value) for value in values[::-1]], "os^"[i], ms=4, color=f"C{i}",
                 label=f"{name}, measured")  # fmt: skip
plt.semilogy(layers_passed, [0.5**k for k in layers_passed], ":", color="k", lw=1, label="2^−k")
plt.ylim(1e-6, 2)
plt.xlabel("layers passed on the way back, k")
plt.ylabel("cosine between two inputs' gradients")
plt.legend(fontsize=9)
plt.show()
