"""LayerNorm's Jacobian: two directions are lost, all others are divided by the standard deviation."""

import matplotlib.pyplot as plt
import torch
from torch.nn import functional as F

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
n, std = 32, 5.0
x = 2 + std * torch.randn(n)
eps = 1e-12

layer_norm = torch.autograd.functional.jacobian(lambda t: F.layer_norm(t, (n,), eps=eps), x)
rms_norm = torch.autograd.functional.jacobian(lambda t: F.rms_norm(t, (n,), eps=eps), x)
normalised = (x - x.mean()) / x.std(correction=0)
by_hand = (torch.eye(n) - 1 / n - torch.outer(normalised, normalised) / n) / x.std(correction=0)
error = float((layer_norm - by_hand).abs().max())

values = torch.linalg.svdvals(layer_norm) * x.std(correction=0)
rms_values = torch.linalg.svdvals(rms_norm) * x.square().mean().sqrt()
layer_null = int((values < 1e-6).sum())
rms_null = int((rms_values < 1e-6).sum())
others = float((values[:-2] - 1).abs().max())
print(f"formula agrees with autograd to 1e-12: {error < 1e-12}")
print(
    f"LayerNorm: {layer_null} null directions, the other singular values are 1/std to 1e-12: {others < 1e-12}"
)
print(f"RMSNorm:   {rms_null} null direction")
lost_shift = float((layer_norm @ torch.ones(n)).norm())
lost_scale = float((layer_norm @ (x - x.mean())).norm())
print(f"lost: a common shift ({lost_shift < 1e-10}) and the deviation itself ({lost_scale < 1e-8})")

# %% Plot
plt.plot(values, "o-", label="LayerNorm, times the standard deviation")
plt.plot(rms_values, "s--", label="RMSNorm, times the root mean square")
plt.xlabel("index, from largest to smallest")
plt.ylabel("singular value of the Jacobian")
plt.legend(loc="lower left")
plt.show()
