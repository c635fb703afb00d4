"""Products of random matrices become ill-conditioned exponentially fast; orthogonal ones never do."""

import math

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
n, depth = 8, 4000


def exponents(draw):
    """Lyapunov exponents: growth of each direction per layer, re-orthogonalised so that none is lost."""
    frame, total = torch.eye(n), torch.zeros(n)
    for _ in range(depth):
        frame, stretch = torch.linalg.qr(draw() @ frame)
        total += stretch.diagonal().abs().log()
    return total / depth


gaussian = exponents(lambda: torch.randn(n, n) / math.sqrt(n))
orthogonal = exponents(lambda: torch.linalg.qr(torch.randn(n, n))[0])

k = torch.arange(1, n + 1)
exact = (torch.digamma((n - k + 1) / 2) + math.log(2 / n)) / 2
condition_growth = float((gaussian[0] - gaussian[-1]).exp())
largest_drift = float(orthogonal.abs().max())
print("direction  measured   exact")
for i in range(n):
    print(f"{i + 1:9d} {gaussian[i]:9.2f} {exact[i]:7.2f}")
print(f"condition number grows {condition_growth:.1f} times per layer")
print(f"orthogonal matrices: drift below 1e-12: {largest_drift < 1e-12}")

# %% Plot
plt.plot(k, exact, color="C0", label="Gaussian, exact")
plt.plot(k, gaussian, "o", color="C0", label="Gaussian, measured")
plt.plot(k, orthogonal, "s", color="C2", label="orthogonal, measured")
plt.xlabel("direction, from most to least stretched")
plt.ylabel("log growth per layer")
plt.legend()
plt.show()
