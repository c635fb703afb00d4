"""Recipe: a residual network of 40 blocks without normalisation, undamped and with zero-initialised branches."""

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn

digits = load_digits()
x = torch.tensor(digits.data, dtype=torch.float32)
x = (x - x.mean(0)) / (x.std(0) + 1e-8)
y = torch.tensor(digits.target)
width, depth, steps = 48, 40, 80


class Block(nn.Module):
    def __init__(self, ours):
        super().__init__()
        self.first, self.last = nn.Linear(width, width), nn.Linear(width, width)
        nn.init.kaiming_normal_(self.first.weight, nonlinearity="relu")
        nn.init.kaiming_normal_(self.last.weight, nonlinearity="relu")
        if ours:
            nn.init.zeros_(self.last.weight)  # the block starts as the identity
            nn.init.zeros_(self.last.bias)

    def forward(self, h):
        return h + self.last(torch.relu(self.first(h)))


def train(ours):
    torch.manual_seed(0)
    model = nn.Sequential(
        nn.Linear(64, width), *[Block(ours) for _ in range(depth)], nn.Linear(width, 10)
    )
    optimiser = torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.9)
    losses = []
    for _ in range(steps):
        rows = torch.randint(len(x), (128,))
        loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        losses.append(loss.item())
    return losses


before, after = train(False), train(True)
before_start, after_end = before[0], sum(after[-10:]) / 10
print(
    f"first loss undamped: above a million: {before_start > 1e6}; zero-initialised: {after[0]:.0f}, trains: {after_end < 1}"
)

# %% Plot
plt.semilogy(before, "--", label="before: undamped")
plt.semilogy(after, label="after: last layer of each branch at zero")
plt.xlabel("step")
plt.ylabel("training loss")
plt.legend()
plt.show()
