"""One layer: the gradient's factor over the signal's is k²/(2k − 1)."""

import matplotlib.pyplot as plt
import torch
from torch.nn import functional as F

torch.manual_seed(0)
n, hidden, batch, draws = 64, 1024, 32, 8


def relative_gain(f, scale=1.0, sparse=False):
    """‖Jᵀv‖²/‖v‖² over (second moment out / second moment in)."""
    forward = backward = along = 0
    for _ in range(draws):
        W, V = torch.randn(2, hidden, n) / n**0.5
        x = torch.randn(batch, n)
        if sparse:  # one weight ±1 a row, inputs ±1: z = ±1, not Gaussian
            x = x.sign()
            W = W.sign() * F.one_hot(torch.randint(n, (hidden,)), n)
        x = scale * n**0.5 * F.normalize(x)
        x.requires_grad_()
        y, v = f(x @ W.T, x @ V.T), torch.randn(batch, hidden)
        (g,) = torch.autograd.grad(y, x, v, retain_graph=True)
        (g_y,) = torch.autograd.grad(y, x, y.detach())  # Jᵀy
        x, y = x.detach(), y.detach()
        forward += y.square().mean() / x.square().mean()
        backward += g.square().sum() / v.square().sum()
        along += float((x * g_y).sum() / y.square().sum()) / draws
    return float(backward / forward), along


degrees = [1, 1.25, 1.5, 2, 2.5, 3]
power = {k: relative_gain(lambda u, w, k=k: F.relu(u) ** k)[0]
         for k in degrees}  # fmt: skip
swiglu = {s: relative_gain(lambda u, w: F.silu(u) * w, s)[0]
          for s in (0.1, 1, 10)}  # fmt: skip
tied = relative_gain(lambda u, w: F.relu(u) * u)[0]
sparse = relative_gain(lambda u, w: F.relu(u) ** 2, sparse=True)[0]
sigmoid = relative_gain(lambda u, w: torch.sigmoid(u))[0]
torch.set_default_dtype(torch.float64)  # Jx = 2y to rounding
reglu = {s: relative_gain(lambda u, w: F.relu(u) * w, s) for s in (0.1, 10)}
print(f"relu²: {power[2]:.1f}; with one weight a row: {sparse:.1f}")
print(f"relu(Wx)·Vx: {reglu[10][0]:.1f}; with V = W: {tied:.1f}")
print(f"Jacobian along x, ReGLU: {reglu[10][1]:.2f}")

# %% Plot
k = torch.linspace(0.8, 3.1, 100)
plt.plot(k, k**2 / (2 * k - 1), "-", label="k²/(2k − 1)")
plt.plot(k, k**2, "--", label="k², along x")
plt.plot(degrees, list(power.values()), "o", label="relu(Wx)ᵏ, measured")
plt.plot(2, sparse, "s", label="k = 2, one weight a row")
plt.xlabel("degree k")
plt.ylabel("gain of the squared gradient, relative")
plt.legend()
plt.show()
