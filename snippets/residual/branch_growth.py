"""What a branch's scale α does to the stream and, backward, to the gradient:
both squared norms grow by (1 + α²)^L, for one He layer a branch."""

import math

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
width, depth, batch = 256, 20, 16
scales = {"9": 9.0, "1": 1.0, "1/√L": depth**-0.5, "0.01": 0.01}


def squares(alpha):
    """log₁₀ of both squared norms, by block, relative to where they start."""
    x = [torch.randn(batch, width, requires_grad=True)]
    for _ in range(depth):
        W = math.sqrt(2 / width) * torch.randn(width, width)
        x.append(x[-1] + alpha * torch.relu(x[-1]) @ W)
    gradients = torch.autograd.grad(x[-1], x, torch.randn(batch, width))
    stream = [math.log10(h.detach().square().sum()) for h in x]
    back = [math.log10(g.square().sum()) for g in gradients]
    return [s - stream[0] for s in stream], [b - back[-1] for b in back]


forward, backward = {}, {}
for name, alpha in scales.items():
    forward[name], backward[name] = squares(alpha)
    print(f"α = {name:4}: stream 10^{forward[name][-1]:.1f},", end=" ")
    print(f"gradient 10^{backward[name][0]:.1f},", end=" ")
    print(f"theory 10^{depth * math.log10(1 + alpha**2):.1f}")

# %% Plot
blocks = range(depth + 1)
for i, (name, alpha) in enumerate(scales.items()):
    line = [block * math.log10(1 + alpha**2) for block in blocks]
    plt.plot(blocks, line, color=f"C{i}")
    plt.plot(blocks, line[::-1], color=f"C{i}", ls="--")
    plt.plot(blocks, forward[name], "osD^"[i], color=f"C{i}")
    plt.plot(blocks, backward[name], "osD^"[i], color=f"C{i}", mfc="white")
plt.ylim(-5, 43)
for height, text in [(39.5, "α = 9"), (7, "1"), (-4, "1/√L and 0.01")]:
    plt.text(depth, height, text, ha="right", va="bottom")
plt.xticks(range(0, depth + 1, 5))
plt.xlabel("block l")
plt.ylabel("log₁₀ of the squared norm")
plt.show()
