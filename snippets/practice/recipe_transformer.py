"""Recipe: a 12-block transformer on the digits as eight rows, Post-LN as torch has it and Pre-LN with scaled projections."""

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn

digits = load_digits()
rows = torch.tensor(digits.images, dtype=torch.float32)
rows = (rows - rows.mean()) / rows.std()
y = torch.tensor(digits.target)
width, depth, steps = 32, 12, 80


def train(ours):
    torch.manual_seed(0)
    blocks = [
        nn.TransformerEncoderLayer(width, 2, 64, dropout=0.0, batch_first=True, norm_first=ours)
        for _ in range(depth)
    ]
    if ours:
        for block in blocks:  # the last projection of each branch, divided by √(2L)
            block.self_attn.out_proj.weight.data /= (2 * depth) ** 0.5
            block.linear2.weight.data /= (2 * depth) ** 0.5
    enter, norm, head = nn.Linear(8, width), nn.LayerNorm(width), nn.Linear(width, 10)
    model = nn.ModuleList([enter, norm, head, *blocks])
    optimiser = torch.optim.Adam(model.parameters(), lr=8e-3)
    losses = []
    for _ in range(steps):
        batch = torch.randint(len(rows), (64,))
        h = enter(rows[batch])
        h = h + torch.eye(8, width)  # position of each row
        for block in blocks:
            h = block(h)
        loss = nn.functional.cross_entropy(head(norm(h).mean(1)), y[batch])
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        losses.append(loss.item())
    return losses


before, after = train(False), train(True)
before_end, after_end = sum(before[-10:]) / 10, sum(after[-10:]) / 10
print(
    f"Post-LN stays near guessing: {before_end > 1.8}; Pre-LN with scaled projections trains: {after_end < 1.2}"
)

# %% Plot
plt.plot(before, "--", label="before: Post-LN")
plt.plot(after, label="after: Pre-LN, projections / √(2L)")
plt.xlabel("step")
plt.ylabel("training loss")
plt.legend()
plt.show()
