"""Clipping by norm keeps a gradient's direction; clipping by value does not."""

import matplotlib.pyplot as plt
import torch
from torch import nn

torch.manual_seed(0)
size = 1_000_000
g = torch.randn(size, dtype=torch.float64)  # components of standard deviation 1


def cosine_after(clip, threshold):
    """Cosine of the clipped gradient with the true one."""
    parameter = nn.Parameter(torch.zeros_like(g))
    parameter.grad = g.clone()
    clip([parameter], threshold)
    return float(torch.cosine_similarity(parameter.grad, g, dim=0))


limits = [0.01, 0.1, 0.3, 1, 3]
value, norm = nn.utils.clip_grad_value_, nn.utils.clip_grad_norm_
by_value = {c: cosine_after(value, c) for c in limits}
by_norm = {c: cosine_after(norm, c * size**0.5) for c in limits}
print("cosine with the true gradient")
for c in limits:
    norm_c, value_c = by_norm[c], by_value[c]
    print(f"threshold {c:4}: by norm {norm_c:.3f}, by value {value_c:.3f}")

# %% Plot
label = r"sign of the gradient: $(2/\pi)^{1/2}$"
plt.semilogx(limits, list(by_norm.values()), "o-", label="by norm")
plt.semilogx(limits, list(by_value.values()), "s--", label="by value")
plt.axhline((2 / torch.pi) ** 0.5, color="k", ls=":", lw=1, label=label)
plt.xlabel("threshold / std of a component")
plt.ylabel("cosine with the true gradient")
plt.legend(loc="lower right", bbox_to_anchor=(1, 1))
plt.show()
