"""The gradients of queries, keys and values as tokens become alike, and what
happens when rows of attention do not sum to one."""

import math

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
n, tokens, draws = 256, 16, 8


def softmax(logits):
    return torch.softmax(logits, dim=-1)


def sigmoid(logits):
    return torch.sigmoid(logits) / tokens


def squares(c, scale=1e-3, rows=softmax):
    """Squared gradient norms of W_Q (over scale²: logits of std `scale` have
    been made by scaling them), and of W_V, tokens of cosine c."""
    x = math.sqrt(c) * torch.randn(n) + math.sqrt(1 - c) * torch.randn(
        tokens, n
    )
    query, key, value = (torch.randn(3, n, n) / math.sqrt(n)).unbind(0)
    weights = [w.requires_grad_() for w in (query, key, value)]
    logits = scale * (x @ query) @ (x @ key).T / math.sqrt(n)
    y = rows(logits) @ (x @ value)
    gradients = torch.autograd.grad(y, weights, torch.randn(y.shape))
    q, k, v = (float(g.square().sum()) for g in gradients)
    return torch.tensor([q / scale**2, k / scale**2, v])


cosines = [0, 0.3, 0.6, 0.9, 0.97, 0.99]
mean = {c: sum(squares(c) for _ in range(draws)) for c in cosines}
share = {c: float(mean[c][0] / mean[c][2]) for c in cosines}
real = {c: sum(squares(c, 1.0) for _ in range(draws)) for c in cosines}
print("squared norm of W_Q's gradient over W_V's, logits of std 0.001 and 1")
for c in cosines:
    other = float(real[c][0] / real[c][2])
    print(f"  tokens of cosine {c:4.2f}: {share[c]:.1e} and {other:.1e}")
same = squares(1.0, 1.0)
open_rows = sum(squares(1.0, 1.0, sigmoid) for _ in range(draws))
equal, unequal = math.sqrt(same[0] / same[2]), math.sqrt(share[0])
leaking = math.sqrt(open_rows[0] / open_rows[2])
print(f"equal tokens, norm of W_Q's over W_V's: softmax {equal:.0e}, "
      f"sigmoid {leaking:.1e}")  # fmt: skip

# %% Plot
gap = [1 - c for c in cosines]
plt.loglog(gap, share.values(), "o", label="logits near 0")
plt.loglog(gap, [float(g[0] / g[2]) for g in real.values()], "s",
           label="logits of std 1")  # fmt: skip
line = [10 ** (-2 + i / 20) for i in range(41)]
finite = 15 / 16 * (1 + tokens / n)
theory = [g * g * finite / (1 + 15 * (1 - g)) for g in line]
plt.loglog(line, theory, "--", color="C0", label="prediction for 0")
plt.xlabel("1 − cosine between tokens")
plt.ylabel("squared gradient, $W_Q$ over $W_V$")
plt.legend()
plt.show()
