"""With BatchNorm in the branch the gradient grows like a power of depth, not exponentially."""

import math

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
width, depth, batch = 200, 200, 200


def normalise(z):
    return (z - z.mean(0)) / z.std(0, correction=0)


states = [torch.randn(batch, width, requires_grad=True)]
variances = []
for _ in range(depth):
    variances.append(states[-1].detach().var(0, correction=0).mean().item())
    W = math.sqrt(2 / width) * torch.randn(width, width)
    states.append(states[-1] + torch.relu(normalise(states[-1])) @ W.T)
v = torch.randn(batch, width)
gradients = torch.autograd.grad(states[-1], states, v)
squares = [float(g.square().sum() / v.square().sum()) for g in gradients]

slope = 1 - 1 / math.pi  # variance that each branch adds
predicted = [math.prod(1 + 1 / (1 + slope * k) for k in range(l, depth)) for l in range(depth + 1)]
variance_growth = (variances[-1] - variances[0]) / (depth - 1)
total = squares[0]
from_10_to_100 = math.log(squares[10] / squares[100]) / math.log(10)
print(f"stream variance grows {variance_growth:.2f} per block, 1 − 1/π = {slope:.2f}")
print(
    f"squared gradient, first block: {total:.0f} measured, {predicted[0]:.0f} predicted; 1.467^200 = {1.467**200:.0e}"
)
print(
    f"exponent between blocks 10 and 100: {from_10_to_100:.1f}; π/(π−1) = {math.pi / (math.pi - 1):.2f}"
)

# %% Plot
blocks = range(1, depth + 1)
plt.loglog(blocks, predicted[:-1], color="C0", label="predicted")
plt.loglog(list(blocks)[::6], squares[:-1][::6], "o", ms=4, color="C0", label="measured")
plt.loglog(blocks, [(depth / l) ** (math.pi / (math.pi - 1)) for l in blocks], "--", color="k", lw=1,
           label="(L/l)^(π/(π−1))")  # fmt: skip
plt.xlabel("block l")
plt.ylabel("squared gradient norm")
plt.legend()
plt.show()
