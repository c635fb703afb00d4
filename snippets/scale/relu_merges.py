"""ReLU is outside the theory of order and chaos: its gradients explode while
its inputs merge."""

import math

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
width, depth, pairs = 800, 30, 8

cosine, log_gradient = {}, {}
for variance in (1.0, 2.0, 3.0):
    states = [torch.randn(2 * pairs, width, requires_grad=True)]
    cosine[variance] = []
    for _ in range(depth):
        W = math.sqrt(variance / width) * torch.randn(width, width)
        z = states[-1] @ W.T
        states.append(torch.relu(z))
        pair = torch.cosine_similarity(z[:pairs], z[pairs:])
        cosine[variance].append(pair.mean().item())
    v = torch.randn(2 * pairs, width)
    (gradient,) = torch.autograd.grad(states[-1], states[:1], v)
    log_gradient[variance] = 2 * math.log(gradient.norm() / v.norm())
    print(
        f"σ_w² = {variance}: χ = {variance / 2}, squared gradient"
        f" e^{round(log_gradient[variance])}, cosine {cosine[variance][-1]:.2f}"
    )

# %% Plot
for i, (variance, values) in enumerate(cosine.items()):
    style = "os^"[i] + ["-", "--", ":"][i]
    plt.plot(
        range(1, depth + 1),
        values,
        style,
        ms=4,
        label=rf"$\sigma_w^2 = {variance}$",
    )
plt.ylim(0, 1.05)
plt.xlabel("layer $l$")
plt.ylabel("correlation of two inputs")
plt.legend()
plt.show()
