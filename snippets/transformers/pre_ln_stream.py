"""64 blocks at initialisation: growth of the stream, what a block changes, and
the gradient of its weights, by what normalises the branch."""

import math

import matplotlib.pyplot as plt
import torch
from torch.nn import functional as F

torch.manual_seed(0)
tokens, blocks, networks = 32, 64, 4


def norm(x):
    return F.layer_norm(x, x.shape[-1:])


def branch(x, l, name, first, second):
    """An MLP of forward gain ½; block l = 1, 2, … of the stream."""
    x = norm(x) / math.sqrt(l) if name == "LayerNorm scaling" else norm(x)
    out = F.relu(x @ first) @ second
    return norm(out) if name == "Peri-LN" else out


def run(name, scale=1.0, n=128):
    """Stream's second moments, branches over streams (squares), squared
    gradients of the second matrices, for a random linear loss."""
    x, weights, moments, shares = torch.randn(tokens, n), [], [1.0], []
    for l in range(1, blocks + 1):
        first, second = scale * torch.randn(2, n, n) / math.sqrt(n)
        weights.append(second.requires_grad_())
        out = branch(x, l, name, first, second)
        shares.append(out.detach().square().mean() / moments[-1])
        x = x + out
        moments.append(x.detach().square().mean())
    v = torch.randn(tokens, n)
    gradients = torch.autograd.grad(norm(x), weights, v)
    squares = [float(g.square().sum()) for g in gradients]
    return torch.tensor([moments[1:], shares, squares])


names = ["Pre-LN", "LayerNorm scaling", "Peri-LN"]
results = {a: sum(run(a) for _ in range(networks)) / networks for a in names}
late = {name: float(results[name][1][-16:].mean()) for name in names}
ratio = {a: float((results[a][2][0] / results[a][2][-1]).sqrt()) for a in names}
narrow = sum(run("Peri-LN", n=32)[2] for _ in range(networks))
narrow_ratio = float((narrow[0] / narrow[-1]).sqrt())
heavy = {name: float(run(name, 10.0)[0, -1]) for name in names}
print("stream at the end; what a late block adds, relative; gradient norm of")
print("the first block's weights over the last's; stream if weights are × 10")
for name in names:
    print(f"{name:17s} {results[name][0][-1]:5.1f} {late[name]:6.3f} "
          f"{ratio[name]:5.1f} {heavy[name]:9.0f}")  # fmt: skip

# %% Plot
figure, axes = plt.subplots(1, 2, layout="constrained")
for i, name in enumerate(names):
    moments, shares, squares = results[name]
    style = ["o-", "s--", "^:"][i]
    at = range(1, blocks + 1)
    axes[0].loglog(at, shares, style, ms=3, markevery=4, label=name)
    axes[1].loglog(at, (squares / squares[0]).sqrt(), style, ms=3, markevery=4)
axes[0].set_ylabel("squared branch / stream")
axes[1].set_ylabel("gradient of weights, first = 1")
for axis in axes:
    axis.set_xlabel("block")
lines = axes[0].lines
figure.legend(handles=lines, ncols=2, loc="outside upper center")
plt.show()
