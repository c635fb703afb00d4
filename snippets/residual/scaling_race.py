"""Eight networks of 30 residual blocks: seven keep their branches small."""

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn

digits = load_digits()
x = torch.tensor(digits.data, dtype=torch.float32)
x = (x - x.mean(0)) / (x.std(0) + 1e-8)
y, width, depth, steps = torch.tensor(digits.target), 40, 30, 60


class Block(nn.Module):
    def __init__(self, scheme):
        super().__init__()
        fixup = scheme == "Fixup"  # its biases are four scalars per block
        self.first = nn.Linear(width, width, bias=not fixup)
        self.last = nn.Linear(width, width, bias=not fixup)
        nn.init.kaiming_normal_(self.first.weight, nonlinearity="relu")
        nn.init.kaiming_normal_(self.last.weight, nonlinearity="relu")
        self.norm, self.b = nn.Identity(), 4 * [0.0]
        init = {"ReZero / SkipInit": 0.0, "LayerScale 0.1": 0.1, "Fixup": 1.0}
        self.scale = depth**-0.5 if scheme == "1/√L" else 1.0
        if scheme in init:
            size = width if "LayerScale" in scheme else 1
            self.scale = nn.Parameter(torch.full((size,), init[scheme]))
        if fixup:  # L^(−1/(2m−2)) with m = 2 layers per branch
            self.b = nn.Parameter(torch.zeros(4))
            self.first.weight.data *= depth**-0.5
        if "BatchNorm" in scheme:
            self.norm = nn.BatchNorm1d(width)
            self.norm.weight.data *= "zero γ" not in scheme
        if scheme in ("zero last layer", "Fixup"):
            nn.init.zeros_(self.last.weight)

    def forward(self, h):
        a = torch.relu(self.first(h + self.b[0]) + self.b[1])
        return h + self.scale * self.norm(self.last(a + self.b[2])) + self.b[3]


def race(scheme, rate=0.02):
    torch.manual_seed(0)
    blocks = [Block(scheme) for _ in range(depth)]
    model = nn.Sequential(nn.Linear(64, width), *blocks, nn.Linear(width, 10))
    model[-1].weight.data *= scheme != "Fixup"
    weights, losses = list(model.parameters()), []
    start = nn.utils.parameters_to_vector(weights).detach()
    optimiser = torch.optim.SGD(weights, lr=rate, momentum=0.9)
    for _ in range(steps):
        rows = torch.randint(len(x), (128,))
        loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(weights, 1.0, error_if_nonfinite=True)
        optimiser.step()
        losses.append(loss.item())
    moved = nn.utils.parameters_to_vector(weights).detach() - start
    return losses, float(moved.norm() / start.norm())


schemes = ["1/√L", "ReZero / SkipInit", "LayerScale 0.1", "Fixup",
           "zero last layer", "BatchNorm", "BatchNorm, zero γ"]  # fmt: skip
runs = {scheme: race(scheme) for scheme in schemes}
tries = [race("undamped", rate) for rate in (0.002, 0.02, 0.2)]
runs["undamped"] = min(tries, key=lambda run: sum(run[0][-10:]))
final = {scheme: sum(run[0][-10:]) / 10 for scheme, run in runs.items()}
slowest = max(final[scheme] for scheme in schemes)
moved = min(distance for _, distance in [*runs.values(), *tries])

# %% Plot
figure, panels = plt.subplots(4, 2, sharex=True, figsize=(5.8, 7))
for i, (scheme, (values, _)) in enumerate(runs.items()):
    result = "trains" if final[scheme] < 1.5 else "does not train"
    print(f"{scheme:18s} {result}")
    smooth = torch.tensor(values).unfold(0, 10, 1).mean(1)
    panels.flat[i].semilogy(smooth, color=f"C{i}")
    panels.flat[i].set_title(scheme)
    if final[scheme] < 1.5:
        panels.flat[i].set_ylim(0.08, 4)
figure.supxlabel("step", size="medium")
figure.supylabel("training loss, mean of 10 steps", size="medium")
plt.show()
