"""Units that start equal stay equal: constant and zero initialisation against
a random one."""

import matplotlib.pyplot as plt
import torch
from torch import nn

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
x = torch.randn(256, 8)
y = (x[:, :1] * x[:, 1:2]).tanh()
steps, width = 600, 16


def train(init):
    model = nn.Sequential(nn.Linear(8, width), nn.Tanh(), nn.Linear(width, 1))
    for layer in (model[0], model[2]):
        init(layer.weight)
        nn.init.zeros_(layer.bias)
    start = [p.detach().clone() for p in model.parameters()]
    optimiser = torch.optim.Adam(model.parameters(), lr=0.01)
    losses = []
    for _ in range(steps):
        loss = nn.functional.mse_loss(model(x), y)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    rows = model[0].weight.detach()
    differ = float((rows - rows[0]).abs().max())
    pairs = zip(model.parameters(), start)
    moved = max(float((p.detach() - s).abs().max()) for p, s in pairs)
    return losses, differ, float(rows.abs().max()), moved


losses, difference, largest, moved = {}, {}, {}, {}
inits = {
    "zero": nn.init.zeros_,
    "constant 0.1": lambda w: nn.init.constant_(w, 0.1),
    "random": nn.init.xavier_normal_,
}
for name, init in inits.items():
    losses[name], difference[name], largest[name], moved[name] = train(init)
    print(f"{name:13s} units differ:", difference[name] > 1e-3)
print("zero: first layer still zero:", largest["zero"] == 0)
error_ratio = losses["random"][-1] / losses["constant 0.1"][-1]
print("random ends below half of constant's loss:", error_ratio < 0.5)

# %% Plot
for name, style in zip(losses, [":", "--", "-"]):
    plt.plot(losses[name], style, label=name)
plt.xlabel("step")
plt.ylabel("training loss")
plt.ylim(bottom=0)
plt.legend()
plt.show()
