"""Eight ways to keep the branches of a 30-block residual network small: same data, same budget, same optimiser."""

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.nn import functional as F

digits = load_digits()
x = torch.tensor(digits.data, dtype=torch.float32)
x = (x - x.mean(0)) / (x.std(0) + 1e-8)
y = torch.tensor(digits.target)
width, depth, steps = 48, 30, 80


class Block(nn.Module):
    def __init__(self, scheme):
        super().__init__()
        self.first, self.last = nn.Linear(width, width), nn.Linear(width, width)
        for layer in (self.first, self.last):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            nn.init.zeros_(layer.bias)
        self.scale, self.norm = 1.0, nn.Identity()
        if scheme == "1/√L":
            self.scale = depth**-0.5
        elif scheme == "ReZero / SkipInit":
            self.scale = nn.Parameter(torch.zeros(()))
        elif scheme == "LayerScale 0.1":
            self.scale = nn.Parameter(torch.full((width,), 0.1))
        elif scheme == "Fixup":
            self.scale = nn.Parameter(torch.ones(()))
            self.first.weight.data *= depth**-0.5  # L^(−1/(2m−2)) with m = 2 layers a branch
        elif scheme in ("BatchNorm", "BatchNorm, zero γ"):
            self.norm = nn.BatchNorm1d(width)
        if scheme in ("zero last layer", "Fixup"):
            nn.init.zeros_(self.last.weight)
        if scheme == "BatchNorm, zero γ":
            nn.init.zeros_(self.norm.weight)

    def forward(self, h):
        return h + self.scale * self.norm(self.last(F.relu(self.first(h))))


def race(scheme):
    torch.manual_seed(0)
    blocks = [Block(scheme) for _ in range(depth)]
    model = nn.Sequential(nn.Linear(64, width), *blocks, nn.Linear(width, 10))
    optimiser = torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.9)
    losses = []
    for _ in range(steps):
        rows = torch.randint(len(x), (128,))
        loss = F.cross_entropy(model(x[rows]), y[rows])
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)  # or the undamped network overflows
        optimiser.step()
        losses.append(loss.item())
    return losses


schemes = ["undamped", "1/√L", "ReZero / SkipInit", "LayerScale 0.1", "Fixup", "zero last layer", "BatchNorm",
           "BatchNorm, zero γ"]  # fmt: skip
losses = {scheme: race(scheme) for scheme in schemes}
final = {scheme: sum(values[-10:]) / 10 for scheme, values in losses.items()}
for scheme, value in final.items():
    print(f"{scheme:18s} {'trains' if value < 1.5 else 'does not train'}")
slowest = max(value for scheme, value in final.items() if scheme != "undamped")

# %% Plot
for i, (scheme, values) in enumerate(losses.items()):
    smooth = torch.tensor(values).unfold(0, 10, 1).mean(1)
    style = ["-", "--", "-.", ":", "o-", "s--", "^-.", "D:"][i]
    plt.semilogy(smooth, style, markevery=10, color=f"C{i}", label=scheme)
plt.ylim(1e-2, 30)
plt.xlabel("step")
plt.ylabel("training loss, mean of 10 steps")
plt.legend(fontsize=9, ncols=2)
plt.show()
