"""Stochastic depth: the squared gradient's gain when each block is skipped
at random, with and without the division by the survival probability."""

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
depth, width, samples, survival = 8, 256, 4096, 0.5


def growth(keep, divided):
    """Log of the mean of ‖g‖² at the input over ‖v‖², by blocks passed."""
    h = torch.randn(samples, width)
    states = [h.requires_grad_()]
    for _ in range(depth):
        W = (2 / width) ** 0.5 * torch.randn(width, width)
        mask = (torch.rand(samples, 1) < keep).float()
        h = h + mask / (keep if divided else 1) * torch.relu(h) @ W.T
        states.append(h)
    v = torch.randn(samples, width)
    gradients = torch.autograd.grad(h, states, v)
    squares = [g.square().sum(1).mean() for g in gradients[::-1]]
    return [float((s / squares[0]).log()) for s in squares]


runs = {
    "every block": growth(1.0, False),
    "half the blocks": growth(survival, False),
    "half, divided by ½": growth(survival, True),
}
print(f"log of the squared gradient's gain over {depth} blocks")
for name, run in runs.items():
    print(f"{name:20s}{run[-1]:6.1f}")

# %% Plot
gains = [2, 1.5, 3]
for i, (run, gain) in enumerate(zip(runs.values(), gains)):
    plt.plot(run, "os^"[i], color=f"C{i}")
    line = [k * torch.tensor(float(gain)).log().item() for k in range(9)]
    plt.plot(line, ["-", "--", ":"][i], color=f"C{i}")
    place = (6.1, line[6] - 0.6 + 1.3 * (i == 2))
    plt.annotate(list(runs)[i], place, color=f"C{i}", ha="left")
plt.xlim(0, 9)
plt.xlabel("blocks passed on the way back")
plt.ylabel("log of the squared gradient")
plt.show()
