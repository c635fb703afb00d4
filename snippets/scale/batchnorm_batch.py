"""BatchNorm with few samples: in a wide linear network the squared gradient
grows by (B−2)/(B−3) per layer, and at B = 2 nothing passes."""

import math

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
width, depth, trials = 600, 8, 8
batches = [6, 8, 12, 20, 40]


def normalise(z):
    return (z - z.mean(0)) / z.std(0, correction=0)


def log_gain(batch, weights):
    """ln of the squared-gradient gain of the inner layers, 2 to depth − 1.

    The ends differ: the input is not normalised yet, and the gradient at the
    output does not sum to 0 over the batch.
    """
    x = [torch.randn(batch, width, requires_grad=True)]
    for W in weights:
        x.append(normalise(x[-1] @ W))
    v = torch.randn(batch, width)
    first, *_, last, _ = torch.autograd.grad(x[-1], x[1:], v)
    return 2 * math.log(first.norm() / last.norm())


logs = {b: torch.zeros(trials) for b in batches}
for t in range(trials):  # one network for all batches
    weights = torch.randn(depth, width, width) / width**0.5
    for b in batches:
        logs[b][t] = log_gain(b, weights)
gain = {b: (logs[b] / (depth - 2)).exp() for b in batches}
mean = {b: float(gain[b].mean()) for b in batches}
for b in batches:
    print(f"B = {b:2d}: {mean[b]:.2f}, (B−2)/(B−3) = {(b - 2) / (b - 3):.3f}")

torch.set_default_dtype(torch.float64)  # here rounding is all there is
two = torch.randn(2, width, requires_grad=True)
W = torch.randn(width, width) / width**0.5
(gradient,) = torch.autograd.grad(
    normalise(two @ W), two, torch.randn(2, width)
)
at_two = float(gradient.norm())
print(f"B =  2: gradient below 1e-8: {at_two < 1e-8}")

# %% Plot
b = torch.linspace(5, 42, 300)
plt.plot(b, (b - 2) / (b - 3), label="$(B - 2)/(B - 3)$")
means = [mean[b] for b in batches]
bars = [2 * float(gain[b].std()) for b in batches]
plt.errorbar(batches, means, bars, fmt="o", label="measured ± 2 std")
plt.axhline(1, color="k", ls="--", lw=1, label="infinite batch")
plt.xlabel("batch size $B$")
plt.ylabel("gain per layer, squared")
plt.legend()
plt.show()
