"""Four sigmoid layers on the digits, drawn as Glorot & Bengio drew them: which
layer saturates when training starts? And with σ − ½ in place of σ?"""

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(0)
depth, width, batch, steps, rate = 4, 100, 10, 2000, 1.0
digits = load_digits()
images = torch.tensor(digits.data / 8 - 1, dtype=torch.float32)
labels = torch.tensor(digits.target)


def train(shift):
    """Each hidden layer's σ(z), every tenth step: mean, and share that is
    saturated, with a slope below a tenth of the peak; and all losses."""
    sizes = [64] + [width] * depth + [10]
    layers = [nn.Linear(m, n) for m, n in zip(sizes, sizes[1:])]
    for layer in layers:
        edge = layer.in_features**-0.5
        nn.init.uniform_(layer.weight, -edge, edge)
        nn.init.zeros_(layer.bias)
    parameters = [p for layer in layers for p in layer.parameters()]
    optimiser = torch.optim.SGD(parameters, lr=rate)
    means, saturated, losses = [], [], []
    for step in range(steps):
        pick = torch.randint(0, len(images), (batch,))
        x, outputs = images[pick], []
        for layer in layers[:-1]:
            outputs.append(torch.sigmoid(layer(x)))
            x = outputs[-1] - shift
        loss = nn.functional.cross_entropy(layers[-1](x), labels[pick])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
        if step % 10 == 0:
            h = torch.stack(outputs).detach()
            means.append(h.mean((1, 2)))
            saturated.append((h * (1 - h) < 0.025).float().mean((1, 2)))
    return torch.stack(means), torch.stack(saturated), torch.tensor(losses)


runs = {"σ": train(0.0), "σ − ½": train(0.5)}
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
    axis.text(learns[name] + 20, 0.95, "loss below 2")
    axis.set_ylim(0, 1.05)
    axis.set_title(f"activation {name}: mean of σ(z)")
lines = axes[0].lines[:depth]
figure.legend(handles=lines, ncols=2, loc="outside upper center")
axes[1].set_xlabel("step")
plt.show()
