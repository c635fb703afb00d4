"""A small GAN whose discriminator is trained ahead: does the generator escape,
with each loss, under SGD and Adam, at the best of seven rates?"""

import matplotlib.pyplot as plt
import torch
from torch.nn import functional as F

torch.manual_seed(0)
width, batch, ahead, steps, n = 16, 32, 1000, 400, 7
names = ["SGD, log(1 − D)", "SGD, −log D", "Adam, log(1 − D)", "Adam, −log D",
         "no head start"]  # fmt: skip
slow = [0.01, 0.03, 0.1, 0.3, 1, 100, 1e4]
fast = [3e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3]
rate = torch.tensor([slow, slow, fast, fast, slow]).reshape(5 * n, 1, 1)
row = torch.arange(5 * n)[:, None, None] // n  # of names; a game for each rate


def network():
    W = [torch.randn(1, *shape) / shape[0] ** 0.5
         for shape in ((1, width), (width, width), (width, 1))]  # fmt: skip
    b = [torch.zeros(1, 1, width) for _ in range(2)]
    return [W[0], b[0], W[1], b[1], W[2]]


def forward(w, x):
    h = F.leaky_relu(x @ w[0] + w[1], 0.2)
    return F.leaky_relu(h @ w[2] + w[3], 0.2) @ w[4]


def zeros(weights):
    return [[torch.zeros_like(w) for _ in range(2)] for w in weights]


def adam(moments, t, weights, gradients, rate):
    for w, g, (m, s) in zip(weights, gradients, moments):
        m.lerp_(g, 0.1)
        s.lerp_(g * g, 0.001)
        root = (s / (1 - 0.999**t)).sqrt() + 1e-8
        yield (w - rate * m / (1 - 0.9**t) / root).detach()


d, g = network(), network()
g[-1] *= 0.3  # far from the data
fresh, of_d, first, age, track = d, zeros(d), g[-1], 0, []
for t in range(-ahead, steps):  # before 0 the discriminator trains alone
    if t == 0:  # a copy for each game; in the last row d is as at first
        d = [torch.where(row < 4, *pair).detach() for pair in zip(d, fresh)]
        of_d = [[m * (row < 4) for m in pair] for pair in of_d]
        g = [w.repeat(5 * n, 1, 1) for w in g]
        of_g, age = zeros(g), age * (row < 4)
    d, g = ([w.requires_grad_() for w in v] for v in (d, g))
    x = forward(g, torch.randn(len(g[0]), batch, 1))
    real = 4 + 0.5 * torch.randn_like(x)  # the data
    z, of_real = forward(d, torch.cat([x, real], 1)).chunk(2, 1)
    loss = F.softplus(z) + F.softplus(-of_real)
    down = torch.autograd.grad(loss.mean(1).sum(), d, retain_graph=True)
    age = age + 1
    d = list(adam(of_d, age, d, down, 0.01))
    if t >= 0:
        loss = torch.where(row % 2 == 0, -F.softplus(z), F.softplus(-z))
        up = torch.autograd.grad(loss.mean(1).sum(), g)
        moved = adam(of_g, t + 1, g, up, rate)
        g = [torch.where(row % 4 < 2, w.detach() - rate * v, a)
             for w, v, a in zip(g, up, moved)]  # fmt: skip
        off = (x.sort(1)[0] - real.sort(1)[0]).abs().mean((1, 2)).detach()
        track.append(off.nan_to_num(99, 99).clamp(max=99).reshape(5, n))
tracks = torch.stack(track, 2)
final = tracks[:, :, -100:].median(2)[0]
best = dict(zip(names, final.min(1)[0].tolist()))
change = (g[-1] - first).detach().norm(dim=(1, 2)).reshape(5, n)
moved = float(change.gather(1, final.argmin(1, keepdim=True)).min())

# %% Plot
for name, off in best.items():
    print(f"{name:16s} {'escapes' if off < 2 else 'stays'}")
for i, name in enumerate(names[:3]):
    curve = tracks[i, final[i].argmin()].reshape(-1, 10).mean(1)
    plt.plot(range(5, steps, 10), curve, ["-", "--", "-."][i])
    plt.text([200, 40, 190][i], [4.2, 0.2, 5.2][i], name, color=f"C{i}")
plt.xlabel("steps of the game")
plt.ylabel("distance from the data")
plt.ylim(0, 6)
plt.show()
