"""Four sigmoid layers on the digits, drawn as Glorot & Bengio drew them: which
layer saturates when training starts? And with σ − ½ in place of σ?"""

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits

torch.manual_seed(0)
depth, width, batch, steps, rate = 4, 100, 10, 2000, 1.0
digits = load_digits()
images = torch.tensor(digits.data / 8 - 1, dtype=torch.float32)
labels = torch.tensor(digits.target)


def train(shifts):
    """Of a network for each shift, side by side, from the same draws: each
    hidden layer's σ(z), every tenth step, its mean and the share that is
    saturated, with a slope below a tenth of the peak; and all losses."""
    sizes, n = [64] + [width] * depth + [10], len(shifts)
    weights = [(2 * torch.rand(i, j) - 1) / i**0.5
               for i, j in zip(sizes, sizes[1:])]  # fmt: skip
    weights = [W.repeat(n, 1, 1).requires_grad_() for W in weights]
    biases = [torch.zeros(n, 1, j, requires_grad=True) for j in sizes[1:]]
    optimiser = torch.optim.SGD(weights + biases, lr=rate, fused=True)
    means, saturated, losses = [], [], []
    for step in range(steps):
        pick = torch.randint(0, len(images), (batch,))
        x, outputs = images[pick].expand(n, -1, -1), []
        for W, b in zip(weights[:-1], biases):
            outputs.append(torch.sigmoid(torch.baddbmm(b, x, W)))
            x = outputs[-1] - shifts.view(n, 1, 1)
        logits = torch.baddbmm(biases[-1], x, weights[-1])
        right = logits.log_softmax(2)[:, range(batch), labels[pick]]
        optimiser.zero_grad()
        (-right.mean(1).sum()).backward()
        optimiser.step()
        losses.append(-right.detach().mean(1))
        if step % 10 == 0:
            h = torch.stack(outputs, 1).detach()
            means.append(h.mean((2, 3)))
            saturated.append((h * (1 - h) < 0.025).float().mean((2, 3)))
    return [torch.stack(found, 1) for found in (means, saturated, losses)]


found = train(torch.tensor([0.0, 0.5]))
runs = dict(zip(["σ", "σ − ½"], zip(*found)))
early = slice(30, 50)  # steps 300 to 490
mean = {name: run[0][early].mean(0) for name, run in runs.items()}
share = {name: run[1][early].mean(0) for name, run in runs.items()}
learns = {}  # first step at which the mean loss of fifty batches is below 2
for name, (_, _, losses) in runs.items():
    below = losses.unfold(0, 50, 1).mean(1) < 2
    learns[name] = int(below.int().argmax()) if below.any() else steps
    print(f"{name:6s} mean of σ(z), layers 1 to {depth}:",
          " ".join(f"{m:.1f}" for m in mean[name]),
          f" saturated in layer {depth}: {share[name][-1]:.1f}")  # fmt: skip

# %% Plot
figure, axes = plt.subplots(2, sharex=True, figsize=(5.8, 5.4),
                            layout="constrained")  # fmt: skip
for axis, (name, (means, _, _)) in zip(axes, runs.items()):
    for l in range(depth):
        axis.plot(
            range(0, steps, 10),
            means[:, l],
            ["-", "--", "-.", ":"][l],
            marker="osD^"[l],
            markevery=(5 * l, 40),
            ms=4,
            label=f"layer {l + 1}",
        )
    axis.axvline(learns[name], color="k", lw=0.8)
    axis.text(learns[name] - 20, 0.95, "loss below 2", ha="right")
    axis.set_ylim(0, 1.05)
    axis.set_title(f"activation {name}: mean of σ(z)")
lines = axes[0].lines[:depth]
figure.legend(handles=lines, ncols=2, loc="outside upper center")
axes[1].set_xlabel("step")
plt.show()
