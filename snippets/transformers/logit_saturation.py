"""Attention logits at initialisation, and what the softmax passes backward as
they grow: squared norm of its Jacobian, mean and median, and its entropy."""

import math

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
n, tokens = 64, 16


def logit_moments(d, divide=True, networks=200):
    """Variance and kurtosis of the logits of heads of width d."""
    x = torch.randn(networks, tokens, n)
    x = x / x.square().mean(-1, keepdim=True).sqrt()
    query, key = torch.randn(2, networks, n, d) / math.sqrt(n)
    s = (x @ query) @ (x @ key).mT / (math.sqrt(d) if divide else 1)
    return float(s.square().mean()), float(
        (s**4).mean() / s.square().mean() ** 2
    )


moments = {d: logit_moments(d) for d in (4, 16, 64)}
undivided = logit_moments(64, divide=False)[0]
for d, (variance, kurtosis) in moments.items():
    print(f"head of width {d:2d}: variance of logits {variance:.2f}, "
          f"kurtosis {kurtosis:.1f}")  # fmt: skip
print(f"width 64, not divided by √d: variance {undivided:.0f}")

jacobian = torch.func.vmap(torch.func.jacrev(lambda s: torch.softmax(s, -1)))
stds = [0, 0.5, 1, 2, 3, 5, 8, 12, 20]
mean, median, entropy = {}, {}, {}
for std in stds:
    s = std * torch.randn(8000, tokens)
    squares = jacobian(s).square().sum((1, 2))
    mean[std], median[std] = float(squares.mean()), float(squares.median())
    logs = torch.log_softmax(s, -1)
    entropy[std] = float(-(logs.exp() * logs).sum(-1).mean())
    print(f"logits of std {std:4.1f}: squared Jacobian, mean "
          f"{mean[std]:.4f}, median {median[std]:.0e}; "
          f"entropy {entropy[std]:.2f}")  # fmt: skip

# %% Plot
shown = stds[1:]
plt.loglog(shown, [mean[s] for s in shown], "o-", label="mean")
plt.loglog(shown, [median[s] for s in shown], "s--", label="median")
plt.loglog(shown, [mean[20] * 20 / s for s in shown], ":", label="∝ 1/σ")
plt.axhline(15 / 256, color="k", ls="-.", lw=1, label="equal logits")
plt.ylim(1e-7, 1)
plt.xlabel("std σ of the logits")
plt.ylabel("squared norm of the Jacobian")
plt.legend()
plt.show()
