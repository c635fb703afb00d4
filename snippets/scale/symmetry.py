"""Units that start equal stay equal: constant and zero initialisation against a random one."""

import matplotlib.pyplot as plt
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(256, 8)
y = (x[:, :1] * x[:, 1:2]).tanh()
steps, width = 600, 16


def train(init):
    model = nn.Sequential(nn.Linear(8, width), nn.Tanh(), nn.Linear(width, 1))
    for layer in (model[0], model[2]):
        init(layer.weight)
        nn.init.zeros_(layer.bias)
    optimiser = torch.optim.Adam(model.parameters(), lr=0.01)
    losses = []
    for _ in range(steps):
        loss = nn.functional.mse_loss(model(x), y)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    rows = model[0].weight.detach()
    return losses, float((rows - rows[0]).abs().max()), float(rows.abs().max())


losses, difference, largest = {}, {}, {}
inits = {
    "zero": nn.init.zeros_,
    "constant 0.1": lambda w: nn.init.constant_(w, 0.1),
    "random": nn.init.xavier_normal_,
}
for name, init in inits.items():
    losses[name], difference[name], largest[name] = train(init)
    print(
        f"{name:13s} units differ: {difference[name] > 1e-6}, first weights moved from 0: {largest[name] > 0}"
    )
error_ratio = losses["random"][-1] / losses["constant 0.1"][-1]
print(f"random ends at less than half the loss of constant: {error_ratio < 0.5}")

# %% Plot
for name, style in zip(losses, [":", "--", "-"]):
    plt.plot(losses[name], style, label=name)
plt.xlabel("step")
plt.ylabel("training loss")
plt.ylim(bottom=0)
plt.legend()
plt.show()
