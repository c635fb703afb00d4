"""One step on queries and keys, whose rate falls like 1/d: by how much do the
logits change, for heads of width d from 64 to 1024, divided by √d or by d?"""

import math

import torch

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
tokens, sequences, rate, widths = 8, 8, 1e-3, [64, 128, 256, 512, 1024]


def logits(x, W, power):
    query, key = x @ W[0], x @ W[1]
    return query @ key.mT / x.shape[-1] ** power


def start_and_change(d, power):
    """Root mean square of the logits, and of their change over the rate."""
    x = torch.randn(sequences, tokens, d)
    W = (torch.randn(2, d, d) / math.sqrt(d)).requires_grad_()
    s = logits(x, W, power)
    wanted = torch.randn(sequences, tokens, tokens)
    (g,) = torch.autograd.grad((torch.softmax(s, -1) * wanted).sum(), W)
    moved = W - rate / d * g.sign()  # Adam's first step, muP's rate
    change = (logits(x, moved, power) - s) / rate
    return [t.detach().square().mean().sqrt() for t in (s, change)]


slope = {}
for power in (1 / 2, 1):
    ends = [torch.tensor(start_and_change(d, power)) for d in widths]
    ratio = (ends[-1] / ends[0]).log() / math.log(widths[-1] / widths[0])
    slope[power] = start, change = ratio.tolist()
    print(f"over d^{power}: logits like d^{start:5.2f} at the start, "
          f"change like d^{change:5.2f}")  # fmt: skip
