"""How far one He-initialised ReLU network strays from the mean of all."""

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
trials, depth = 6_000, 12
widths = [10, 20, 40]


def moment_ratio(squares):
    """E s² / (E s)² for samples s of a squared norm."""
    return float(squares.square().mean() / squares.mean() ** 2)


forward, backward = {}, {}
for n in widths:
    x = torch.ones(trials, n, 1)  # independent networks, one input each
    forward[n], layers = [1.0], []
    for _ in range(depth):
        W = (2 / n) ** 0.5 * torch.randn(trials, n, n, dtype=torch.float32)
        z = W @ x.float()
        x = torch.relu(z).double()
        layers.append((W, z > 0))
        forward[n].append(moment_ratio(x.square().sum((1, 2))))
    v = torch.randn(trials, n, 1)
    v /= v.norm(dim=1, keepdim=True)
    backward[n] = [1.0]
    for W, active in reversed(layers):
        v = (W.mT @ (v * active).float()).double()
        backward[n].append(moment_ratio(v.square().sum((1, 2))))
    print(
        f"width {n}, {depth} layers: forward {forward[n][-1]:4.1f},"
        f" backward {backward[n][-1]:4.1f}, exact {(1 + 5 / n) ** depth:5.1f}"
    )

# %% Plot
for i, n in enumerate(widths):
    exact = [(1 + 5 / n) ** l for l in range(depth + 1)]
    plt.semilogy(exact, color=f"C{i}")
    plt.semilogy(forward[n], "os^"[i], color=f"C{i}")
    plt.semilogy(backward[n], "os^"[i], color=f"C{i}", mfc="none")
    plt.annotate(f"width {n}", (depth, exact[-1]), (6, 0), color=f"C{i}",
                 textcoords="offset points", va="center")  # fmt: skip
plt.xticks(range(0, depth + 1, 2))
plt.xlabel("layers passed; hollow: backward")
plt.ylabel("E‖·‖⁴ / (E‖·‖²)²")
plt.show()
