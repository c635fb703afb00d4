"""Highway layers: with a constant gate that mixes, the branch decides."""

import math

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
width, depth, batch = 256, 50, 32


def squared_gradients(bias, chi):
    """x ← t tanh(W x) + (1 − t) x, gate t = sigmoid(bias), Var W = χ/n."""
    t = 1 / (1 + math.exp(-bias))
    x = 1e-6 * torch.randn(batch, width)  # small signals: tanh is linear
    states = [x.requires_grad_()]
    for _ in range(depth):
        W = math.sqrt(chi / width) * torch.randn(width, width)
        x = states[-1]
        states.append(t * torch.tanh(x @ W.T) + (1 - t) * x)
    v = torch.randn(batch, width)
    gradients = torch.autograd.grad(states[-1], states, v)
    return [float(g.square().sum() / v.square().sum()) for g in gradients]


def gain(bias, chi):
    t = 1 / (1 + math.exp(-bias))
    return (1 - t) ** 2 + t**2 * chi


cases = [(-1, 1), (-3, 1), (-5, 1), (0, 3)]
squares = {case: squared_gradients(*case) for case in cases}
for case in cases:
    print(f"gate bias {case[0]:2d}, χ = {case[1]}: gain (1−t)² + t²χ = "
          f"{gain(*case):.3f}, after {depth} layers "
          f"{squares[case][0]:.0e}")  # fmt: skip

# %% Plot
for i, case in enumerate(cases):
    curve = [gain(*case) ** (depth - l) for l in range(depth + 1)]
    plt.semilogy(curve, ["-", "--", "-.", ":"][i], color=f"C{i}")
    label = f"gate bias {case[0]}, χ = {case[1]}".replace("-", "−")
    at = range(0, depth + 1, 5)
    plt.semilogy(at, squares[case][::5], "os^D"[i], color=f"C{i}", label=label)
plt.xlabel("layer $l$ (0 is the input)")
plt.ylabel("squared gradient norm")
plt.legend()
plt.show()
