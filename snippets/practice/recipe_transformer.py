"""Recipe: a transformer on the digits as eight rows. The place of LayerNorm
and the scale of the last projections are changed alone, at two rates."""

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn

digits = load_digits()
rows = torch.tensor(digits.images, dtype=torch.float32)
rows = (rows - rows.mean()) / rows.std()
y = torch.tensor(digits.target)
width, depth, steps = 32, 10, 40


def train(pre, scaled, rate):
    torch.manual_seed(0)
    blocks = [
        nn.TransformerEncoderLayer(width, 2, 64, dropout=0.0, batch_first=True,
                                   norm_first=pre)
        for _ in range(depth)
    ]  # fmt: skip
    for block in blocks if scaled else []:  # two branches a block: 2L in all
        block.self_attn.out_proj.weight.data /= (2 * depth) ** 0.5
        block.linear2.weight.data /= (2 * depth) ** 0.5
    enter, head = nn.Linear(8, width), nn.Linear(width, 10)
    norm = nn.LayerNorm(width)
    model = nn.ModuleList([enter, norm, head, *blocks])
    start = nn.utils.parameters_to_vector(model.parameters()).detach()
    optimiser = torch.optim.Adam(model.parameters(), lr=rate, fused=True)
    losses = []
    for step in range(steps):
        batch = torch.randint(len(rows), (32,))
        first = h = enter(rows[batch]) + torch.eye(8, width)  # and position
        for block in blocks:
            h = block(h)
        loss = nn.functional.cross_entropy(head(norm(h).mean(1)), y[batch])
        if step == 0:  # gradient norm before the blocks over behind them
            pair = torch.autograd.grad(loss, (first, h), retain_graph=True)
            ratio = (pair[0].norm() / pair[1].norm()).item()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    end = nn.utils.parameters_to_vector(model.parameters()).detach()
    moved = ((end - start).norm() / start.norm()).item()
    return sum(losses[-10:]) / 10, losses, moved, ratio


variants = {
    "Post-LN": (False, False),
    "Pre-LN": (True, False),
    "Pre-LN, / √(2L)": (True, True),
}
rates = (2e-3, 1e-2)
runs = {
    (name, rate): train(*parts, rate)
    for name, parts in variants.items()
    for rate in rates
}
best = {name: min(runs[name, rate][0] for rate in rates) for name in variants}
moved = min(run[2] for run in runs.values())
for name in variants:
    ends = ", ".join(f"{runs[name, rate][0]:.1f} at {rate:g}" for rate in rates)
    print(f"{name:16s} last loss {ends}")

# %% Plot
figure, panels = plt.subplots(
    2, 1, sharex=True, sharey=True, figsize=(5.8, 5.6)
)
for panel, rate in zip(panels, rates):
    for name, style in zip(variants, ["-o", "--s", "-.^"]):
        panel.plot(runs[name, rate][1], style, markevery=8, label=name)
    panel.set_ylabel(f"training loss, rate {rate:g}")
panels[0].legend(ncols=3, loc="lower right", bbox_to_anchor=(1, 1))
panels[1].set_xlabel("step")
plt.show()
