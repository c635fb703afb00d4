"""Five steps that are too long kill ReLU units for good; a leaky slope brings them back."""

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn

digits = load_digits()
x = torch.tensor(digits.data, dtype=torch.float32)
x = (x - x.mean(0)) / (x.std(0) + 1e-8)
y = torch.tensor(digits.target)
width, steps = 64, 200


def dead_share(activation, burst):
    """Share of units that are negative at all 1,797 digits, long after five steps with the rate `burst`."""
    torch.manual_seed(0)
    first, second, head = nn.Linear(64, width), nn.Linear(width, width), nn.Linear(width, 10)
    parameters = [*first.parameters(), *second.parameters(), *head.parameters()]
    optimiser = torch.optim.SGD(parameters, lr=0.02, momentum=0.9)
    for step in range(steps):
        for group in optimiser.param_groups:
            group["lr"] = burst if step < 5 else 0.02
        rows = torch.randint(len(x), (128,))
        logits = head(activation(second(activation(first(x[rows])))))
        optimiser.zero_grad()
        nn.functional.cross_entropy(logits, y[rows]).backward()
        nn.utils.clip_grad_norm_(parameters, 5.0)
        optimiser.step()
    with torch.no_grad():
        alive = (second(activation(first(x))) > 0).any(0)
        return 1 - alive.float().mean().item()


bursts = [0.02, 0.3, 1.0, 3.0, 10.0]
relu = {rate: dead_share(torch.relu, rate) for rate in bursts}
leaky = {rate: dead_share(nn.LeakyReLU(0.1), rate) for rate in bursts}
for rate in bursts:
    kept = "keeps its units" if relu[rate] < 0.01 else "has lost units"
    print(f"five steps with rate {rate:5}: after {steps} steps ReLU {kept}")

# %% Plot
plt.semilogx(bursts, list(relu.values()), "o-", label="ReLU")
plt.semilogx(bursts, list(leaky.values()), "s--", label="leaky ReLU, slope 0.1")
plt.xlabel("learning rate of the first five steps (then 0.02)")
plt.ylabel("units negative at every input")
plt.ylim(-0.03, 1)
plt.legend()
plt.show()
