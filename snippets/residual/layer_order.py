"""Post-LN and Pre-LN transformers at initialisation: gradient of the last layer by depth."""

import math

import matplotlib.pyplot as plt
import torch
from torch.nn import functional as F

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
width, tokens = 64, 128
depths = [4, 8, 16, 32, 64]


def last_layer_gradient(depth, pre):
    """Gradient norm of the last block's second weight matrix, under a random linear loss."""
    x = torch.randn(tokens, width)
    for _ in range(depth):
        first = torch.randn(width, width) / math.sqrt(width)
        second = (torch.randn(width, width) / math.sqrt(width)).requires_grad_()
        branch = F.relu((F.layer_norm(x, (width,)) if pre else x) @ first.T) @ second.T
        x = x + branch if pre else F.layer_norm(x + branch, (width,))
    if pre:
        x = F.layer_norm(x, (width,))
    (gradient,) = torch.autograd.grad(x, second, torch.randn(tokens, width))
    return float(gradient.norm())


norms = {"Post-LN": [], "Pre-LN": []}
for name in norms:
    for depth in depths:
        runs = [last_layer_gradient(depth, name == "Pre-LN") for _ in range(4)]
        norms[name].append(sum(runs) / 4)

shrink = {name: values[-1] / values[0] for name, values in norms.items()}
theory = math.sqrt((1 + 4 / 2) / (1 + 64 / 2))  # every branch adds a second moment of 1/2
print("gradient of the last layer, 64 blocks against 4")
print(f"Post-LN {shrink['Post-LN']:.2f}, theory 1")
print(f"Pre-LN  {shrink['Pre-LN']:.2f}, theory {theory:.2f}")

# %% Plot
plt.loglog(depths, norms["Post-LN"], "o-", label="Post-LN")
plt.loglog(depths, norms["Pre-LN"], "s-", label="Pre-LN")
plt.loglog(depths, [norms["Pre-LN"][0] * (3 / (1 + d / 2)) ** 0.5 for d in depths],
           "--", color="k", lw=1, label="∝ 1/√(1 + L/2)")  # fmt: skip
plt.xticks(depths, depths)
plt.yticks([50, 100, 200, 400], [50, 100, 200, 400])
plt.minorticks_off()
plt.xlabel("depth L")
plt.ylabel("gradient norm of the last layer")
plt.legend()
plt.show()
