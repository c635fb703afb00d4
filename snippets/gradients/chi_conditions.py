"""Where the gain formula holds, and where it fails: one condition at a time.

Each number is a squared gradient norm relative to the last layer's.
"""

import math

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
relu, tanh = torch.relu, torch.tanh


def profile(phi, variance, depth, readout, width=200, networks=30, mean=0):
    """Squared gradient norm by layer, mean over networks, one input each."""
    x = torch.randn(networks, width, 1)
    x *= math.sqrt(width) / x.norm(dim=1, keepdim=True)
    states = [x.requires_grad_()]
    for _ in range(depth):
        W = mean + torch.randn(networks, width, width)
        W *= math.sqrt(variance / width / (1 + mean**2))  # the same E W²
        states.append(phi(W @ states[-1]))
    v = readout(networks, width, 1)
    gradients = torch.autograd.grad(states[-1], states, v)
    return torch.stack([g.square().sum() for g in gradients]) / v.square().sum()


depth = 20
random = profile(relu, 2, depth, torch.randn)  # χ = 1
summed = profile(relu, 2, depth, torch.ones)  # what .sum().backward() sends
one = profile(relu, 2, 1, torch.ones, networks=100)
odd = profile(tanh, 1, 1, torch.ones, networks=100)  # its curvature is odd
biased = profile(relu, 2, 5, torch.randn, mean=0.5)  # weights with a mean
narrow = profile(tanh, 3, 1, torch.randn, width=2, networks=200_000)

# A step: autograd says 0, yet the layer answers to a change of its input.
x, change = torch.randn(300, 300), 0.01 * torch.randn(300, 300)
W = torch.randn(300, 300) / math.sqrt(300)
answer = ((x + change) @ W.T > 0).double() - (x @ W.T > 0).double()
step = float(answer.square().sum() / change.square().sum())
angle = torch.acos(torch.cosine_similarity(x, x + change)).mean().item()

print("squared gradient norm, first layer over last")
print(f"{depth} ReLU layers, random readout      {random[0]:5.1f}   χ: 1")
print(f"{depth} ReLU layers, .sum().backward()   {summed[0]:5.0f}   χ: 1")
print(f" 1 ReLU layer,  .sum().backward()   {one[0]:5.2f}   χ: 1")
print(f" 1 tanh layer,  .sum().backward()   {odd[0]:5.2f}   χ: 0.46")
print(f" 5 ReLU layers, weights with a mean {biased[0]:5.0e}   χ: 1")
print(f" 1 tanh layer of width 2            {narrow[0]:5.2f}   χ: 0.87")
print(f"step: squared answer over squared change {step:.0f}, autograd: 0")

# %% Plot
line = [1] + [1 + (2 * l - 1) / math.pi for l in range(1, depth + 1)]
plt.plot(line[::-1], color="C1")
plt.plot(summed, "s", color="C1", label="summed: out.sum().backward()")
plt.axhline(1, color="C0", ls="--")
plt.plot(random, "o", color="C0", label=r"random readout: $\chi = 1$")
plt.xticks(range(0, depth + 1, 5))
plt.xlabel("layer $l$ (0 is the input)")
plt.ylabel("squared gradient, last layer = 1")
plt.legend()
plt.show()
