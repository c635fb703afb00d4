"""Adam's first step in a deep sigmoid network: full length in the layers whose
gradient is far above ε, next to nothing in those below."""

import math

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch.nn import functional as F

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
digits = load_digits()
x = torch.tensor(digits.data)
x = (x - x.mean(0)) / (x.std(0) + 1e-8)
width, depth, rate = 256, 30, 1e-3
sizes = [64] + depth * [width] + [10]
weights = [(torch.randn(a, b) / math.sqrt(a)).requires_grad_()
           for a, b in zip(sizes, sizes[1:])]  # fmt: skip
batch = torch.randint(len(x), (64,))
h = x[batch]
for W in weights[:-1]:
    h = torch.sigmoid(h @ W)
F.cross_entropy(h @ weights[-1], torch.tensor(digits.target)[batch]).backward()
sizes_of_gradient = [W.grad.square().mean().sqrt().item() for W in weights]
logs = [math.log(size) for size in sizes_of_gradient]


def first_step(epsilon):
    """Mean of |ΔW|/rate by layer, from torch's own Adam."""
    before = [W.detach().clone() for W in weights]
    torch.optim.Adam(weights, lr=rate, eps=epsilon).step()
    with torch.no_grad():
        moved = [(W - b).abs().mean().item() / rate
                 for W, b in zip(weights, before)]  # fmt: skip
        for W, b in zip(weights, before):
            W.copy_(b)
    return moved


def crossing(epsilon):
    """Layer, interpolated, at which the gradient's rms is ε."""
    below = max(i for i in range(depth) if logs[i] < math.log(epsilon))
    step = logs[below + 1] - logs[below]
    return below + 1 + (math.log(epsilon) - logs[below]) / step


moved = {epsilon: first_step(epsilon) for epsilon in [1e-8, 1e-16]}
bought = crossing(1e-8) - crossing(1e-16)
fall = logs[9] - logs[27]  # layers 10 and 28: eighteen gains
at_epsilon = first_step(sizes_of_gradient[19])[19]
print(f"log of the gradient's rms, layer 10 minus layer 28: {fall:.1f}")
print(f"ε = 1e-16 instead of 1e-8 reaches {bought:.1f} layers further")
print(f"where the gradient's rms is ε: {at_epsilon:.2f} of the rate")

# %% Plot
layers = range(1, depth + 1)
figure, (above, below) = plt.subplots(2, 1, sharex=True, figsize=(5.8, 4.6))
above.semilogy(layers, sizes_of_gradient[:-1], "o-")
for i, epsilon in enumerate(moved):
    above.axhline(epsilon, color=f"C{i + 1}", ls=["--", ":"][i])
    power = int(f"{epsilon:.0e}"[2:])
    below.semilogy(layers, moved[epsilon][:-1], ["s--", "^:"][i],
                   color=f"C{i + 1}",
                   label=rf"$ε = 10^{{{power}}}$")  # fmt: skip
above.set_ylabel("rms of the gradient")
below.set_ylabel("mean of |ΔW| / rate")
below.set_xlabel("layer")
below.legend()
plt.show()
