"""Units that are negative at every input without being dead: the inputs have
merged. ReLU layers with He's weights and zero biases, before training."""

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch.nn import functional as F

torch.manual_seed(0)
width, depth, batch = 512, 50, 128
digits = torch.tensor(load_digits().data, dtype=torch.float32)
digits = (digits - digits.mean(0)) / (digits.std(0) + 1e-8)


def flat_by_layer(x, norm=lambda z: z):
    """Share of flat units by layer, mean cosine of inputs, gradient ratio."""
    states, flat = [x.requires_grad_()], []
    for _ in range(depth):
        n = states[-1].shape[1]
        W = (2 / n) ** 0.5 * torch.randn(n, width)
        z = norm(states[-1] @ W)
        flat.append((z <= 0).all(0).float().mean().item())
        states.append(torch.relu(z))
    directions = F.normalize(states[-1], dim=1)
    cosine = (directions @ directions.T).mean().item()
    v = torch.randn(batch, width)
    pair = torch.autograd.grad(states[-1], (states[1], states[-1]), v)
    return flat, cosine, (pair[0].norm() / pair[1].norm()).item()


rows = torch.randperm(len(digits))[:batch]
runs = {
    "Gaussian inputs": flat_by_layer(torch.randn(batch, width)),
    "digits": flat_by_layer(digits[rows]),
    "Gaussian, with BatchNorm": flat_by_layer(
        torch.randn(batch, width),
        lambda z: F.batch_norm(z, None, None, training=True),
    ),
}
for name, (flat, cosine, _) in runs.items():
    print(f"{name:24s} flat in layer {depth}: {flat[-1]:.2f}; mean cosine"
          f" {cosine:.2f}")  # fmt: skip

# %% Plot
for (name, (flat, *_)), style in zip(runs.items(), ["o-", "s--", "^:"]):
    plt.plot(range(1, depth + 1), flat, style, ms=3, label=name)
plt.xlabel("layer $l$")
plt.ylabel(f"units negative at all {batch} inputs")
plt.legend(loc="lower right", bbox_to_anchor=(1, 0.08))
plt.show()
