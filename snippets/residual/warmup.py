"""Sixteen small transformers: which rates train, by order and by warm-up?"""

import math

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch.nn import functional as F

digits = load_digits()
rows = torch.tensor(digits.images, dtype=torch.float32)  # 8 rows of 8 pixels
rows = (rows - rows.mean()) / rows.std()
y = torch.tensor(digits.target)
width, depth, steps, warm_up = 16, 12, 60, 30
rates = [1e-3, 3e-3, 1e-2, 3e-2]
n = 2 * len(rates)  # networks side by side: every rate, cold and warm
rate = torch.tensor(rates * 2)[:, None, None]
ramp = torch.tensor([1.0] * 4 + [warm_up] * 4)[:, None, None]
shapes = [(1, 8, width), (1, 8, width), (1, width, 10),
          (depth, width, 3 * width), (depth, width, width),
          (depth, width, 2 * width), (depth, 2 * width, width)]  # fmt: skip


def norm(x):
    return F.layer_norm(x, (width,))


def attend(x, qkv, out):
    q, k, v = (x @ qkv).view(n, -1, 8, 3 * width).split(width, -1)
    return F.scaled_dot_product_attention(q, k, v).reshape(x.shape) @ out


def losses_of(weights, pre, batch):
    (enter, place, head), blocks = (w[0] for w in weights[:3]), weights[3:]
    h = (rows[batch] @ enter[:, None] + place[:, None]).view(n, -1, width)
    for qkv, out, up, down in zip(*(w.unbind(0) for w in blocks)):
        if pre:
            h = h + attend(norm(h), qkv, out)
            h = h + F.relu(norm(h) @ up) @ down
        else:
            h = norm(h + attend(h, qkv, out))
            h = norm(h + F.relu(h @ up) @ down)
    logits = (norm(h).view(n, -1, 8, width).mean(2) @ head).flatten(0, 1)
    loss = F.cross_entropy(logits, y[batch].repeat(n), reduction="none")
    return loss.view(n, -1).mean(1)


def train(pre):
    torch.manual_seed(0)
    start = [torch.randn(d, 1, a, b) / math.sqrt(3 * a) for d, a, b in shapes]
    weights = [w.repeat(1, n, 1, 1).requires_grad_() for w in start]
    mean, square = ([torch.zeros_like(w) for w in weights] for _ in range(2))
    losses = []
    for t in range(1, steps + 1):
        loss = losses_of(weights, pre, torch.randint(len(rows), (32,)))
        losses.append(loss.detach())
        gradients = torch.autograd.grad(loss.sum(), weights)
        with torch.no_grad():  # Adam, with a rate for each network
            for w, g, m, s in zip(weights, gradients, mean, square):
                m.lerp_(g, 0.1)
                s.lerp_(g * g, 0.001)
                step = m / (1 - 0.9**t) / ((s / (1 - 0.999**t)).sqrt() + 1e-8)
                w -= rate * (t / ramp).clamp(max=1) * step
    moved = min(float((w.detach() - s).norm()) for w, s in zip(weights, start))
    return torch.stack(losses[-10:]).mean(0).view(2, -1).tolist(), moved


(post, post_moved), (pre, pre_moved) = train(False), train(True)
grid = dict(zip(["Post-LN", "Post-LN, warm-up", "Pre-LN", "Pre-LN, warm-up"],
                post + pre))  # fmt: skip

# %% Plot
print("training loss (guessing: 2.3), by peak rate")
print(17 * " " + "".join(f"{r:8.0e}" for r in rates))
for i, (name, values) in enumerate(grid.items()):
    print(f"{name:17s}" + "".join(f"{v:8.1f}" for v in values))
    style = ["o-", "o--", "s-", "s--"][i]
    plt.semilogx(rates, values, style, color=f"C{i // 2}", label=name)
plt.axhline(math.log(10), color="k", ls=":", lw=1, label="guessing")
plt.xlabel("peak learning rate")
plt.ylabel(f"training loss after {steps} steps")
plt.legend(ncols=2, loc="lower right", bbox_to_anchor=(1, 1))
plt.show()
