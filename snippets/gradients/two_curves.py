"""Two networks of ten hidden layers on the digits: one trains, one stays at the loss of guessing."""

import math

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn

digits = load_digits()
x = torch.tensor(digits.data, dtype=torch.float32)
x = (x - x.mean(0)) / (x.std(0) + 1e-8)
y = torch.tensor(digits.target)
depth, width, steps = 10, 64, 300


def train(activation, init):
    torch.manual_seed(0)
    sizes = [64] + depth * [width]
    hidden = [part for a, b in zip(sizes, sizes[1:]) for part in (nn.Linear(a, b), activation)]
    model = nn.Sequential(*hidden, nn.Linear(width, 10))
    for layer in hidden[::2]:
        init(layer.weight)
        nn.init.zeros_(layer.bias)
    optimiser = torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.9)
    losses = []
    for _ in range(steps):
        rows = torch.randint(len(x), (128,))
        loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    return losses


sigmoid = train(nn.Sigmoid(), nn.init.xavier_normal_)
relu = train(nn.ReLU(), nn.init.kaiming_normal_)
sigmoid_end = sum(sigmoid[-20:]) / 20
relu_end = sum(relu[-20:]) / 20
print(f"loss of guessing  {math.log(10):.2f}")
print(f"sigmoid, Xavier   {sigmoid_end:.1f} after {steps} steps")
print(f"ReLU, Kaiming     below 0.2 after {steps} steps: {relu_end < 0.2}")

# %% Plot
plt.plot(sigmoid, label="sigmoid, Xavier")
plt.plot(relu, "--", label="ReLU, Kaiming")
plt.axhline(math.log(10), color="k", ls=":", lw=1, label="guessing: ln 10")
plt.xlabel("step")
plt.ylabel("training loss")
plt.legend()
plt.show()
