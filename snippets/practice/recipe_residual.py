"""Recipe: 40 residual blocks without normalisation, as PyTorch makes them,
undamped with Kaiming's weights, and damped in two ways."""

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn

digits = load_digits()
x = torch.tensor(digits.data, dtype=torch.float32)
x = (x - x.mean(0)) / (x.std(0) + 1e-8)
y = torch.tensor(digits.target)
width, depth, steps = 48, 40, 25


class Block(nn.Module):
    def __init__(self, scale):
        super().__init__()
        self.first, self.last = nn.Linear(width, width), nn.Linear(width, width)
        if scale is not None:  # None: leave both layers as PyTorch makes them
            for layer in (self.first, self.last):
                nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
                nn.init.zeros_(layer.bias)
            self.last.weight.data *= scale

    def forward(self, h):
        return h + self.last(torch.relu(self.first(h)))


def train(scale, rate):
    torch.manual_seed(0)
    blocks = [Block(scale) for _ in range(depth)]
    model = nn.Sequential(nn.Linear(64, width), *blocks, nn.Linear(width, 10))
    start = nn.utils.parameters_to_vector(model.parameters()).detach()
    optimiser = torch.optim.Adam(model.parameters(), lr=rate, fused=True)
    losses = []
    for step in range(steps):
        rows = torch.randint(len(x), (64,))
        enter = model[0](x[rows])
        leave = model[1:-1](enter)
        loss = nn.functional.cross_entropy(model[-1](leave), y[rows])
        if step == 0:  # gradient norm before the blocks over behind them
            pair = torch.autograd.grad(loss, (enter, leave), retain_graph=True)
            ratio = (pair[0].norm() / pair[1].norm()).item()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    end = nn.utils.parameters_to_vector(model.parameters()).detach()
    moved = ((end - start).norm() / start.norm()).item()
    return sum(losses[-10:]) / 10, losses, ratio, moved


scales = {
    "as PyTorch makes it": None,
    "Kaiming, undamped": 1.0,
    "Kaiming, last / √L": depth**-0.5,
    "Kaiming, last at 0": 0.0,
}
best = {
    name: min(train(scale, rate) for rate in (1e-3, 3e-3))
    for name, scale in scales.items()
}
for name, (end, losses, ratio, _) in best.items():
    print(f"{name:20s} first loss {losses[0]:.0e}, last {end:.0e}, "
          f"gradient first/last {ratio:.0e}")  # fmt: skip

# %% Plot
for (name, run), style in zip(best.items(), ["-", "--", "-.", ":"]):
    plt.semilogy(run[1], style, label=name)
plt.xlabel("step")
plt.ylabel("training loss")
plt.legend()
plt.show()
