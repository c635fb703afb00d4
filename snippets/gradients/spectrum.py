"""Random matrix products become ill-conditioned, orthogonal ones do not."""

import math

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)


def exponents(draw, n, depth):
    """Log growth of each direction per matrix, re-orthogonalised each time."""
    frame, total = torch.eye(n), torch.zeros(n)
    for _ in range(depth):
        frame, stretch = torch.linalg.qr(draw(n) @ frame)
        total += stretch.diagonal().abs().log()
    return total / depth


def gauss(n):
    return torch.randn(n, n) / math.sqrt(n)


gaussian = exponents(gauss, 8, 4000)
wide = exponents(gauss, 64, 300)
orthogonal = exponents(lambda n: torch.linalg.qr(torch.randn(n, n))[0], 8, 1000)

k = torch.arange(1, 9)
exact = (torch.digamma((9 - k) / 2) + math.log(2 / 8)) / 2
condition_growth = float((gaussian[0] - gaussian[-1]).exp())
condition_growth_64 = float((wide[0] - wide[-1]).exp())
largest_drift = float(orthogonal.abs().max())
print("direction  measured   exact")
for i in range(8):
    print(f"{i + 1:9d} {gaussian[i]:9.2f} {exact[i]:7.2f}")
print(f"condition number per matrix, width 8:  × {condition_growth:.1f}")
print(f"condition number per matrix, width 64: × {condition_growth_64:.0f}")
print(f"orthogonal, drift below 1e-13: {largest_drift < 1e-13}")

# %% Plot
plt.plot(k, exact, color="C0", label="Gaussian, exact")
plt.plot(k, gaussian, "o", color="C0", label="Gaussian, measured")
plt.plot(k, orthogonal, "s", color="C2", label="orthogonal, measured")
plt.xlabel("direction, from most to least stretched")
plt.ylabel("log growth per matrix")
plt.legend()
plt.show()
