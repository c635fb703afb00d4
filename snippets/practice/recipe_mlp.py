"""Recipe: a plain ReLU network of 20 layers, as PyTorch makes it and with Kaiming's weights."""

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn

digits = load_digits()
x = torch.tensor(digits.data, dtype=torch.float32)
x = (x - x.mean(0)) / (x.std(0) + 1e-8)
y = torch.tensor(digits.target)


def initialise(module):
    """Apply with model.apply(initialise)."""
    if isinstance(module, nn.Linear):
        nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
        nn.init.zeros_(module.bias)


def train(ours, depth=20, width=64, steps=120):
    torch.manual_seed(0)
    sizes = [64] + depth * [width]
    hidden = [part for a, b in zip(sizes, sizes[1:]) for part in (nn.Linear(a, b), nn.ReLU())]
    model = nn.Sequential(*hidden, nn.Linear(width, 10))
    if ours:
        model.apply(initialise)
    optimiser = torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.9)
    losses = []
    for _ in range(steps):
        rows = torch.randint(len(x), (128,))
        loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        losses.append(loss.item())
    return losses


before, after = train(False), train(True)
before_end, after_end = sum(before[-10:]) / 10, sum(after[-10:]) / 10
print(
    f"PyTorch's default stays at guessing: {before_end > 2.25}; Kaiming trains: {after_end < 1.2}"
)

# %% Plot
plt.plot(before, "--", label="before: PyTorch's default")
plt.plot(after, label="after: Kaiming, biases 0, clipping")
plt.xlabel("step")
plt.ylabel("training loss")
plt.legend()
plt.show()
