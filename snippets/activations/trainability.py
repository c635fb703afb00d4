"""Thirty-two networks on the digits: does the gradient ratio at the first step tell which of them train?"""

import math

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch.nn import functional as F

torch.manual_seed(0)
digits = load_digits()
x = torch.tensor(digits.data, dtype=torch.float32)
x = (x - x.mean(0)) / (x.std(0) + 1e-8)
y = torch.tensor(digits.target)
width, depth, steps = 64, 12, 45
activations = {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "ReLU": torch.relu, "GELU": F.gelu}


def train(phi, variance, norm, skip):
    """log₁₀ of the first gradient ratio, first hidden layer over last, and accuracy after training."""
    weights = [torch.randn(width, width) * math.sqrt(variance / width) for _ in range(depth)]
    weights += [torch.randn(64, width) / 8, torch.randn(width, 10) / 8]
    parameters = [W.requires_grad_() for W in weights]
    optimiser = torch.optim.SGD(parameters, lr=0.05, momentum=0.9)
    for step in range(steps):
        rows = torch.randint(len(x), (128,))
        states = [x[rows] @ weights[-2]]
        for W in weights[:depth]:
            z = states[-1] if skip else states[-1] @ W
            z = F.batch_norm(z, None, None, training=True) if norm else z
            states.append(states[-1] + phi(z) @ W if skip else phi(z))
        loss = F.cross_entropy(states[-1] @ weights[-1], y[rows])
        if step == 0:
            first, last = torch.autograd.grad(loss, [states[0], states[-1]], retain_graph=True)
            ratio = math.log10(first.norm() / last.norm())
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
    return ratio, (states[-1] @ weights[-1]).argmax(1).eq(y[rows]).float().mean().item()


results = {
    (name, variance, norm, skip): train(phi, variance, norm, skip)
    for name, phi in activations.items()
    for variance in (1 / 3, 2.0)
    for norm in (False, True)
    for skip in (False, True)
}
kept = [accuracy for ratio, accuracy in results.values() if abs(ratio) < 1]
lost = [accuracy for ratio, accuracy in results.values() if ratio < -3]
mean_kept, mean_lost = sum(kept) / len(kept), sum(lost) / len(lost)
print(
    f"{len(kept)} networks keep the gradient within a factor of ten; mean accuracy {mean_kept:.1f}"
)
print(f"{len(lost)} networks lose three decades or more; mean accuracy {mean_lost:.1f}")

# %% Plot
for i, name in enumerate(activations):
    points = [value for key, value in results.items() if key[0] == name]
    plt.plot(*zip(*points), "osD^"[i], color=f"C{i}", label=name)
plt.axhline(0.1, color="k", ls=":", lw=1, label="guessing")
plt.xlabel("log₁₀ of the gradient norm at the first step, first layer / last")
plt.ylabel(f"accuracy after {steps} steps")
plt.legend(loc="center left")
plt.show()
