"""BatchNorm with few samples: in a deep linear network the squared gradient grows by (B−2)/(B−3) per layer."""

import math

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
width, depth, trials = 800, 4, 6
batches = [6, 8, 12, 20, 40]


def normalise(z):
    return (z - z.mean(0)) / z.std(0, correction=0)


def gain_per_layer(batch):
    x = [torch.randn(batch, width, requires_grad=True)]
    for _ in range(depth):
        x.append(normalise(x[-1] @ torch.randn(width, width) / math.sqrt(width)))
    gradients = torch.autograd.grad(x[-1], x, torch.randn(batch, width))
    squares = [float(g.square().sum()) for g in gradients]
    # The ends differ: the input is not normalised yet, and the loss's gradient does not sum to 0 over the batch.
    return (squares[1] / squares[-2]) ** (1 / (depth - 2))


gain = {b: torch.tensor([gain_per_layer(b) for _ in range(trials)]) for b in batches}
mean = {b: float(g.mean()) for b, g in gain.items()}
for b in batches:
    print(f"B = {b:2d}: measured {mean[b]:.2f}, (B−2)/(B−3) = {(b - 2) / (b - 3):.3f}")

# %% Plot
b = torch.linspace(5, 42, 300)
plt.plot(b, (b - 2) / (b - 3), label="(B − 2)/(B − 3)")
plt.errorbar(
    batches,
    list(mean.values()),
    [2 * float(g.std()) for g in gain.values()],
    fmt="o",
    label="measured ± 2 s.d.",
)
plt.axhline(1, color="k", ls="--", lw=1, label="infinite batch")
plt.xlabel("batch size B")
plt.ylabel("gain per layer")
plt.legend()
plt.show()
