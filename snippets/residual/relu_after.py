"""relu(x + F): how much of the identity path do the ReLUs on it cut?"""

import math

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
width, depth, batch = 256, 32, 256


def batchnorm(z):
    return (z - z.mean(0)) / z.std(0, correction=0)


def he(x):
    return x @ (math.sqrt(2 / width) * torch.randn(width, width)).T


x = torch.relu(torch.randn(batch, width))
open_so_far = x > 0  # where the identity path still leads through
start = open_so_far.float().mean()
share = [1.0]
for _ in range(depth):
    branch = batchnorm(he(torch.relu(batchnorm(he(x)))))
    open_so_far &= x + branch > 0
    share.append(float(open_so_far.float().mean() / start))
    x = torch.relu(x + branch)

# A symmetric walk stays positive for k steps with probability C(2k, k)/4^k.
stay = [math.comb(2 * k, k) / 4**k for k in range(1, depth + 2)]
theory = [2 * p for p in stay]
print(f"identity path left after {depth} blocks: {share[-1]:.2f}, "
      f"random walk {theory[-1]:.2f}, halved {0.5**depth:.0e}")  # fmt: skip

# %% Plot
plt.loglog(range(1, depth + 2), theory, color="C0", label="random walk")
plt.loglog(range(1, depth + 2), share, "o", ms=4, color="C0", label="measured")
plt.yticks([0.2, 0.4, 0.6, 1], [0.2, 0.4, 0.6, 1])
plt.minorticks_off()
plt.xlabel("block")
plt.ylabel("share of the identity path left")
plt.legend()
plt.show()
