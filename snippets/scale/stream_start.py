"""A stream that starts at embeddings of std 0.02, as in common ports of GPT-2
(OpenAI's code: 0.01 for positions): the first blocks set its size."""

import math

import matplotlib.pyplot as plt
import torch
from torch.nn import functional as F

torch.manual_seed(0)
h, layers, tokens, std = 768, 12, 64, 0.02


def weights(n_in, n_out, scale=1.0):
    return scale * std * torch.randn(n_in, n_out)


def norm(x):
    return F.layer_norm(x, (h,))


def attention(x, scale):
    """One head, causal; token t averages the values of t + 1 tokens."""
    q, k, value = (norm(x) @ weights(h, 3 * h)).chunk(3, -1)
    mask = torch.full((tokens, tokens), -math.inf).triu(1)
    scores = (q @ k.mT / math.sqrt(h) + mask).softmax(-1)
    return scores @ value @ weights(h, h, scale)


def mlp(x, scale):
    return F.gelu(norm(x) @ weights(h, 4 * h)) @ weights(4 * h, h, scale)


stds = math.sqrt(2) * std * torch.tensor([1, math.sqrt(h)])  # plain, times √h
x = stds[:, None, None] * torch.randn(2, tokens, h)  # tokens and positions
moments = [x.square().mean((1, 2))]  # of each stream, after each branch
for _ in range(layers):
    for branch in (attention, mlp):
        x = x + branch(x, 1 / math.sqrt(2 * layers))
        moments.append(x.square().mean((1, 2)))
small, large = torch.stack(moments).T.tolist()
growth, growth_large = small[-1] / small[0], large[-1] / large[0]
from_attention = sum(b - a for a, b in zip(small[0::2], small[1::2]))
from_mlp = sum(b - a for a, b in zip(small[1::2], small[2::2]))
share = from_attention / (from_attention + from_mlp)
print(f"embeddings of std 0.02: stream grows {growth:.0f}-fold")
print(f"the same times √h: {growth_large:.1f}-fold")
print(f"added by attention: {share:.0%} of what all branches add")

# %% Plot
plt.semilogy(small, "o-", ms=4, label="embeddings of std 0.02")
plt.semilogy(large, "s--", ms=4, label="the same times √h")
plt.xlabel("branch (odd: attention, even: MLP)")
plt.ylabel("second moment of the stream")
plt.legend()
plt.show()
