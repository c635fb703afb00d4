"""Where sigmoid and tanh are flat, in numbers."""

import matplotlib.pyplot as plt
import torch

torch.set_default_dtype(torch.float64)


def slope(phi, x):
    x = x.clone().requires_grad_()
    return torch.autograd.grad(phi(x).sum(), x)[0]


def edge(phi, level):
    """Smallest x > 0 at which the slope falls under `level`, by bisection."""
    low, high = torch.tensor(0.0), torch.tensor(20.0)
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if slope(phi, middle) > level else (low, middle)
    return float(low)


sigmoid_peak = float(slope(torch.sigmoid, torch.tensor(0.0)))
sigmoid_at_4 = float(slope(torch.sigmoid, torch.tensor(4.0)))
sigmoid_edge = edge(torch.sigmoid, 0.01)
sigmoid_relative_edge = edge(torch.sigmoid, 0.01 * sigmoid_peak)
tanh_edge = edge(torch.tanh, 0.01)
print(f"sigmoid′(0) = {sigmoid_peak:.4f}, sigmoid′(4) = {sigmoid_at_4:.4f}")
print(
    f"sigmoid′ < 0.01 beyond |x| = {sigmoid_edge:.3f}; below 1 % of its peak beyond {sigmoid_relative_edge:.3f}"
)
print(f"tanh′    < 0.01 beyond |x| = {tanh_edge:.3f}")

# %% Plot
x = torch.linspace(-7, 7, 561)
plt.plot(x, slope(torch.tanh, x), label="tanh′")
plt.plot(x, slope(torch.sigmoid, x), "--", label="sigmoid′")
plt.plot([-4, 4], [sigmoid_at_4] * 2, "o", color="C1", label=f"sigmoid′(±4) = {sigmoid_at_4:.3f}")
plt.xlabel("pre-activation x")
plt.ylabel("slope")
plt.legend()
plt.show()
