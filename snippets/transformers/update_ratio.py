"""Update over weight by layer, from the first step to the hundredth, under SGD
and under Adam, for a network whose early layers get small gradients."""

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(0)
digits = load_digits()
x = torch.tensor(digits.data, dtype=torch.float32)
x = (x - x.mean(0)) / (x.std(0) + 1e-8)
y = torch.tensor(digits.target)
width, depth = 64, 8


def train(make):
    """‖ΔW‖/‖W‖ of each hidden layer at steps 1 and 100."""
    hidden = [nn.Linear(64, width) for _ in range(depth)]  # torch's default
    layers = [part for layer in hidden for part in (layer, nn.ReLU())]
    model = nn.Sequential(*layers, nn.Linear(width, 10))
    optimizer = make(model.parameters())
    ratios = []
    for _ in range(100):
        batch = torch.randint(len(x), (64,))
        before = [layer.weight.detach().clone() for layer in hidden]
        loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        ratios.append([float((l.weight - b).detach().norm() / b.norm())
                       for l, b in zip(hidden, before)])  # fmt: skip
    return torch.tensor(ratios)


sgd = train(lambda p: torch.optim.SGD(p, lr=0.1))
adam = train(lambda p: torch.optim.Adam(p, lr=1e-3))
sgd_drop = float((sgd[0, 7] / sgd[0, 1]).log10())
adam_drop = float((adam[0, 7] / adam[0, 1]).log10())
adam_first = float(adam[0, 6:].mean())
adam_later = float(adam[90:].mean())
print(f"first step, layer 8 over layer 2, decades: SGD over 1: {sgd_drop > 1}")
print(f"the same under Adam within half a decade: {abs(adam_drop) < 0.5}")

# %% Plot
layers = range(1, depth + 1)
for i, (name, run) in enumerate([("SGD", sgd), ("Adam", adam)]):
    plt.semilogy(layers, run[0], "os"[i] + "-", color=f"C{i}",
                 label=f"{name}, step 1")  # fmt: skip
    plt.semilogy(layers, run[90:].mean(0), "os"[i] + ":", color=f"C{i}",
                 mfc="none", label=f"{name}, steps 91 to 100")  # fmt: skip
plt.xlabel("layer")
plt.ylabel("update norm / weight norm")
plt.legend()
plt.show()
