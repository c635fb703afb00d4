"""With BatchNorm in the branches the gradient's paths are short."""

import math

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
width, depth, batch = 100, 54, 256


def back(g, hat, std):
    """Gradient through BatchNorm, for any leading dimensions."""
    along = (g * hat).mean(-2, keepdim=True)
    return (g - g.mean(-2, keepdim=True) - hat * along) / std


x, blocks = torch.randn(batch, width), []
for _ in range(depth):
    W = math.sqrt(2 / width) * torch.randn(width, width)
    std = x.std(0, correction=0)
    hat = (x - x.mean(0)) / std
    blocks.append((W, hat, std))
    x = x + torch.relu(hat) @ W.T

longest = 24  # longer paths carry nothing that would show
parts = torch.zeros(longest + 1, batch, width)
parts[0] = torch.randn(batch, width)
for W, hat, std in reversed(blocks):
    through = back((parts[:-1] @ W) * (hat > 0), hat, std)
    parts[1:] = parts[1:] + through

squares = parts.square().sum((1, 2))
share = squares / squares.sum()
mean_length = float((share * torch.arange(longest + 1)).sum())
variances = [1 + (1 - 1 / math.pi) * l for l in range(depth)]
theory = sum(1 / (var + 1) for var in variances)
print(f"{depth} blocks: mean length {mean_length:.1f}, theory {theory:.1f}")

# %% Plot
law = [1.0] + [0.0] * longest  # block l is on the path with odds 1 to var_l
for var in variances:
    longer = [0.0] + law[:-1]
    law = [(var * a + b) / (var + 1) for a, b in zip(law, longer)]
plt.plot(law, color="C0", label="theory")
plt.plot(share, "o", color="C0", label="measured")
plt.axvline(depth / 2, color="k", ls=":", label="most paths")
plt.xlabel("branches on the path")
plt.ylabel("share of the squared gradient")
plt.legend()
plt.show()
