"""Where sigmoid and tanh are flat, in numbers."""

import matplotlib.pyplot as plt
import torch

torch.set_default_dtype(torch.float64)


def slope(phi, z):
    z = z.clone().requires_grad_()
    return torch.autograd.grad(phi(z).sum(), z)[0]


def edge(phi, level):
    """Smallest z > 0 at which the slope falls under `level`, by bisection."""
    low, high = torch.tensor(0.0), torch.tensor(20.0)
    for _ in range(60):
        middle = (low + high) / 2
        if slope(phi, middle) > level:
            low = middle
        else:
            high = middle
    return float(low)


peak = float(slope(torch.sigmoid, torch.tensor(0.0)))
sigmoid_at_4 = float(slope(torch.sigmoid, torch.tensor(4.0)))
sigmoid_edge = edge(torch.sigmoid, 0.01)
sigmoid_relative_edge = edge(torch.sigmoid, 0.01 * peak)
tanh_edge = edge(torch.tanh, 0.01)
print(f"sigmoid′(0) = {peak:.4f}, sigmoid′(4) = {sigmoid_at_4:.4f}")
print(f"sigmoid′ < 0.01 beyond |z| = {sigmoid_edge:.3f}")
print(f"sigmoid′ < 1 % of its peak beyond |z| = {sigmoid_relative_edge:.3f}")
print(f"tanh′    < 0.01 beyond |z| = {tanh_edge:.3f}")

# %% Plot
z = torch.linspace(-7, 7, 561)
plt.plot(z, slope(torch.tanh, z), color="C0")
plt.plot(z, slope(torch.sigmoid, z), "--", color="C1")
plt.plot([-4, 4], [sigmoid_at_4] * 2, "o", color="C1")
plt.text(1.1, 0.6, "tanh′", color="C0")
plt.text(2.2, 0.14, "sigmoid′", color="C1")
plt.text(4, 0.05, f"{sigmoid_at_4:.3f}", color="C1")
plt.xlabel("pre-activation $z$")
plt.ylabel("slope")
plt.show()
