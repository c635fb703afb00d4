"""How far one He-initialised ReLU network strays from the average of all of them."""

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
trials, depth = 40_000, 12
widths = [10, 20, 50]

ratios = {}
for n in widths:
    squares = torch.ones(trials)  # ‖x_l‖² of independent networks, one input each
    ratios[n] = [1.0]
    for _ in range(depth):
        # He's weights: given x, the pre-activations are independent N(0, 2‖x‖²/n).
        z = (2 * squares / n).sqrt()[:, None] * torch.randn(trials, n)
        squares = torch.relu(z).square().sum(1)
        ratios[n].append(float(squares.square().mean() / squares.mean() ** 2))
    print(
        f"width {n}: E‖x‖⁴ / (E‖x‖²)² after {depth} layers {ratios[n][-1]:.2f}, exact {(1 + 5 / n) ** depth:.2f}"
    )

# %% Plot
for i, n in enumerate(widths):
    plt.semilogy([(1 + 5 / n) ** l for l in range(depth + 1)], color=f"C{i}")
    plt.semilogy(ratios[n], "os^"[i], color=f"C{i}", label=f"width {n}")
plt.xlabel("layer l")
plt.ylabel("E‖x‖⁴ / (E‖x‖²)²")
plt.legend()
plt.show()
