"""Twenty convolutions in a row: which start keeps all singular values at 1?
An orthogonal matrix at the kernel's centre does; orthogonal_ does not."""

import torch
from torch.nn import functional as F

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
channels, side, depth = 8, 6, 20
size = channels * side**2


def delta_orthogonal():
    kernel = torch.zeros(channels, channels, 3, 3)
    torch.nn.init.orthogonal_(kernel[:, :, 1, 1])
    return kernel


def flattened():  # what torch does: orthonormal rows of length 8 · 9
    return torch.nn.init.orthogonal_(torch.empty(channels, channels, 3, 3))


def gaussian():  # variance 1 / fan-in
    return torch.randn(channels, channels, 3, 3) / (9 * channels) ** 0.5


def singular_values(draw):
    """Those of the product of all layers, from the images of a basis."""
    x = torch.eye(size).reshape(size, channels, side, side)
    for _ in range(depth):
        x = F.conv2d(F.pad(x, (1, 1, 1, 1), mode="circular"), draw())
    return torch.linalg.svdvals(x.reshape(size, size))


kernels = {
    "delta-orthogonal": delta_orthogonal,
    "orthogonal_": flattened,
    "Gaussian": gaussian,
}
spectra = {name: singular_values(draw) for name, draw in kernels.items()}
print("kernel            largest   smallest singular value")
for name, values in spectra.items():
    print(f"{name:16s} {values[0]:8.1f} {values[-1]:10.1g}")
drift = float((spectra["delta-orthogonal"] - 1).abs().max())
