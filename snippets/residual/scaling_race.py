"""Eight networks of 30 residual blocks: seven keep their branches small."""

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch.nn import functional as F

torch.manual_seed(0)
digits = load_digits()
x = torch.tensor(digits.data, dtype=torch.float32)
x = (x - x.mean(0)) / (x.std(0) + 1e-8)
y, width, depth, steps = torch.tensor(digits.target), 40, 30, 60

# Blocks h + α γ branch(h). Factors of He's weights in first and last layer, of
# the classifier; start of the number α, of the vector γ; are they learned?
schemes = {
    "1/√L": (1, 1, 1, depth**-0.5, 1, 0, 0),
    "ReZero / SkipInit": (1, 1, 1, 0, 1, 1, 0),
    "LayerScale 0.1": (1, 1, 1, 1, 0.1, 0, 1),
    "Fixup": (depth**-0.5, 0, 0, 1, 1, 1, 0),  # L^(−1/(2m−2)), m = 2 layers
    "zero last layer": (1, 0, 1, 1, 1, 0, 0),
    "BatchNorm": (1, 1, 1, 1, 1, 0, 1),
    "BatchNorm, zero γ": (1, 1, 1, 1, 0, 0, 1),
}
undamped = 3 * [(1, 1, 1, 1, 1, 0, 0)]  # one for each of three rates
rates = torch.tensor([0.002, 0.02, 0.2] + len(schemes) * [0.02])
table = torch.tensor([*undamped, *schemes.values()])
n = len(table)  # networks, trained side by side
first, last, out, α, γ, *learned = table.T.view(7, n, 1, 1, 1)
he = (2 / width) ** 0.5 * torch.randn(2, depth, width, width)
start = [torch.randn(64, width).repeat(n, 1, 1) / 192**0.5, he[0] * first,
         he[1] * last, torch.randn(width, 10) / (3 * width) ** 0.5 * out[:, 0],
         torch.zeros(n, depth, 4, 1, 1),  # Fixup's biases, here for all
         α.repeat(1, depth, 1, 1), γ.repeat(1, depth, 1, width)]  # fmt: skip
weights = [w.clone().requires_grad_() for w in start]
speeds = [torch.zeros_like(w) for w in weights]


def forward(h, enter, first, last, readout, biases, α, γ):
    h = h @ enter
    for A, B, b, s in zip(*(w.unbind(1) for w in (first, last, biases, α * γ))):
        f = (torch.relu((h + b[:, 0]) @ A + b[:, 1]) + b[:, 2]) @ B
        normal = F.layer_norm(f[-2:].mT, f.shape[1:2]).mT  # over the batch
        h = h + s * torch.cat([f[:-2], normal]) + b[:, 3]
    return (h @ readout).log_softmax(2)


losses = []
for _ in range(steps):
    batch = torch.randint(len(x), (64,))
    right = forward(x[batch], *weights)[:, range(64), y[batch]]
    losses.append(-right.detach().mean(1))
    grads = torch.autograd.grad(-right.mean(1).sum(), weights)
    grads = [*grads[:5], grads[5] * learned[0], grads[6] * learned[1]]
    norms = sum(g.flatten(1).square().sum(1) for g in grads).sqrt()
    assert norms.isfinite().all()
    for w, v, g in zip(weights, speeds, grads):  # SGD, clipping, momentum
        norm, rate = (k.view(n, *g[0].dim() * [1]) for k in (norms, rates))
        v.mul_(0.9).add_(g / norm.clamp(min=1))
        w.data -= rate * v
losses = torch.stack(losses).T
best = losses[:3, -10:].sum(1).argmin()
curves = dict(zip([*schemes, "undamped"], [*losses[3:], losses[best]]))
final = {scheme: float(curve[-10:].mean()) for scheme, curve in curves.items()}
slowest = max(final[scheme] for scheme in schemes)
moves = [(w - s).flatten(1) for w, s in zip(weights, start)]
moved = float(torch.cat(moves, 1).detach().norm(dim=1).min())

# %% Plot
figure, panels = plt.subplots(4, 2, sharex=True, figsize=(5.8, 7))
for i, (scheme, curve) in enumerate(curves.items()):
    result = "trains" if final[scheme] < 1.5 else "does not train"
    print(f"{scheme:18s} {result}")
    panels.flat[i].semilogy(curve.unfold(0, 10, 1).mean(1), color=f"C{i}")
    panels.flat[i].set_title(scheme)
    if final[scheme] < 1.5:
        panels.flat[i].set_ylim(0.08, 6)
figure.supxlabel("step", size="medium")
figure.supylabel("training loss, mean of 10 steps", size="medium")
plt.show()
