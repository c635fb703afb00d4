"""One corrupt batch hits a small attention network under Adam: how far it
throws the weights, and what clipping, skipping and a smaller β₂ change."""

import math

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch.nn import functional as F

torch.manual_seed(0)
digits = load_digits()
x = torch.tensor(digits.data, dtype=torch.float32).view(-1, 8, 8) / 8 - 1
y, n, quiet, after, rate = torch.tensor(digits.target), 16, 300, 40, 0.003
kinds = ["no bad batch", "nothing done", "clipped", "skipped",
         "β₂ = 0.95, no bad batch", "β₂ = 0.95"]  # fmt: skip
R = len(kinds)  # so many copies side by side: one start, the same batches
b2 = torch.tensor([0.999] * 4 + [0.95] * 2)[:, None, None]
hit = torch.tensor([kind[-5:] != "batch" for kind in kinds])
shapes = [(8, n), (8, n), (n, n), (n, n), (n, n), (8 * n, 64), (64, 10)]
start = [torch.randn(a, b) / math.sqrt(a) for a, b in shapes]
weights = [w.repeat(R, 1, 1).requires_grad_() for w in start]


def forward(rows, size):
    """Eight rows of pixels are tokens. Output; largest attention logit."""
    embed, place, Q, K, V, up, head = (w[:, None] for w in weights)
    h = size.view(R, 1, 1, 1) * x[rows] @ embed + place
    u = F.rms_norm(h, (n,))
    s = (u @ Q) @ (u @ K).mT / math.sqrt(n)
    h = (h + torch.softmax(s, -1) @ (u @ V)).flatten(2)
    return F.relu(h @ up[:, 0]) @ head[:, 0], s.detach().abs().amax((1, 2, 3))


def total(tensors):
    """Norm over all weights, one for each copy."""
    return sum(t.square().sum((1, 2)) for t in tensors).sqrt()


moments, log, base = [[0 * w.detach()] * 2 for w in weights], [], None
for t in range(1, quiet + after + 1):
    rows, bad = torch.randint(len(x), (64,)), hit & (t == quiet + 1)
    out, logit = forward(rows, 1 + 29 * bad)
    target = (y[rows] + bad[:, None]) % 10  # labels off by one
    loss = F.cross_entropy(out.mT, target, reduction="none").mean(1)
    gradients = torch.autograd.grad(loss.sum(), weights)
    norm, (factor, go) = total(gradients), torch.ones(2, R, 1, 1)
    if t > quiet:  # limit: 95th percentile of the quiet norms
        limit = torch.stack([r[1] for r in log[100:quiet]]).quantile(0.95, 0)
        factor[2] = (limit / norm).clamp(max=1)[2]
        go[3] = norm[3] < 10 * limit[3]
    before = [w.detach().clone() for w in weights]
    base = base if t > quiet + 1 else before
    with torch.no_grad():
        for i, (w, g, (m, v)) in enumerate(zip(weights, gradients, moments)):
            m = m.lerp(factor * g, 0.1 * go)
            v = torch.lerp(v, (factor * g).square(), (1 - b2) * go)
            root = (v / (1 - b2**t)).sqrt() + 1e-8
            w -= rate * go * m / (1 - 0.9**t) / root
            moments[i] = m, v
        gone = [w - b for w, b in zip(weights, base)]
        update = total([w - b for w, b in zip(weights, before)]) / total(before)
    if t == quiet + 1:  # how far each single weight goes
        step = torch.cat([d.flatten(1) for d in gone], 1).abs() / rate
    log.append(torch.stack([loss.detach(), norm, update, logit, total(gone)]))
loss, norm, update, logit, moved = torch.stack(log).unbind(1)
moved = moved[quiet:] / rate / sum(w.numel() for w in start) ** 0.5
jump = norm[quiet] / norm[100:quiet].median(0).values
peak, last = loss[quiet + 1 :].amax(0), loss[-10:].mean(0)

# %% Plot
print("largest loss on good batches after the bad one:")
for kind, height in zip(kinds, peak):
    print(f"  {kind:24s} {'above' if height > 0.25 else 'below'} 0.25")
figure, axes = plt.subplots(2, 1, figsize=(5.8, 6.6))
for k, style, lift in zip((1, 5, 2, 0), ("-", "--", ":", "-."),
                          (0.5, 0.5, 0.5, -1.7)):  # fmt: skip
    look = {"ls": style, "color": f"C{k}"}
    axes[0].semilogy(range(-20, after), loss[quiet - 20 :, k], **look)
    axes[1].plot(range(1, after + 1), moved[:, k], **look)
    axes[1].text(after, moved[-1, k] + lift, kinds[k], ha="right",
                 color=f"C{k}")  # fmt: skip
axes[1].set_ylim(-2, 18)
axes[0].set_ylabel("loss of the batch")
axes[0].set_xlabel("steps from the bad batch")
axes[1].set_ylabel("rms move of a weight / rate")
axes[1].set_xlabel("steps, the bad one included")
plt.show()
