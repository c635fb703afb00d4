"""ReLU² without normalisation: each layer doubles the log of the scale."""

import math

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
width, depth, draws = 256, 6, 48


def second_moments(start):
    """Per layer; E relu(ξ)⁴ = 3/2, so that variance √(2/3)/n keeps 1."""
    x, moments = start, [start.square().mean()]
    for _ in range(depth):
        W = math.sqrt(math.sqrt(2 / 3) / width) * torch.randn(width, width)
        x = torch.relu(W @ x) ** 2
        moments.append(x.square().mean(0).squeeze())
    return torch.stack(moments[1:])


x = torch.randn(width)
x = x / x.square().mean().sqrt()
pair = second_moments(torch.stack([x, 1.01 * x], 1)).log()
apart = float(pair[-1, 1] - pair[-1, 0])
logs = torch.stack([second_moments(x[:, None]).log() for _ in range(draws)])
spread = logs.std(0)
print(f"input 1 % larger: ln of the squared norm +{apart:.4f}")
print(f"spread over draws: layer 1 {spread[0]:.1f}, layer {depth} "
      f"about {round(float(spread[-1]), -1):.0f}")  # fmt: skip

# %% Plot
at = range(1, depth + 1)
for i in range(12):
    line = dict(color="C0", lw=1, marker="o", ms=3)
    plt.plot(at, logs[i], **line, label="one draw" if i == 0 else None)
plt.axhline(0, color="k", ls="--", label="infinite width")
plt.xlabel("layer $l$")
plt.ylabel("ln of the second moment")
plt.legend()
plt.show()
