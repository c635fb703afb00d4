"""A discriminator learns, the generator waits: what each of the generator's two
losses would send it."""

import math

import matplotlib.pyplot as plt
import torch
from torch.nn import functional as F

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
width, batch, steps = 16, 32, 1001


def network():
    W = [torch.randn(*shape) / shape[0] ** 0.5
         for shape in ((1, width), (width, width), (width, 1))]  # fmt: skip
    b = [torch.zeros(width), torch.zeros(width)]
    return [w.requires_grad_() for w in (W[0], b[0], W[1], b[1], W[2])]


def forward(w, x):
    h = F.leaky_relu(x @ w[0] + w[1], 0.2)
    return F.leaky_relu(h @ w[2] + w[3], 0.2) @ w[4]


def saturating(z):  # log(1 − D), D = sigmoid(z)
    return F.logsigmoid(-z)


def other(z):  # −log D
    return -F.logsigmoid(z)


losses = saturating, other


def gradient(loss, noise):
    z = forward(discriminator, forward(generator, noise))
    g = torch.autograd.grad(loss(z).mean(), generator)
    return torch.cat([p.flatten() for p in g]), z.mean().item()


def arctan(z):  # another way to make a probability of a logit
    return 0.5 + torch.atan(z) / math.pi


generator, discriminator = network(), network()
with torch.no_grad():
    generator[-1].mul_(0.3)  # far from the data
adam = torch.optim.Adam(discriminator, lr=1e-2, fused=True)
probe, rows, worst, apart = torch.randn(256, 1), [], 0.0, 0.0
for t in range(steps):
    if t % 100 == 0:
        (a, z), (b, _) = (gradient(f, probe) for f in losses)
        rows.append([t, z, float(a.norm()), float(b.norm())])
        c = float(F.cosine_similarity(a, b, 0))
        apart = max(apart, math.degrees(math.acos(min(c, 1))))
        for i in range(4):  # one sample at a time
            (a, last), (b, _) = (gradient(f, probe[i]) for f in losses)
            worst = max(worst, abs(math.log(a.norm() / b.norm()) - last))
    adam.zero_grad()
    x = forward(generator, torch.randn(batch, 1)).detach()
    both = torch.cat([x, 4 + 0.5 * torch.randn(batch, 1)])
    fake, real = forward(discriminator, both).chunk(2)
    (other(real) - saturating(fake)).mean().backward()
    adam.step()
t, z, a, b = zip(*rows)
fall, rise = math.log10(a[-1] / a[0]), math.log10(b[-1] / b[0])
(c, _), (d, _) = (gradient(f, probe[3]) for f in (
    lambda z: (1 - arctan(z)).log(), lambda z: -arctan(z).log()))  # fmt: skip
cauchy = math.log(c.norm() / d.norm())
print(f"one sample: log of the ratio is the logit to {worst:.0e}")
print(f"a batch of 256: the two gradients are {apart:.0f}° apart")
print(f"arctan for sigmoid: {cauchy:.1f} at the logit {last:.1f}")
print(f"decades: saturating {fall:.1f}, other {rise:+.1f}")

# %% Plot
plt.semilogy(t, a, "o-")
plt.semilogy(t, b, "s--")
plt.text(t[5], 3 * a[5], "log(1 − D)", color="C0")
plt.text(t[5], 0.3 * b[5], "−log D", color="C1")
plt.xlabel("steps of the discriminator alone")
plt.ylabel("generator's gradient norm")
plt.show()
