"""Why not 9? The scale of the branch, swept over four decades on the digits."""

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn

digits = load_digits()
x = torch.tensor(digits.data, dtype=torch.float32)
x = (x - x.mean(0)) / (x.std(0) + 1e-8)
y = torch.tensor(digits.target)
width, depth, steps = 48, 20, 60
scales = [0.001, 0.01, 0.03, 0.1, 0.22, 0.5, 1, 3, 9]


class Block(nn.Module):
    def __init__(self, alpha):
        super().__init__()
        self.alpha, self.linear = alpha, nn.Linear(width, width)
        nn.init.kaiming_normal_(self.linear.weight, nonlinearity="relu")
        nn.init.zeros_(self.linear.bias)

    def forward(self, h):
        return h + self.alpha * self.linear(torch.relu(h))


def final_loss(alpha):
    torch.manual_seed(0)
    model = nn.Sequential(
        nn.Linear(64, width), *[Block(alpha) for _ in range(depth)], nn.Linear(width, 10)
    )
    optimiser = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    losses = []
    for _ in range(steps):
        rows = torch.randint(len(x), (128,))
        loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        losses.append(min(loss.item(), 1e6))
    return sum(losses[-10:]) / 10


losses = {alpha: final_loss(alpha) for alpha in scales}
best = min(losses, key=losses.get)
growth = {alpha: (1 + alpha**2) ** depth for alpha in scales}
for alpha in scales:
    print(
        f"α = {alpha:5}: forward (1 + α²)^L = {growth[alpha]:.3g}, {'trains' if losses[alpha] < 1 else 'does not train'}"
    )

# %% Plot
plt.loglog(scales, list(losses.values()), "o-")
plt.axvline(depth**-0.5, color="k", ls="--", lw=1, label="1/√L")
plt.axhline(2.303, color="k", ls=":", lw=1, label="guessing")
plt.xlabel("scale α of the branch")
plt.ylabel(f"training loss after {steps} steps")
plt.legend()
plt.show()
