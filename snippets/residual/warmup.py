"""A small transformer on the digits, read as eight rows: Post-LN and Pre-LN, with and without warm-up."""

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn

digits = load_digits()
rows = torch.tensor(digits.images, dtype=torch.float32)  # 1797 pictures of 8 rows with 8 pixels
rows = (rows - rows.mean()) / rows.std()
y = torch.tensor(digits.target)
width, depth, steps, peak = 32, 12, 100, 8e-3


def train(pre, warm_up):
    torch.manual_seed(0)
    layers = [
        nn.TransformerEncoderLayer(width, 2, 64, dropout=0.0, batch_first=True, norm_first=pre)
        for _ in range(depth)
    ]
    enter, head = nn.Linear(8, width), nn.Sequential(nn.LayerNorm(width), nn.Linear(width, 10))
    position = nn.Parameter(0.1 * torch.randn(8, width))
    model = nn.ModuleList([enter, *layers, head])
    optimiser = torch.optim.Adam([*model.parameters(), position], lr=peak)
    losses = []
    for step in range(steps):
        for group in optimiser.param_groups:
            group["lr"] = peak * min(1, (step + 1) / warm_up)
        batch = torch.randint(len(rows), (64,))
        h = enter(rows[batch]) + position
        for layer in layers:
            h = layer(h)
        loss = nn.functional.cross_entropy(head(h.mean(1)), y[batch])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    return losses


losses = {
    "Post-LN": train(False, 1),
    "Post-LN, warm-up": train(False, 60),
    "Pre-LN": train(True, 1),
    "Pre-LN, warm-up": train(True, 60),
}
final = {name: sum(values[-10:]) / 10 for name, values in losses.items()}
for name, value in final.items():
    print(f"{name:17s} {'trains' if value < 1.5 else 'stays near guessing'}")

# %% Plot
for i, (name, values) in enumerate(losses.items()):
    smooth = torch.tensor(values).unfold(0, 10, 1).mean(1)
    plt.plot(smooth, ["o-", "o--", "s-", "s--"][i], markevery=10, color=f"C{i // 2}", label=name)
plt.xlabel("step")
plt.ylabel("training loss, mean of 10 steps")
plt.legend()
plt.show()
