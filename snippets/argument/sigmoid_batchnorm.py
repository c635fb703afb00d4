"""Sigmoid with BatchNorm trains; what it cannot learn without its shift β."""

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn

digits = load_digits()
x = torch.tensor(digits.data, dtype=torch.float32)
x = (x - x.mean(0)) / (x.std(0) + 1e-8)
y = torch.tensor(digits.target)
angle = 6.2832 * torch.arange(256) / 256
radius = 1 + torch.arange(256) % 2  # two rings: a point and its mirror agree
rings = (radius * torch.stack([angle.cos(), angle.sin()])).T
ring = (radius - 1).long()


def train(x, y, depth, steps, batchnorm=True, shift=True):
    """Loss at each step, and how far the first weights moved."""
    torch.manual_seed(0)
    sizes, parts = [x.shape[1]] + depth * [48], []
    for a, b in zip(sizes, sizes[1:]):
        parts += [nn.Linear(a, b), nn.BatchNorm1d(b), nn.Sigmoid()]
        nn.init.xavier_normal_(parts[-3].weight)
        nn.init.zeros_(parts[-3].bias)
        parts[-2].bias.requires_grad_(shift)  # β starts at 0
        if not batchnorm:
            del parts[-2]
    model = nn.Sequential(*parts, nn.Linear(48, int(y.max()) + 1))
    start, losses = parts[0].weight.detach().clone(), []
    optimiser = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    for _ in range(steps):
        rows = torch.randperm(len(x))[:128] if len(x) > 256 else slice(None)
        loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    return losses, float((parts[0].weight.detach() - start).norm())


runs = {
    "digits, 10 layers, BatchNorm": train(x, y, 10, 70),
    "digits, 10 layers, plain": train(x, y, 10, 70, batchnorm=False),
    "rings, 2 layers, BatchNorm": train(rings, ring, 2, 150),
    "rings, 2 layers, no β": train(rings, ring, 2, 150, shift=False),
}
end = {name: sum(losses[-10:]) / 10 for name, (losses, _) in runs.items()}
for name, loss in end.items():
    print(f"{name:29s} ends at loss {loss:4.1f}")

# %% Plot
for i, (name, (losses, _)) in enumerate(runs.items()):
    style = ["-", "--", "-.", ":"][i]
    plt.plot(losses, style, marker="os^D"[i], markevery=25, label=name)
plt.xlabel("step")
plt.ylabel("training loss")
plt.legend(loc="lower right", bbox_to_anchor=(1, 1))
plt.show()
