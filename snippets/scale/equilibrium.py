"""Weights before a normalisation, SGD with weight decay: the norm settles, and
each step then turns the weights by the same angle, √(2 · rate · decay)."""

import matplotlib.pyplot as plt
import torch
from torch.nn import functional as F

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
n, batch, steps = 32, 32, 400
settings = {  # rate, decay, factor of the loss
    "rate 1, decay 0.01": (1.0, 0.01, 1.0),
    "loss × 10": (1.0, 0.01, 10.0),
    "decay × 4": (1.0, 0.04, 1.0),
    "rate × 4": (4.0, 0.01, 1.0),
}


def train(rate, decay, factor):
    """Squared norm of W, and the angle in radians by which each step turns."""
    W, norms, angles = torch.randn(n, n), [], []
    for _ in range(steps):
        W.requires_grad_()
        x, target = torch.randn(batch, n), torch.randn(batch, n)  # noise
        z = F.layer_norm(x @ W.T, (n,), eps=0)
        loss = factor * (z - target).square().sum(1).mean()
        (gradient,) = torch.autograd.grad(loss, W)
        W = W.detach()
        stepped = (1 - rate * decay) * W - rate * gradient
        cosine = (W * stepped).sum() / (W.norm() * stepped.norm())
        norms.append(float(W.norm() ** 2))
        angles.append(float(cosine.acos()))
        W = stepped
    return norms, angles


runs = {name: train(*setting) for name, setting in settings.items()}
angle, norm = {}, {}
print("setting              angle per step   ‖W‖² at the end")
for name, (norms, angles) in runs.items():
    angle[name] = sum(angles[-100:]) / 100
    norm[name] = sum(norms[-100:]) / 100
    print(f"{name:18s} {angle[name]:12.2f} {norm[name]:17.0e}")

# %% Plot
for i, (name, (_, angles)) in enumerate(runs.items()):
    smooth = torch.tensor(angles).unfold(0, 10, 1).mean(-1)
    plt.semilogy(
        range(10, steps + 1),
        smooth,
        ["-", "--", "-.", ":"][i],
        marker="osD^"[i],
        markevery=(20 * i, 100),
        label=name,
    )
for height in (0.02**0.5, 0.08**0.5):
    plt.axhline(height, color="k", lw=0.8, zorder=0)
plt.text(steps, 0.02**0.5 * 1.06, "√(2 · 0.01)", ha="right")
plt.text(steps, 0.08**0.5 * 1.06, "√(2 · 0.04)", ha="right")
plt.ylim(0.06, 0.4)
plt.yticks([0.1, 0.2, 0.3], [0.1, 0.2, 0.3])
plt.minorticks_off()
plt.xlabel("step")
plt.ylabel("angle per step, radians")
plt.legend(ncols=2, loc="lower right", bbox_to_anchor=(1, 1))
plt.show()
