"""The best learning rate of Adam against depth: residual networks on the
digits, branches over √L or L, the blocks trained alone or everything."""

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(0)
digits = load_digits()
x = torch.tensor(digits.data, dtype=torch.float32)
x = (x - x.mean(0)) / (x.std(0) + 1e-8)
y = torch.tensor(digits.target)
width, steps, depths = 24, 40, [2, 8, 32]
octaves = torch.arange(-12.0, 0.0)  # rates from 2^-12 to 2^-1, all at once
steps_taken = []


def losses(depth, alpha, ends):
    """Loss over the last ten steps at each rate, from one start."""
    count, eta = len(octaves), 2 ** octaves[:, None, None]
    shapes = [(64, width), *[(width, width)] * depth, (width, 10)]
    start = [torch.randn(shape) / shape[0] ** 0.5 for shape in shapes]
    moves = [torch.zeros(count, *shape, requires_grad=True) for shape in shapes]
    trained = moves if ends else moves[1:-1]
    # Adam does not see a gradient's scale: η·q at rate 1 is q at rate η
    optimiser = torch.optim.Adam(trained, lr=1.0, eps=1e-16, foreach=True)
    history = []
    for _ in range(steps):
        first, *blocks, last = [W + eta * q for W, q in zip(start, moves)]
        rows = torch.randint(len(x), (64,))
        h = x[rows] @ first
        for W in blocks:
            h = torch.baddbmm(h, torch.tanh(h), W, alpha=alpha)
        target = y[rows].expand(count, -1)
        loss = nn.functional.cross_entropy(
            (h @ last).mT, target, reduction="none"
        ).mean(1)
        optimiser.zero_grad()
        loss.sum().backward()
        optimiser.step()
        history.append(loss.detach())
    steps_taken.append(min(float(q.detach().norm()) for q in trained))
    return torch.stack(history[-10:]).mean(0)


def best(curve):
    """log2 of the best rate: a parabola's vertex about the lowest point."""
    i = min(max(int(curve.nan_to_num(99).argmin()), 1), len(curve) - 2)
    a, b, c = curve[i - 1 : i + 2].log().tolist()
    return octaves[i].item() + 0.5 * (a - c) / (a - 2 * b + c)


kinds = {
    "1/√L, blocks": (lambda depth: depth**-0.5, False),
    "1/L, blocks": (lambda depth: 1 / depth, False),
    "1/√L, everything": (lambda depth: depth**-0.5, True),
}
curves = {
    kind: [losses(depth, scale(depth), ends) for depth in depths]
    for kind, (scale, ends) in kinds.items()
}
print("log2 of the best rate at depths", depths)
rates = {kind: [best(c) for c in rows] for kind, rows in curves.items()}
for kind, row in rates.items():
    print(f"{kind:18s}" + "".join(f"{value:7.1f}" for value in row))
shift = {kind: (row[-1] - row[0]) / 4 for kind, row in rates.items()}

# %% Plot
figure, axes = plt.subplots(3, 1, sharex=True, figsize=(5.8, 6.8),
                            layout="constrained")  # fmt: skip
for ax, (kind, rows) in zip(axes, curves.items()):
    for i, (depth, curve) in enumerate(zip(depths, rows)):
        ax.semilogy(octaves, curve, "os^"[i] + "-", ms=4, color=f"C{i}",
                    label=f"$L = {depth}$")  # fmt: skip
        ax.axvline(rates[kind][i], color=f"C{i}", ls=":", lw=1.5)
    ax.set_ylim(0.08, 4)
    ax.set_title(kind)
axes[1].set_ylabel("training loss")
lines = axes[0].get_legend_handles_labels()[0]
figure.legend(handles=lines, ncols=3, loc="outside upper center")
axes[-1].set_xlabel("log₂ of the learning rate; dotted: the best")
plt.show()
