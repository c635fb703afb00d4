"""Scale a branch by 1/√L or 1/L: what the stream tends to, if the branch has mean zero and if it has not."""

import math

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
width, batch = 300, 16
depths = [4, 16, 64, 256]


def stream(branch, alpha, depth):
    x = torch.randn(batch, width)
    for _ in range(depth):
        x = x + alpha * branch(x, math.sqrt(2 / width) * torch.randn(width, width))
    return float(x.square().mean())


def zero_mean(x, W):
    return torch.relu(x) @ W.T


def ends_in_relu(x, W):
    return torch.relu(x @ W.T)


runs = {
    "zero-mean, 1/√L": [stream(zero_mean, d**-0.5, d) for d in depths],
    "ends in ReLU, 1/√L": [stream(ends_in_relu, d**-0.5, d) for d in depths],
    "ends in ReLU, 1/L": [stream(ends_in_relu, 1 / d, d) for d in depths],
}
for name, values in runs.items():
    print(f"{name:20s}" + "".join(f"  L = {d}: {v:.2g}" for d, v in zip(depths, values)))
print(f"limits: e = {math.e:.2f} and cosh²(1/√π) = {math.cosh(math.pi**-0.5) ** 2:.3f}")

# %% Plot
for (name, values), style in zip(runs.items(), ["o-", "s--", "^-."]):
    plt.loglog(depths, values, style, label=name)
plt.axhline(math.e, color="k", lw=1, ls=":")
plt.axhline(math.cosh(math.pi**-0.5) ** 2, color="k", lw=1, ls=":")
plt.xlabel("depth L")
plt.ylabel("second moment at the end")
plt.legend()
plt.show()
