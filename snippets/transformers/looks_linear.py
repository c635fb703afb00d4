"""Twenty layers of mirrored weights: linear at the start, and what bends it."""

import torch
from torch.nn import functional as F

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
width, depth = 64, 20


def network(phi, mirrored=True, gaussian=False):
    """Distance from the linear map (relative), and singular values."""
    draws = torch.randn(2, depth, width, width)
    R, other = draws if gaussian else torch.linalg.qr(draws).Q
    if gaussian:
        R = R / width**0.5
    other = R if mirrored else other

    def f(x):
        for A, B in zip(R, other):
            x = A @ phi(x) - B @ phi(-x)
        return x

    x = linear = torch.randn(width)
    for A in R:
        linear = A @ linear
    J = torch.autograd.functional.jacobian(f, x)
    off = (f(x) - linear).norm() / linear.norm()
    return float(off), torch.linalg.svdvals(J)


smooth = [F.relu, F.gelu, F.silu, F.softplus]
starts = [network(phi) for phi in smooth]
off = max(o for o, _ in starts)
isometry = max(float((s - 1).abs().max()) for _, s in starts)
elu, unmirrored = network(F.elu)[0], network(F.relu, mirrored=False)[0]
largest = float(network(F.relu, gaussian=True)[1].max())
print(f"ReLU, GELU, SiLU, softplus: linear to {off:.0e}, "
      f"singular values 1 to {isometry:.0e}")  # fmt: skip
print(f"ELU: off by {elu:.1f}; halves drawn apart: off by {unmirrored:.1f}")
print(f"Gaussian: largest singular value about {round(largest)}")
