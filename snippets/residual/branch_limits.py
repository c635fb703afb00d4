"""Scale a branch by 1/√L or 1/L: where does the stream's second moment go?"""

import math

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
width, batch = 300, 16
depths = [4, 16, 64, 256]


def stream(branch, alpha, depth):
    x = torch.randn(batch, width)
    start = x.square().mean()
    for _ in range(depth):
        W = math.sqrt(2 / width) * torch.randn(width, width)
        x = x + alpha * branch(x, W)
    return float(x.square().mean() / start)


def zero_mean(x, W):
    return torch.relu(x) @ W.T


def relu_end(x, W):
    return torch.relu(x @ W.T)


runs = {
    "zero-mean, 1/√L": [stream(zero_mean, d**-0.5, d) for d in depths],
    "ends in ReLU, 1/√L": [stream(relu_end, d**-0.5, d) for d in depths],
    "ends in ReLU, 1/L": [stream(relu_end, 1 / d, d) for d in depths],
}
for name, values in runs.items():
    ends = "".join(f"  {d}: {v:.2g}" for d, v in zip(depths, values))
    print(f"{name:19s} L ={ends}")
limits = math.e, math.cosh(math.pi**-0.5) ** 2
print(f"limits: e = {limits[0]:.2f} and cosh²(1/√π) = {limits[1]:.3f}")

# %% Plot
for (name, values), style in zip(runs.items(), ["o-", "s--", "^-."]):
    plt.loglog(depths, values, style, label=name)
for limit in limits:
    plt.axhline(limit, color="k", lw=1, ls=":")
plt.xlabel("depth $L$")
plt.ylabel("second moment at the end")
plt.legend()
plt.show()
