"""Singular values of a deep network's Jacobian: orthogonal weights keep them
all at one, Gaussian weights do not, and with ReLU half of them are zero."""

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
width, depth = 200, 20


def gaussian():
    return torch.randn(width, width) / width**0.5


def orthogonal():
    return torch.nn.init.orthogonal_(torch.empty(width, width))


def jacobian(draw, phi, gain=1.0):
    """∂x_L/∂x_0 = Π diag(φ′(z)) W, and each layer's number of open units."""
    x, J, open_units = 0.1 * torch.randn(width), torch.eye(width), []
    for _ in range(depth):
        W = gain * draw()
        z = (W @ x).requires_grad_()
        (slope,) = torch.autograd.grad(phi(z).sum(), z)
        x, J = phi(z).detach(), slope[:, None] * (W @ J)
        open_units.append(int((slope != 0).sum()))
    return J, open_units


jacobians = {
    "linear, Gaussian": jacobian(gaussian, lambda z: z * 1)[0],
    "linear, orthogonal": jacobian(orthogonal, lambda z: z * 1)[0],
    "tanh, orthogonal": jacobian(orthogonal, torch.tanh)[0],
}
J, open_units = jacobian(orthogonal, torch.relu, gain=2**0.5)
jacobians["ReLU, orthogonal × √2"] = J
spectra = {name: torch.linalg.svdvals(J) for name, J in jacobians.items()}
print("network                  largest   median")
for name, values in spectra.items():
    print(f"{name:22s} {values[0]:9.1f} {values.median():8.1f}")

drift = float((spectra["linear, orthogonal"] - 1).abs().max())
gaussian_largest = spectra["linear, Gaussian"][0].item()
mean_square = spectra["linear, Gaussian"].square().mean().item()
# The rank of a product is at most the least rank of its factors.
relu_zero_share = 1 - min(open_units) / width
relu = spectra["ReLU, orthogonal × √2"]
rounding_share = float((relu < 1e-13).double().mean())
print(f"ReLU: rank at most {min(open_units)} of {width}")
print("as many zeros by svd:", abs(rounding_share - relu_zero_share) < 1e-9)

# %% Plot
for i, (name, values) in enumerate(spectra.items()):
    plt.semilogy(values.clamp_min(1e-8), ["-", "--", "-.", ":"][i], label=name)
plt.ylim(1e-6, 1e4)
plt.xlabel("index, from largest to smallest")
plt.ylabel("singular value of the Jacobian")
plt.legend(loc="upper right")
plt.show()
