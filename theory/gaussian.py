"""Means over a standard normal ξ, by composite Gauss–Legendre quadrature in float64."""

from collections.abc import Callable
from math import pi, sqrt

import torch
from numpy.polynomial.legendre import leggauss
from torch import Tensor

Activation = Callable[[Tensor], Tensor]
"""An elementwise function: takes a float64 tensor of any shape, returns one of the same shape, by operations that
torch can differentiate."""

# Panels of width 1/4 meet the kinks of every activation here; 16 nodes each integrate the smooth rest exactly.
_NODES, _WEIGHTS = (torch.from_numpy(array) for array in leggauss(16))
_LEFT = torch.arange(-14, 14, 0.25, dtype=torch.float64)
_XI = (_LEFT[:, None] + (1 + _NODES) / 8).flatten()
_WEIGHT = (_WEIGHTS / 8).repeat(len(_LEFT)) * torch.exp(-(_XI**2) / 2) / sqrt(2 * pi)


def mean(f: Activation) -> float:
    """E[f(ξ)], ξ ~ N(0, 1), by quadrature on [−14, 14].

    Args:
        f: smooth between the multiples of 1/4, where it may have kinks and jumps; there the relative error is about
            1e-14. A kink elsewhere costs about 1e-4 of the change of slope, a jump elsewhere 1e-2 of its height.
            Of no faster growth than a polynomial or exp(5 |ξ|).
    Returns:
        The mean, in units of f.
    Source: Gauss–Legendre rule with 16 nodes a panel; its nodes from NumPy.
    """
    return float((_WEIGHT * f(_XI)).sum())


def pair_mean(f: Activation, g: Activation, correlation: float) -> float:
    """E[f(ξ₁) g(ξ₂)] for standard normal ξ₁, ξ₂ with E[ξ₁ξ₂] = c, by quadrature over both.

    Args:
        f: as in `mean`.
        g: as in `mean`, but kinks anywhere cost accuracy: their place in the second integral moves with ξ₁.
        correlation: c, dimensionless, in [−1, 1].
    Returns:
        The mean, in units of f times units of g.
    Raises:
        ValueError: c lies outside [−1, 1].
    Source: ξ₂ = c ξ₁ + √(1 − c²) ξ, with ξ independent of ξ₁.
    """
    if not -1 <= correlation <= 1:
        raise ValueError(f"a correlation of {correlation}")
    second = g(correlation * _XI[:, None] + sqrt(1 - correlation**2) * _XI)
    return float(_WEIGHT * f(_XI) @ second @ _WEIGHT)


def slope(phi: Activation) -> Activation:
    """φ′ as a function of a tensor, by automatic differentiation.

    Args:
        phi: activation.
    Returns:
        Its slope, units of φ per unit of z; takes and returns a float64 tensor of any shape. At a kink it is what torch
        chooses (0 for ReLU at 0); a jump is not seen.
    Source: torch.autograd.
    """

    def derivative(z: Tensor) -> Tensor:
        z = z.detach().requires_grad_()
        return torch.autograd.grad(phi(z).sum(), z)[0]

    return derivative


def second_moment(phi: Activation, q: float = 1.0) -> float:
    """E[φ(√q ξ)²], the second moment of an activation.

    Args:
        phi: activation; for q ≠ 1 kinks at 0 alone keep `mean`'s full accuracy.
        q: second moment of the pre-activation, squared units of z.
    Returns:
        The second moment, squared units of φ.
    Raises:
        ValueError: q is negative.
    Source: definition.
    """
    root = sqrt(q)
    return mean(lambda xi: phi(root * xi) ** 2)


def slope_moment(phi: Activation, q: float = 1.0) -> float:
    """E[φ′(√q ξ)²], the second moment of an activation's slope.

    Args:
        phi: activation; for q ≠ 1 kinks at 0 alone keep `mean`'s full accuracy.
        q: second moment of the pre-activation, squared units of z.
    Returns:
        The second moment, squared units of φ per squared unit of z.
    Raises:
        ValueError: q is negative.
    Source: definition.
    """
    root, derivative = sqrt(q), slope(phi)
    return mean(lambda xi: derivative(root * xi) ** 2)
