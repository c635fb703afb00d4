"""The interview's skip, y₂ = w₂(y₁ + x): what it changes, what it leaves, and the skip that does help."""

import torch

torch.set_default_dtype(torch.float64)


def gradients(network, w1, w2, x=1.0):
    w1, w2 = (torch.tensor(w, requires_grad=True) for w in (w1, w2))
    return [float(g) for g in torch.autograd.grad(network(w1, w2, x), (w1, w2))]


def plain(w1, w2, x):
    return w2 * (w1 * x)


def partial(w1, w2, x):  # the argument's network: x skips the first layer only
    y1 = w1 * x
    return w2 * (y1 + x)


def residual(w1, w2, x):  # both layers have their own skip
    y1 = x + w1 * x
    return y1 + w2 * y1


networks = {"plain": plain, "partial skip": partial, "residual": residual}
table = {name: gradients(network, 0.1, 0.1) for name, network in networks.items()}
print("w₁ = w₂ = 0.1      ∂y₂/∂w₁   ∂y₂/∂w₂")
for name, (first, second) in table.items():
    print(f"{name:16s} {first:9.2f} {second:9.2f}")

cancelled = gradients(partial, -1.0, 0.1)[1]
print(
    f"partial skip with w₁ = −1: ∂y₂/∂w₂ = {cancelled:.2f}: the skip can cancel the gradient it should save"
)
