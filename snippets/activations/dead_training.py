"""Five steps that are too long kill ReLU units for good; with a leaky
slope they come through."""

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn

digits = load_digits()
x = torch.tensor(digits.data, dtype=torch.float32)
x = (x - x.mean(0)) / (x.std(0) + 1e-8)
y = torch.tensor(digits.target)
width, steps = 64, 100


def train(activation, burst):
    """Five steps with the rate `burst`, then ordinary ones: share of units
    negative at all 1,797 digits, and relative distance the weights moved."""
    torch.manual_seed(0)
    first, second = nn.Linear(64, width), nn.Linear(width, width)
    head = nn.Linear(width, 10)
    model = nn.Sequential(first, activation, second, activation, head)
    start = nn.utils.parameters_to_vector(model.parameters()).detach()
    optimiser = torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.9)
    for step in range(steps):
        optimiser.param_groups[0]["lr"] = burst if step < 5 else 0.02
        rows = torch.randint(len(x), (128,))
        loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        optimiser.step()
    end = nn.utils.parameters_to_vector(model.parameters()).detach()
    with torch.no_grad():
        alive = (second(activation(first(x))) > 0).any(0)
    moved = ((end - start).norm() / start.norm()).item()
    return 1 - alive.float().mean().item(), moved


bursts = [0.02, 1.0, 3.0, 10.0]
relu = {rate: train(nn.ReLU(), rate) for rate in bursts}
leaky = {rate: train(nn.LeakyReLU(0.1), rate) for rate in bursts}
for rate in bursts:
    kept = "keeps its units" if relu[rate][0] < 0.01 else "has lost units"
    print(f"five steps with rate {rate:5}: after {steps} steps ReLU {kept}")

# %% Plot
plt.semilogx(bursts, [relu[r][0] for r in bursts], "o-", label="ReLU")
plt.semilogx(bursts, [leaky[r][0] for r in bursts], "s--",
             label="leaky ReLU, slope 0.1")  # fmt: skip
plt.xlabel("learning rate of the first five steps (then 0.02)")
plt.ylabel("units negative at every input")
plt.ylim(-0.03, 1)
plt.legend()
plt.show()
