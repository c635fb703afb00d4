"""Does a deeper plain network train worse? Plain and residual, both with BatchNorm, on the digits."""

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn

digits = load_digits()
x = torch.tensor(digits.data, dtype=torch.float32)
x = (x - x.mean(0)) / (x.std(0) + 1e-8)
y = torch.tensor(digits.target)
width, steps, depths = 32, 60, [10, 30, 60, 100]


class Layer(nn.Module):
    def __init__(self, skip):
        super().__init__()
        self.skip, self.linear, self.norm = (
            skip,
            nn.Linear(width, width, bias=False),
            nn.BatchNorm1d(width),
        )

    def forward(self, h):
        branch = torch.relu(self.norm(self.linear(h)))
        return h + branch if self.skip else branch


def final_loss(depth, skip):
    torch.manual_seed(0)
    layers = [Layer(skip) for _ in range(depth)]
    model = nn.Sequential(nn.Linear(64, width), *layers, nn.Linear(width, 10))
    optimiser = torch.optim.Adam(model.parameters(), lr=2e-3)
    losses = []
    for _ in range(steps):
        rows = torch.randint(len(x), (256,))
        loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    return sum(losses[-5:]) / 5


plain = {depth: final_loss(depth, skip=False) for depth in depths}
residual = {depth: final_loss(depth, skip=True) for depth in depths}
for depth in depths:
    better = "residual" if residual[depth] < plain[depth] else "plain"
    print(f"{depth:3d} layers: lower training loss has the {better} network")

# %% Plot
plt.semilogy(depths, list(plain.values()), "o-", label="plain, BatchNorm")
plt.semilogy(depths, list(residual.values()), "s--", label="residual, BatchNorm")
plt.xlabel("layers")
plt.ylabel(f"training loss after {steps} steps")
plt.legend()
plt.show()
