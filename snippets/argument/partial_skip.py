"""The argument's skip, y₂ = w₂(y₁ + x): what it changes and what it leaves."""

import torch

torch.set_default_dtype(torch.float64)


def gradients(network, w1, w2, x=1.0):
    w1, w2 = (torch.tensor(w, requires_grad=True) for w in (w1, w2))
    found = torch.autograd.grad(network(w1, w2, x), (w1, w2))
    return [float(g) for g in found]


def plain(w1, w2, x):
    return w2 * (w1 * x)


def partial(w1, w2, x):  # the argument's network: x skips the first layer only
    y1 = w1 * x
    return w2 * (y1 + x)


def residual(w1, w2, x):  # both layers have their own skip
    y1 = x + w1 * x
    return y1 + w2 * y1


networks = {"plain": plain, "partial skip": partial, "residual": residual}
table, cancelled = {}, {}
for w1, rows in ((0.1, table), (-1.0, cancelled)):
    print(f"w₁ = {w1:4}, w₂ = 0.1   ∂y₂/∂w₁   ∂y₂/∂w₂")
    for name, network in networks.items():
        rows[name] = gradients(network, w1, 0.1)
        print(f"  {name:16s} {rows[name][0]:9.2f} {rows[name][1]:9.2f}")
