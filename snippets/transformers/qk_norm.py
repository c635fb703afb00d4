"""One head learns to look up: at which rates does it, how large do its logits
become, and what do QK-norm, a soft cap, or slow queries and keys change?"""

import math

import matplotlib.pyplot as plt
import torch
from torch.nn import functional as F

torch.manual_seed(0)
n, tokens, symbols, batch, steps = 32, 8, 12, 32, 120
rates = torch.tensor([3e-3, 1e-2, 3e-2, 1e-1, 3e-1])
R = len(rates)  # as many networks side by side, one a rate
shapes = [(2 * symbols, n), (n, n), (n, n), (n, n), (n, n), (n, symbols)]
start = [torch.randn(1, a, b).repeat(R, 1, 1) / math.sqrt(n) for a, b in shapes]
start[0] *= math.sqrt(n)
start.append(torch.ones(R, 1, 1))  # learned scale of QK-norm


def rms(x):
    return x * (x.square().mean(-1, keepdim=True) + 1e-6).rsqrt()


def forward(weights, kind, keys, values):
    """Tokens are key + value; the last asks for the value of the first key."""
    embed, Q, K, V, O, head, scale = (w[:, None] for w in weights)
    key, value = embed[:, 0, :symbols], embed[:, 0, symbols:]
    asked = key[:, keys[:, :1]]
    x = torch.cat([key[:, keys] + value[:, values], asked], dim=2)
    q, k, v = rms(x) @ Q, rms(x) @ K, rms(x) @ V
    if kind == "QK-norm":
        q, k = rms(q), rms(k)
    s = scale * (q @ k.mT) / math.sqrt(n)
    if kind == "soft cap":
        s = 10 * torch.tanh(s / 10)
    A = torch.softmax(s, dim=-1)
    return (rms(x + A @ v @ O)[:, :, -1] @ head[:, 0]), s, A


def train(kind):
    """Adam; final loss, largest logit, entropy of attention, and the share
    of the asking token's logits above 9.9, by rate."""
    weights = [w.clone().requires_grad_() for w in start]
    used = weights if kind == "QK-norm" else weights[:-1]
    moments, losses = [[0 * w.detach()] * 2 for w in used], []
    for t in range(1, steps + 1):
        keys = torch.rand(batch, symbols).argsort(1)[:, : tokens - 1]
        values = torch.randint(symbols, (batch, tokens - 1))
        out, s, A = forward(weights, kind, keys, values)
        target = values[:, 0].repeat(R)
        loss = F.cross_entropy(out.flatten(0, 1), target, reduction="none")
        losses.append(loss.detach().view(R, -1).mean(1))
        gradients = torch.autograd.grad(loss.sum() / batch, used)
        with torch.no_grad():
            for i, (w, g, (m, v)) in enumerate(zip(used, gradients, moments)):
                m, v = m.lerp(g, 0.1), v.lerp(g * g, 0.01)
                step = m / (1 - 0.9**t) / ((v / (1 - 0.99**t)).sqrt() + 1e-8)
                slow = 30 if kind == "slow Q, K" and i in (1, 2) else 1
                w -= rates[:, None, None] / slow * step
                moments[i] = m, v
    entropy = -(A * (A + 1e-30).log()).sum(-1).mean((1, 2))
    last = torch.stack(losses[-10:]).mean(0)
    logits, capped = s.abs(), s[:, :, -1].abs() > 9.9
    ends = [last, logits.amax((1, 2, 3)), entropy, capped.float().mean((1, 2))]
    return torch.stack(ends).detach(), used


kinds = ["plain", "QK-norm", "soft cap", "slow Q, K"]
runs, ends = zip(*(train(kind) for kind in kinds))
moved = min(float((w[1] - start[1]).detach().norm()) for w in ends)
plain, normed, capped, slowed = (run[0] for run in runs)

# %% Plot
for i, name in enumerate(["loss", "largest logit", "entropy"]):
    print(f"{name} at rates {', '.join(f'{r:.0e}' for r in rates)}")
    for kind, run in zip(kinds, runs):  # after a failure digits are chance
        cells = [f"{v:.1f}" if l < 1 else "–" for v, l in zip(run[i], run[0])]
        print(f"  {kind:9s}" + "".join(f"{cell:>9s}" for cell in cells))
figure, axes = plt.subplots(2, 1, sharex=True, figsize=(5.8, 6))
for i, kind in enumerate(kinds):
    for axis, values in zip(axes, runs[i]):
        axis.loglog(rates, values, ["o-", "s--", "^:", "D-."][i], label=kind)
axes[0].legend(ncols=2, loc="lower center", bbox_to_anchor=(0.5, 1))
axes[0].set_ylabel("loss")
axes[1].set_ylabel("largest attention logit")
axes[1].set_xlabel("learning rate")
plt.show()
