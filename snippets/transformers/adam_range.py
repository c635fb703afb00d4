"""Adam's first step against the gradient's size, in float32, for three ε."""

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
rate = 1e-3
sizes = torch.logspace(-30, 0, 61)  # one gradient per parameter


def steps(epsilon, dtype=torch.float32):
    """Length of the first step over the rate, from torch's own Adam."""
    w = torch.zeros(len(sizes), dtype=dtype, requires_grad=True)
    w.grad = sizes.to(dtype)
    torch.optim.Adam([w], lr=rate, eps=epsilon).step()
    return (-w.detach() / rate).double()


def at(curve, exponent):
    return float(curve[2 * (exponent + 30)])


curves = {epsilon: steps(epsilon) for epsilon in [1e-8, 1e-16, 1e-30]}
double = steps(1e-30, torch.float64)
dead = torch.zeros(1, requires_grad=True)
dead.grad = torch.zeros(1)
torch.optim.Adam([dead], lr=rate, eps=1e-30).step()
print("Step over rate, float32:")
for epsilon, curve in curves.items():
    at_sizes = [f"{at(curve, e):.1g} at g = 1e{e}" for e in [-8, -16, -24]]
    print(f"ε = {epsilon:.0e}: " + ", ".join(at_sizes))
print(f"ε = 1e-30 in float64: {at(double, -24):.1g} at g = 1e-24")
print(f"g = 0: {dead.item():.0f}")

# %% Plot
for i, (epsilon, curve) in enumerate(curves.items()):
    plt.loglog(
        sizes,
        curve,
        ["-", "--", "-."][i],
        label=rf"$ε = 10^{{{int(f'{epsilon:.0e}'[2:])}}}$",
    )
plt.xlabel("size of the gradient |g|")
plt.ylabel("first step / rate")
plt.legend()
plt.show()
