"""LayerNorm's Jacobian: two directions are lost, all others are divided by the
standard deviation; and what that means in a plain network."""

import math

import matplotlib.pyplot as plt
import torch
from torch.nn import functional as F

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
n = 32
x = 2 + 5 * torch.randn(n)
std, rms = x.std(correction=0), x.square().mean().sqrt()

jacobian = torch.autograd.functional.jacobian
layer_norm = jacobian(lambda t: F.layer_norm(t, (n,), eps=1e-12), x)
rms_norm = jacobian(lambda t: F.rms_norm(t, (n,), eps=1e-12), x)
x_hat = (x - x.mean()) / std
by_hand = (torch.eye(n) - 1 / n - torch.outer(x_hat, x_hat) / n) / std
error = float((layer_norm - by_hand).abs().max())

values = torch.linalg.svdvals(layer_norm) * std
rms_values = torch.linalg.svdvals(rms_norm) * rms
layer_null = int((values < 1e-6).sum())
rms_null = int((rms_values < 1e-6).sum())
others = float((values[:-2] - 1).abs().max())
print(
    f"LayerNorm: {layer_null} null directions, formula right: {error < 1e-12}"
)
print(f"RMSNorm:   {rms_null} null direction")

width, depth, log_total = 512, 10, {}
for name, phi in (("ReLU", torch.relu), ("sigmoid", torch.sigmoid)):
    states = [torch.randn(64, width, requires_grad=True)]
    for _ in range(depth):
        z = states[-1] @ torch.randn(width, width)  # its scale cancels
        states.append(phi(F.layer_norm(z, (width,))))
    v = torch.randn(64, width)
    gradients = torch.autograd.grad(states[-1], states[1:], v)
    log_total[name] = 2 * math.log(gradients[0].norm() / v.norm())
    gain = math.exp(log_total[name] / (depth - 1))
    print(f"plain LayerNorm network, {name}: gain {gain:.2f} per layer")

# %% Plot
plt.plot(values, "o-", label="LayerNorm × std")
plt.plot(rms_values, "s--", label="RMSNorm × rms")
plt.xlabel("index, from largest to smallest")
plt.ylabel("singular value of the Jacobian")
plt.legend(loc="lower left")
plt.show()
