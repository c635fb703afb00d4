"""Weights before a normalisation: rescaling them changes nothing but the
gradient, and plain SGD only makes them grow; Adam, decay or ε do otherwise."""

import matplotlib.pyplot as plt
import torch
from torch.nn import functional as F

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
n, batch, steps, rate = 64, 256, 300, 6.0
x, target = torch.randn(batch, n), torch.randn(batch, n)


def loss_and_gradient(W, eps=0.0):
    W = W.detach().requires_grad_()
    z = F.layer_norm(x @ W.T, (n,), eps=eps)
    loss = (z - target).square().mean()
    return loss.detach(), torch.autograd.grad(loss, W)[0]


def cosine(a, b):
    return float((a * b).sum() / (a.norm() * b.norm()))


W = torch.randn(n, n) / n**0.5
loss, gradient = loss_and_gradient(W)
loss_scaled, gradient_scaled = loss_and_gradient(10 * W)
loss_change = float((loss - loss_scaled).abs())
gradient_ratio = float(gradient.norm() / gradient_scaled.norm())
alignment = cosine(gradient, W)
alignment_eps = cosine(loss_and_gradient(0.1 * W, eps=1e-2)[1], W)
row_alignment = max(abs(cosine(g, w)) for g, w in zip(gradient, W))
print(
    f"weights × 10: gradient / {gradient_ratio:.2f}, same loss:",
    loss_change < 1e-12,
)
print("gradient orthogonal to the matrix:", abs(alignment) < 1e-12)
print("orthogonal to each of its rows:", row_alignment < 1e-12)
print(
    "orthogonal with an ε as large as the variance:", abs(alignment_eps) < 1e-3
)

norms, turned, gained = {}, {}, 0.0
for name in ("SGD", "SGD, decay", "Adam"):
    P = W.clone().requires_grad_()
    decay = 2e-3 if "decay" in name else 0.0
    if name == "Adam":
        optimiser = torch.optim.Adam([P], lr=1e-2)
    else:
        optimiser = torch.optim.SGD([P], lr=rate, weight_decay=decay)
    norms[name], turned[name] = [float(W.norm() ** 2)], 0.0
    for _ in range(steps):
        P.grad = loss_and_gradient(P)[1]
        if name == "SGD":
            gained += float((rate * P.grad).norm() ** 2)
        before = P.detach().clone()
        optimiser.step()
        step = P.detach() - (1 - rate * decay) * before  # decay left out
        turned[name] = max(turned[name], abs(cosine(step, before)))
        norms[name].append(float(P.detach().norm() ** 2))
growth = {name: s[-1] / s[0] for name, s in norms.items()}
pythagoras = (norms["SGD"][-1] - norms["SGD"][0]) / gained
for name, value in growth.items():
    print(f"‖W‖² after / before {steps} steps of {name:10s}: {value:.1f}")

# %% Plot
for i, (name, values) in enumerate(norms.items()):
    relative = [s / values[0] for s in values]
    plt.plot(relative, ["-", "--", ":"][i])
    plt.annotate(name, (len(relative), relative[-1]), (6, 0), color=f"C{i}",
                 textcoords="offset points", va="center")  # fmt: skip
plt.xlabel("step")
plt.ylabel(r"$\|W\|^2$, 1 at the start")
plt.show()
