"""Singular values of a deep network's Jacobian: orthogonal weights keep them all at one, but not through ReLU."""

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
width, depth = 200, 20


def gaussian():
    return torch.randn(width, width) / width**0.5


def orthogonal():
    return torch.nn.init.orthogonal_(torch.empty(width, width))


def singular_values(draw, phi, gain=1.0):
    """Singular values of ∂x_L/∂x_0 = Π diag(φ′(z)) W, largest first."""
    x, jacobian = 0.1 * torch.randn(width), torch.eye(width)
    for _ in range(depth):
        W = gain * draw()
        z = (W @ x).requires_grad_()
        (slope,) = torch.autograd.grad(phi(z).sum(), z)
        x, jacobian = phi(z).detach(), slope[:, None] * (W @ jacobian)
    return torch.linalg.svdvals(jacobian)


spectra = {
    "linear, Gaussian": singular_values(gaussian, lambda z: z * 1),
    "linear, orthogonal": singular_values(orthogonal, lambda z: z * 1),
    "tanh, orthogonal": singular_values(orthogonal, torch.tanh),
    "ReLU, orthogonal × √2": singular_values(orthogonal, torch.relu, gain=2**0.5),
}
print("network                  largest   median   smallest")
for name, values in spectra.items():
    print(f"{name:22s} {values[0]:9.2f} {values.median():8.2f} {values[-1]:10.0e}")

linear_drift = float((spectra["linear, orthogonal"] - 1).abs().max())
relu = spectra["ReLU, orthogonal × √2"]
relu_zero_share = float((relu < 1e-8).double().mean())
print(f"ReLU: {relu_zero_share:.0%} of the singular values are zero")

# %% Plot
for i, (name, values) in enumerate(spectra.items()):
    plt.semilogy(values.clamp_min(1e-8), ["-", "--", "-.", ":"][i], label=name)
plt.ylim(1e-6, 100)
plt.xlabel("index, from largest to smallest")
plt.ylabel("singular value of the Jacobian")
plt.legend(loc="lower left")
plt.show()
