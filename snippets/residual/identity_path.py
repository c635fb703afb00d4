"""The identity path: in every block, the gradient is the last block's own gradient plus what the branches add."""

import math

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
width, depth, batch = 300, 24, 32


def run(alpha):
    """Norm and direction of ∂L/∂x_l in x ← x + α W relu(x), against the last block's gradient."""
    states = [torch.randn(batch, width, requires_grad=True)]
    weights = [math.sqrt(2 / width) * torch.randn(width, width) for _ in range(depth)]
    for W in weights:
        states.append(states[-1] + alpha * torch.relu(states[-1]) @ W.T)
    v = torch.randn(batch, width)
    gradients = torch.autograd.grad(states[-1], states, v)
    cosines = [float((g * v).sum() / (g.norm() * v.norm())) for g in gradients]
    return gradients, cosines, weights, states, v


gradients, _, weights, states, v = run(0.3)
# The formula for one sample: ∂L/∂x_0 = (Π (I + α diag(relu′) Wᵀ)) ∂L/∂x_L.
g = v[0]
for W, x in zip(reversed(weights), reversed(states[:-1])):
    g = g + 0.3 * (x[0] > 0) * (W.T @ g)
formula_error = float((g - gradients[0][0]).norm() / g.norm())
print(f"identity-path formula agrees with autograd to 1e-12: {formula_error < 1e-12}")

cosine = {}
for alpha in (1.0, 0.3, 1 / math.sqrt(depth)):
    cosine[alpha] = run(alpha)[1]
    print(f"α = {alpha:.2f}: cosine of first and last gradient {cosine[alpha][0]:.2f}, "
          f"theory {(1 + alpha**2) ** (-depth / 2):.2f}")  # fmt: skip

# %% Plot
for i, (alpha, values) in enumerate(cosine.items()):
    plt.plot([(1 + alpha**2) ** (-(depth - l) / 2) for l in range(depth + 1)], color=f"C{i}")
    plt.plot(values, "os^"[i], ms=4, color=f"C{i}", label=f"α = {alpha:.2f}")
plt.xlabel("block l (0 is the input)")
plt.ylabel("cosine with the last block's gradient")
plt.legend()
plt.show()
