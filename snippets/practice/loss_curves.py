"""Five ways for a loss to go wrong, each made on purpose with a small network on the digits."""

import math

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn

digits = load_digits()
x = torch.tensor(digits.data, dtype=torch.float32)
x = (x - x.mean(0)) / (x.std(0) + 1e-8)
y = torch.tensor(digits.target)
steps = 150


def curve(activation, depth=2, learning_rate=0.05, bias=0.0, gain=1.0, jolt=None):
    torch.manual_seed(0)
    layers = []
    for fan_in in [64] + [64] * (depth - 1):
        linear = nn.Linear(fan_in, 64)
        nn.init.normal_(linear.weight, std=gain * math.sqrt(2 / fan_in))
        nn.init.constant_(linear.bias, bias)
        layers += [linear, activation()]
    model = nn.Sequential(*layers, nn.Linear(64, 10))
    optimiser = torch.optim.SGD(model.parameters(), lr=learning_rate, momentum=0.9)
    losses = []
    for step in range(steps):
        rows = torch.randint(len(x), (128,))
        for group in optimiser.param_groups:
            group["lr"] = learning_rate * (200 if step == jolt else 1)
        loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    return losses


def slow_divergence():
    """Least squares on one-hot targets, with a rate 1 % above 2/λ_max, the edge of stability."""
    target, W = nn.functional.one_hot(y, 10).float(), torch.zeros(64, 10)
    rate = 2.02 / torch.linalg.eigvalsh(x.T @ x / len(x))[-1]
    losses = []
    for _ in range(steps):
        error = x @ W - target
        losses.append(error.square().sum(1).mean().item())
        W = W - rate * x.T @ error / len(x)
    return losses


curves = {
    "healthy": curve(nn.ReLU),
    "plateau at chance": curve(nn.Sigmoid, depth=8),
    "dead start": curve(nn.ReLU, bias=-8.0),
    "spike": curve(nn.ReLU, jolt=75),
    "slow divergence": slow_divergence(),
    "NaN": curve(nn.ReLU, depth=8, gain=3.0, learning_rate=1.0),
}
chance = math.log(10)
end = {name: values[-1] for name, values in curves.items()}
last_step = curves["slow divergence"][-1] / curves["slow divergence"][-2]
first_bad = next(i for i, value in enumerate(curves["NaN"]) if not math.isfinite(value))
spike_height = max(curves["spike"][70:90])
print(f"plateau at chance and dead start end at ln 10: "
      f"{abs(end['plateau at chance'] - chance) < 0.1 and abs(end['dead start'] - chance) < 0.1}")  # fmt: skip
print(
    f"the spike exceeds guessing: {spike_height > chance}; the last network breaks at step {first_bad}"
)

# %% Plot
for i, (name, values) in enumerate(curves.items()):
    finite = [value if math.isfinite(value) else math.nan for value in values]
    style = ["-", "--", "-.", ":", "o-", "s--"][i]
    plt.semilogy(finite, style, markevery=10, color=f"C{i}", label=name)
plt.axhline(chance, color="k", lw=0.8)
plt.ylim(1e-4, 1e7)
plt.xlabel("step")
plt.ylabel("training loss")
plt.legend(fontsize=9, ncols=2)
plt.show()
