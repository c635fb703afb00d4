"""Recipe: a plain ReLU network of 20 layers. Each ingredient is removed
alone, and every variant gets the better of two learning rates."""

import math

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn

digits = load_digits()
x = torch.tensor(digits.data, dtype=torch.float32)
x = (x - x.mean(0)) / (x.std(0) + 1e-8)
y = torch.tensor(digits.target)
depth, width, steps = 20, 64, 50


def network(kaiming, zero_bias, small_head):
    body = [nn.Linear(width, width) for _ in range(depth)]
    head = nn.Linear(width, 10)
    for layer in body if kaiming else []:
        nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
        nn.init.kaiming_normal_(head.weight, nonlinearity="relu")
    if small_head:  # logits near 0, so that the first loss is ln 10
        nn.init.normal_(head.weight, std=0.1 / math.sqrt(width))
    for layer in [*body, head] if zero_bias else []:
        nn.init.zeros_(layer.bias)
    return body, head


def train(*ingredients, rate):
    torch.manual_seed(0)
    body, head = network(*ingredients)
    model = nn.ModuleList([*body, head])
    start = nn.utils.parameters_to_vector(model.parameters()).detach()
    optimiser = torch.optim.Adam(model.parameters(), lr=rate, fused=True)
    losses = []
    for step in range(steps):
        rows = torch.randint(len(x), (64,))
        states = [x[rows]]
        for layer in body:
            states.append(torch.relu(layer(states[-1])))
        loss = nn.functional.cross_entropy(head(states[-1]), y[rows])
        if step == 0:  # gradient norm at the first layer's output over the last
            pair = torch.autograd.grad(loss, states[1::19], retain_graph=True)
            ratio = (pair[0].norm() / pair[1].norm()).item()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    end = nn.utils.parameters_to_vector(model.parameters()).detach()
    moved = ((end - start).norm() / start.norm()).item()
    return sum(losses[-10:]) / 10, losses, ratio, moved


variants = {
    "as PyTorch makes it": (False, False, False),
    "the recipe": (True, True, True),
    "without Kaiming": (False, True, True),
    "without zero biases": (True, False, True),
    "without a small head": (True, True, False),
}
best = {
    name: min(train(*parts, rate=rate) for rate in (1e-3, 3e-3))
    for name, parts in variants.items()
}
for name, (end, losses, ratio, _) in best.items():
    print(f"{name:20s} first loss {losses[0]:.1f}, last {end:.1f}, "
          f"gradient first/last {ratio:.0e}")  # fmt: skip

# %% Plot
for (name, run), style in zip(best.items(), ["--", "-", ":", "-.", ".-"]):
    plt.plot(run[1], style, label=name)
plt.xlabel("step")
plt.ylabel("training loss")
plt.legend(ncols=2, loc="lower right", bbox_to_anchor=(1, 1), columnspacing=1,
           handlelength=1.5)  # fmt: skip
plt.show()
