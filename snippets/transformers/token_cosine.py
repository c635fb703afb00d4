"""How alike 32 tokens become along 24 transformer blocks at initialisation,
by where the skip and the normalisation stand; logits nearly equal."""

import math

import matplotlib.pyplot as plt
import torch
from torch.nn import functional as F

torch.manual_seed(0)
n, tokens, blocks = 320, 32, 24


def matrix(std=n**-0.5):
    return std * torch.randn(n, n)


def attention(x):
    """One head; queries and keys of std 0.01, so logits of std 0.05."""
    q, k = x @ matrix(0.01), x @ matrix(0.01)
    A = torch.softmax(q @ k.T / math.sqrt(n), dim=-1)
    return A @ (x @ matrix())


def mlp(x):
    return F.relu(x @ matrix()) @ matrix(math.sqrt(2 / n))


def norm(x):
    return F.layer_norm(x, (n,))


def cosine(x):
    """Mean inner product of two tokens over the mean squared norm."""
    x = x.double()  # float32 would not resolve 1 − c of 1e-7
    square = x.square().sum()
    return float((x.sum(0).square().sum() - square) / square / (tokens - 1))


orders = {
    "no skip": lambda x, f: f(x),
    "skip": lambda x, f: x + f(x),
    "Post-LN": lambda x, f: norm(x + f(x)),
    "Pre-LN": lambda x, f: x + f(norm(x)),
    "skip, α = 1/√48": lambda x, f: x + f(x) / math.sqrt(2 * blocks),
}
cosines = {}
for name, block in orders.items():
    x = torch.randn(tokens, n)
    cosines[name] = [cosine(x)]
    for _ in range(blocks):
        x = block(block(x, attention), mlp)
        cosines[name].append(cosine(x))
    shown = [f"{cosines[name][l]:.2f}" for l in (1, 2, 4, 8, 24)]
    print(f"{name:16s} after 1, 2, 4, 8, 24 blocks: {' '.join(shown)}")

# %% Plot
for i, (name, values) in enumerate(cosines.items()):
    style = ["o-", "s-", "^--", "D-.", "v:"][i]
    plt.plot(values, style, ms=4, label=name)
plt.xlabel("block (0 is the input)")
plt.ylabel("cosine between tokens")
plt.legend(ncols=2, loc="lower right", bbox_to_anchor=(1, 1))
plt.show()
