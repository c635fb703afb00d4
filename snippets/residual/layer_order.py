"""Post-LN and Pre-LN at initialisation: every layer's gradient, by depth."""

import math

import matplotlib.pyplot as plt
import torch
from torch.nn import functional as F

torch.manual_seed(0)
width, tokens, depths = 128, 64, (4, 16, 64)


def norm(x):
    return F.layer_norm(x, (width,))


def gradients(depth, pre):
    """Gradient norm of each block's second matrix, random linear loss."""
    x, seconds = torch.randn(tokens, width), []
    for _ in range(depth):
        first = torch.randn(width, width) / math.sqrt(width)
        second = torch.randn(width, width) / math.sqrt(width)
        seconds.append(second.requires_grad_())
        h = F.relu((norm(x) if pre else x) @ first.T) @ second.T
        x = x + h if pre else norm(x + h)
    if pre:
        x = norm(x)
    grads = torch.autograd.grad(x, seconds, torch.randn(tokens, width))
    return torch.stack([g.norm() for g in grads])


networks = 3
norms = {(name, depth): sum(gradients(depth, name == "Pre-LN")
                            for _ in range(networks)) / networks
         for name in ("Post-LN", "Pre-LN") for depth in depths}  # fmt: skip
last = {name: float(norms[name, 64][-1] / norms[name, 4][-1])
        for name in ("Post-LN", "Pre-LN")}  # fmt: skip
first_to_last = {key: float(g[0] / g[-1]) for key, g in norms.items()}
first = float(norms["Pre-LN", 64][0] / norms["Pre-LN", 4][0])
print("last layer's gradient norm, 64 blocks against 4:")
print(f"  Post-LN {last['Post-LN']:.1f} (theory 1), Pre-LN "
      f"{last['Pre-LN']:.2f} (theory {math.sqrt(3 / 33):.2f})")  # fmt: skip
print("first layer's gradient norm over the last one's, 64 blocks:")
print(f"  Post-LN {first_to_last['Post-LN', 64]:.1f}, Pre-LN "
      f"{first_to_last['Pre-LN', 64]:.1f}, "
      f"theory √(33/1.5) = {math.sqrt(33 / 1.5):.2f}")  # fmt: skip

# %% Plot
for (name, depth), g in norms.items():
    dash = {4: ":", 16: "--", 64: "-"}[depth]
    style = {"Post-LN": "C0o", "Pre-LN": "C1s"}[name] + dash
    plt.loglog(range(1, depth + 1), g, style, ms=4, markevery=depth // 4,
               label=f"{name}, {depth} blocks")  # fmt: skip
blocks = range(1, 65)
scale = float(norms["Pre-LN", 64][0]) * math.sqrt(1.5)
plt.loglog(blocks, [scale / math.sqrt(1 + l / 2) for l in blocks], "k-.",
           lw=1, label=r"$\propto (1 + l/2)^{-1/2}$")  # fmt: skip
plt.yticks([200, 400, 800], [200, 400, 800])
plt.minorticks_off()
plt.xlabel("block $l$")
plt.ylabel("gradient norm of its weights")
plt.legend(ncols=2, loc="lower right", bbox_to_anchor=(1, 1))
plt.show()
