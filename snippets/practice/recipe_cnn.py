"""Recipe: a convolutional network of 16 layers on 8 × 8 digits, before and after Kaiming with BatchNorm."""

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn

digits = load_digits()
x = torch.tensor(digits.images, dtype=torch.float32)[:, None]
x = (x - x.mean()) / x.std()
y = torch.tensor(digits.target)


def layer(fan_in, fan_out, ours):
    conv = nn.Conv2d(
        fan_in, fan_out, 3, padding=1, bias=not ours
    )  # a bias before BatchNorm is redundant
    if not ours:
        return [conv, nn.ReLU()]
    nn.init.kaiming_normal_(conv.weight, nonlinearity="relu")
    return [conv, nn.BatchNorm2d(fan_out), nn.ReLU()]


def train(ours, depth=16, channels=12, steps=60):
    torch.manual_seed(0)
    sizes = [1] + depth * [channels]
    body = [part for a, b in zip(sizes, sizes[1:]) for part in layer(a, b, ours)]
    model = nn.Sequential(*body, nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(4 * channels, 10))
    optimiser = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    losses = []
    for _ in range(steps):
        rows = torch.randint(len(x), (128,))
        loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    return losses


before, after = train(False), train(True)
before_end, after_end = sum(before[-10:]) / 10, sum(after[-10:]) / 10
print(
    f"PyTorch's default stays at guessing: {before_end > 2.25}; Kaiming with BatchNorm trains: {after_end < 1.2}"
)

# %% Plot
plt.plot(before, "--", label="before: PyTorch's default")
plt.plot(after, label="after: Kaiming and BatchNorm")
plt.xlabel("step")
plt.ylabel("training loss")
plt.legend()
plt.show()
