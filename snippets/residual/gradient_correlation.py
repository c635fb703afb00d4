"""How alike are the gradients of two inputs? Five architectures, by depth."""

import math

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
width, depth, batch, networks = 400, 24, 64, 2
root = depth**-0.5


def fixed_norm(x):
    """BatchNorm whose statistics are constants on the way back."""
    return (x - x.detach().mean(0)) / x.detach().std(0, correction=0)


layers = {
    "plain": lambda x, W: torch.relu(x @ W.T),
    "residual, α = 1": lambda x, W: x + torch.relu(x) @ W.T,
    "residual, α = 1/√L": lambda x, W: x + root * torch.relu(x) @ W.T,
    "plain, BN": lambda x, W: torch.relu(fixed_norm(x)) @ W.T,
    "residual, BN": lambda x, W: x + torch.relu(fixed_norm(x)) @ W.T,
}


def cosines(layer):
    """Mean cosine of two samples' gradients at every layer, same error."""
    x = torch.linalg.qr(torch.randn(width, batch))[0].T * math.sqrt(width)
    states = [x.requires_grad_()]
    for _ in range(depth):
        W = math.sqrt(2 / width) * torch.randn(width, width)
        states.append(layer(states[-1], W))
    v = torch.randn(width).expand(batch, width)
    result = []
    for g in torch.autograd.grad(states[-1], states, v):
        g = (g / g.norm(dim=1, keepdim=True)).double()
        total = float(g.sum(0).square().sum()) - batch
        result.append(total / (batch * (batch - 1)))
    return torch.tensor(result)


measured = {
    name: (sum(cosines(layer) for _ in range(networks)) / networks).tolist()
    for name, layer in layers.items()
}
print(f"cosine at the input, through {depth} layers")
for name, values in measured.items():
    print(f"{name:18s} {abs(values[0]):.0e}")
print(f"idealised: 2^−L = {0.5**depth:.0e}, (3/4)^L = {0.75**depth:.0e}")

# %% Plot
passed = range(depth + 1)
for i, (name, values) in enumerate(measured.items()):
    curve = [abs(value) for value in values[::-1]]
    plt.semilogy(passed, curve, "os^Dv"[i] + "-", ms=4, label=name)
plt.semilogy(passed, [0.5**k for k in passed], ":k", lw=1, label="$2^{-k}$")
plt.semilogy(passed, [0.75**k for k in passed], "--k", lw=1, label="$(3/4)^k$")
plt.ylim(1e-4, 2)
plt.xlabel("layers passed on the way back, $k$")
plt.ylabel("cosine of two inputs' gradients")
plt.legend(ncols=2, loc="lower right", bbox_to_anchor=(1, 1))
plt.show()
