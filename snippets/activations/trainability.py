"""Thirty-two networks on the digits: does the gradient ratio at the first step
tell which of them train? And does Adam need a kept gradient?"""

import math

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch.nn import functional as F

torch.manual_seed(0)
digits = load_digits()
x, y = torch.tensor(digits.data).float(), torch.tensor(digits.target)
x = (x - x.mean(0)) / (x.std(0) + 1e-8)
width, depth = 64, 12
activations = {"sigmoid": torch.sigmoid, "tanh": torch.tanh,
               "ReLU": torch.relu, "GELU": F.gelu}  # fmt: skip


def train(phi, variance, norm, skip, steps=45, adam=None):
    """log₁₀ of the first gradient ratio, first hidden layer over last;
    accuracy after training; relative distance the weights moved."""
    W = torch.randn(depth, width, width) * math.sqrt(variance / width)
    enter, head = torch.randn(64, width) / 8, torch.randn(width, 10) / 8
    parameters = [p.requires_grad_() for p in (W, enter, head)]
    start = W.detach().clone()
    optimiser = torch.optim.SGD(parameters, lr=0.05, momentum=0.9)
    optimiser = torch.optim.Adam(parameters, lr=adam) if adam else optimiser
    for step in range(steps):
        rows = torch.randint(len(x), (128,))
        states = [x[rows] @ enter]
        for layer in W:
            z = states[-1] if skip else states[-1] @ layer
            z = F.batch_norm(z, None, None, training=True) if norm else z
            states.append(states[-1] + phi(z) @ layer if skip else phi(z))
        logits = states[-1] @ head
        loss = F.cross_entropy(logits, y[rows])
        if step == 0:
            pair = torch.autograd.grad(loss, states[::depth], retain_graph=True)
            ratio = math.log10(pair[0].norm() / pair[1].norm())
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
    accuracy = logits.argmax(1).eq(y[rows]).float().mean().item()
    return ratio, accuracy, ((W - start).norm() / start.norm()).item()


results = {
    (name, variance, norm, skip): train(phi, variance, norm, skip)
    for name, phi in activations.items()
    for variance in (1 / 3, 2.0)
    for norm in (False, True)
    for skip in (False, True)
}
kept = [run[1] for run in results.values() if abs(run[0]) < 1]
lost = [run[1] for run in results.values() if run[0] < -3]
mean_kept, mean_lost = sum(kept) / len(kept), sum(lost) / len(lost)
moved = min(run[2] for run in results.values() if abs(run[0]) < 1)
print(f"{len(kept)} keep it within a factor of ten; accuracy {mean_kept:.1f}")
print(f"{len(lost)} lose three decades or more; mean accuracy {mean_lost:.1f}")
gelu = {
    "SGD": train(F.gelu, 1 / 3, False, False, steps=200),
    "Adam": train(F.gelu, 1 / 3, False, False, steps=200, adam=3e-3),
}
for name, run in gelu.items():
    print(f"plain GELU, 200 steps of {name}: accuracy {run[1]:.1f}")

# %% Plot
for i, name in enumerate(activations):
    points = [run[:2] for key, run in results.items() if key[0] == name]
    plt.plot(*zip(*points), "osD^"[i], color=f"C{i}", label=name)
for style, (name, run) in zip(["x", "*"], gelu.items()):
    plt.plot(run[0], run[1], style, color="k", ms=10,
             label=f"GELU, {name}, 200 steps")  # fmt: skip
plt.axhline(0.1, color="k", ls=":", lw=1, label="guessing")
plt.xlabel("log₁₀ of the gradient norm, first / last")
plt.ylabel("accuracy after training")
plt.legend(ncols=2, loc="lower right", bbox_to_anchor=(1, 1))
plt.show()
