"""Which depth trains? tanh networks on the digits, and why the answer is: near the critical line."""

import math

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(0)
digits = load_digits()
x = torch.tensor(digits.data, dtype=torch.float32)
x = (x - x.mean(0)) / (x.std(0) + 1e-8)
y = torch.tensor(digits.target)
width, steps, bias_variance = 64, 80, 0.05
depths, scales = [4, 8, 16, 32, 64], [0.5, 1.0, 1.4, 1.76, 2.5, 4.0]


def accuracy(depth, weight_variance):
    model = nn.Sequential()
    for fan_in in [64] + (depth - 1) * [width]:
        layer = nn.Linear(fan_in, width)
        nn.init.normal_(layer.weight, std=math.sqrt(weight_variance / fan_in))
        nn.init.normal_(layer.bias, std=math.sqrt(bias_variance))
        model.extend([layer, nn.Tanh()])
    model.append(nn.Linear(width, 10))
    optimiser = torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.9)
    for _ in range(steps):
        rows = torch.randint(len(x), (64,))
        loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
    with torch.no_grad():
        return float((model(x).argmax(1) == y).float().mean())


table = torch.tensor([[accuracy(depth, scale) for scale in scales] for depth in depths])
critical_column = scales.index(1.76)
print("depth  " + "".join(f"σ_w²={s:<6}" for s in scales))
for depth, row in zip(depths, table):
    print(f"{depth:5d}  " + "".join(f"{'trains' if a > 0.5 else '-':<11s}" for a in row))

# %% Plot
plt.imshow(table, aspect="auto", origin="lower", vmin=0, vmax=1)
plt.grid(False)
plt.xticks(range(len(scales)), scales)
plt.yticks(range(len(depths)), depths)
plt.axvline(critical_column, color="w", ls="--", lw=1.5)
plt.colorbar(label=f"training accuracy after {steps} steps")
plt.xlabel("weight variance σ_w² (dashed: critical)")
plt.ylabel("hidden layers")
plt.show()
