"""One layer of attention without skip: how alike it makes unlike tokens, and
what it leaves of small differences between tokens that are alike."""

import math

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
n, tokens, draws = 512, 16, 6


def attend(x, std, weights, mask=None):
    """Logits have variance std², for tokens with components of variance 1."""
    query, key, value = weights
    logits = std * (x @ query) @ (x @ key).T / math.sqrt(n)
    if mask is not None:
        logits = logits.masked_fill(mask, -torch.inf)
    return torch.softmax(logits, dim=-1) @ x @ value


def cosine(x):
    """Mean inner product of two tokens over the mean squared norm."""
    square = x.square().sum()
    return float((x.sum(0).square().sum() - square) / square / (tokens - 1))


stds, sizes = [0, 0.25, 0.5, 1, 1.5, 2, 3], [0.3, 0.1, 0.03, 0.01]
after = dict.fromkeys(stds, 0.0)
for _ in range(draws):
    weights = torch.randn(3, n, n) / math.sqrt(n)
    x = torch.randn(tokens, n)
    for std in stds:
        after[std] += cosine(attend(x, std, weights)) / draws
rank = int(torch.linalg.matrix_rank(attend(x, 0, weights)))
print(f"equal logits: rank {rank}, cosine {after[0]:.3f}")
print(f"logits of std 1: cosine {after[1]:.2f}, 1/e = {math.exp(-1):.2f}")

mask = torch.ones(tokens, tokens).triu(1).bool()
unit = torch.nn.functional.normalize(attend(x, 0, weights, mask))
causal = float((unit @ unit.T)[mask].mean())
causal_rank = int(torch.linalg.matrix_rank(unit))
skip_rank = int(torch.linalg.matrix_rank(x + attend(x, 0, weights)))
print(f"equal logits, causal: rank {causal_rank}, cosine {causal:.2f}")
print(f"equal logits, skip: rank {skip_rank}")

left = []
for size in sizes:
    y = attend(torch.ones(n) + size * x, 1, weights)
    left.append(float((y - y.mean(0)).norm() / y.norm()))
order = math.log(left[1] / left[3]) / math.log(sizes[1] / sizes[3])
print(f"differences of relative size r leave r to the power {order:.2f}")

# %% Plot
figure, (one, two) = plt.subplots(2, 1, figsize=(5.8, 6.6))
one.plot(stds, after.values(), "o", label="16 tokens")
smooth = [s / 20 for s in range(61)]
one.plot(
    smooth, [math.exp(-s * s) for s in smooth], "--", label=r"$\exp(-\sigma^2)$"
)
one.set_xlabel(r"std $\sigma$ of the logits")
one.set_ylabel("cosine between outputs")
one.legend()
two.loglog(sizes, left, "s-", label="after one layer")
two.loglog(sizes, sizes, ":", label="before")
two.set_xlabel("differences between tokens, $r$")
two.set_ylabel("relative size of differences")
two.legend()
plt.show()
