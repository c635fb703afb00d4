"""Fifty ReLU layers under Adam, from three starts without vanishing gradients:
one keeps the inputs apart, two do not."""

import math

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch.nn import functional as F

torch.manual_seed(0)
digits = load_digits()
x = torch.tensor(digits.data, dtype=torch.float32)
x = (x - x.mean(0)) / (x.std(0) + 1e-8)
y = torch.tensor(digits.target)
width, depth, steps = 32, 50, 120
rates = [1e-4, 3e-4, 1e-3, 3e-3, 1e-2]
n, rate = len(rates), torch.tensor(rates)[:, None, None]


def kaiming(a, b):
    return torch.randn(a, b) * math.sqrt(2 / a)


def orthogonal(a, b):
    return math.sqrt(2) * torch.nn.init.orthogonal_(torch.empty(a, b))


def mirrored(a, b):
    """Units in pairs u, −u: relu(u) − relu(−u) = u, the layer looks linear."""
    Q = torch.nn.init.orthogonal_(torch.empty(a if a == 64 else a // 2, b // 2))
    Q = torch.cat([Q, -Q], 1)
    return Q if a == 64 else torch.cat([Q, -Q])


def cosine(h):
    """Mean over pairs of different examples."""
    u = F.normalize(h.detach())
    return float((u.sum(0).square().sum() / len(u) - 1) / (len(u) - 1))


def train(init):
    hidden = torch.stack([init(width, width) for _ in range(depth - 1)])
    start = [init(64, width)[None], hidden,
             torch.randn(1, width, 10) / math.sqrt(width)]  # fmt: skip
    start = [w[:, None] for w in start]
    weights = [w.repeat(1, n, 1, 1).requires_grad_() for w in start]
    mean, square = ([torch.zeros_like(w) for w in weights] for _ in range(2))
    losses = []
    for t in range(1, steps + 1):
        batch = torch.randint(len(x), (64,))
        h = x[batch].expand(n, -1, -1)
        for W in [weights[0][0], *weights[1].unbind(0)]:
            h = torch.relu(h @ W)
        wanted = F.one_hot(y[batch], 10)
        loss = -((h @ weights[2][0]).log_softmax(2) * wanted).sum(2).mean(1)
        losses.append(loss.detach())
        gradients = torch.autograd.grad(loss.sum(), weights)
        if t == 1:
            u, minus = h[0].chunk(2, 1)
            cosines = [cosine(x[batch]), cosine(h[0]), cosine(u - minus)]
            least = float(gradients[1][:, 0].square().mean((1, 2)).min().sqrt())
        with torch.no_grad():  # Adam, with a rate for each network
            for w, g, m, s in zip(weights, gradients, mean, square):
                m.lerp_(g, 0.1)
                s.lerp_(g * g, 0.001)
                root = (s / (1 - 0.999**t)).sqrt() + 1e-8
                w -= rate * m / (1 - 0.9**t) / root
    moved = min(float((w.detach() - s).norm()) for w, s in zip(weights, start))
    return torch.stack(losses[-20:]).mean(0).tolist(), cosines, least, moved


plain, (_, alike, _), least, moved = train(kaiming)
apart, (data, _, unlike), least_apart, _ = train(mirrored)
even, (_, alike_even, _), least_even, _ = train(orthogonal)

# %% Plot
least_of_all = min(least, least_apart, least_even)
print(f"cosine of two digits, Kaiming, last layer: {alike:.1f}")
print(f"mirrored, differences in the last layer:   {abs(unlike):.1f}")
print("smallest rms gradient far above ε:", least_of_all > 1e-6)
print(f"best loss over 1.2, Kaiming:    {min(plain) > 1.2}")
print(f"best loss over 1.2, orthogonal: {min(even) > 1.2}")
print(f"best loss under 0.3, mirrored:  {min(apart) < 0.3}")
plt.semilogx(rates, plain, "o-", label="Kaiming")
plt.semilogx(rates, even, "^-.", label="orthogonal")
plt.semilogx(rates, apart, "s--", label="mirrored: looks linear")
plt.axhline(math.log(10), color="k", ls=":", lw=1, label="guessing")
plt.xlabel("learning rate")
plt.ylabel(f"training loss after {steps} steps")
plt.legend()
plt.show()
