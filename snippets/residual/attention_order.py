"""Transformer layers at initialisation: the gradient along 24 blocks."""

import matplotlib.pyplot as plt
import torch
from torch import nn

torch.manual_seed(0)
width, depth, batch, tokens = 64, 24, 8, 16


def gradient_norms(pre):
    layers = [nn.TransformerEncoderLayer(width, 4, 128, dropout=0.0,
                                         batch_first=True, norm_first=pre)
              for _ in range(depth)]  # fmt: skip
    final = nn.LayerNorm(width) if pre else nn.Identity()
    states = [torch.randn(batch, tokens, width, requires_grad=True)]
    for layer in layers:
        states.append(layer(states[-1]))
    out = final(states[-1])
    gradients = torch.autograd.grad(out, states, torch.randn(out.shape))
    return [float(g.norm() / gradients[-1].norm()) for g in gradients]


norms = {"Post-LN": gradient_norms(False), "Pre-LN": gradient_norms(True)}
for name, values in norms.items():
    print(f"{name:7s} gradient norm at the input over that at the end: "
          f"{values[0]:.1f}")  # fmt: skip

# %% Plot
for (name, values), style in zip(norms.items(), ["o-", "s--"]):
    plt.semilogy(values, style, ms=4, label=name)
plt.yticks([0.5, 1, 2, 4], [0.5, 1, 2, 4])
plt.minorticks_off()
plt.xlabel("layer (0 is the input)")
plt.ylabel("gradient norm, last = 1")
plt.legend()
plt.show()
