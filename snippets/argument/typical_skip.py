"""A skip keeps the mean squared gradient; what of one network?"""

import math

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)

# Chains y ← y + w y of fifty weights w = ±0.1 with random signs.
w = 0.1 * (2 * torch.randint(0, 2, (50, 200_000)) - 1)
x = torch.ones(200_000, requires_grad=True)
(1 + w).prod(0).mul(x).sum().backward()
squared = x.grad.square()
mean, typical = float(squared.mean()), float(squared.log().mean().exp())
share = float((squared < 1).double().mean())
print(f"w = ±0.1: squared gradient after 50 blocks, mean {mean:.2f}")
print(f"  typical {typical:.2f}, below 1 in {share:.0%} of the chains")
print(f"  all signs minus: {0.9**100:.2e}, all plus: {1.1**100:.2e}")

# Blocks x + W x with Gaussian W, mean gain exactly 2, by width.
blocks, trials = 10, {1: 20_000, 2: 20_000, 4: 10_000, 16: 2_000}
log_mean, log_typical = {}, {}
for n, count in trials.items():
    v = torch.ones(count, n, 1) / math.sqrt(n)
    for _ in range(blocks):
        W = torch.randn(count, n, n) / math.sqrt(n)
        v = v + W.mT @ v
    norms = v.square().sum((1, 2))
    log_mean[n] = float(norms.mean().log())
    log_typical[n] = float(norms.log().mean())
    gain = math.exp(log_typical[n] / blocks)
    print(f"x + W x, width {n:2d}: typical gain of the square {gain:.2f}")

# %% Plot
points = [math.exp(value / blocks) for value in log_typical.values()]
plt.semilogx(list(trials), points, "o-", base=2, label="typical gain")
plt.axhline(2, color="C1", ls="--", label="mean gain: 2 at every width")
plt.axhline(1, color="k", ls=":", lw=1)
plt.xticks(list(trials), list(trials))
plt.ylim(0, 2.2)
plt.xlabel("width $n$")
plt.ylabel("squared gain per block $x + Wx$")
plt.legend()
plt.show()
