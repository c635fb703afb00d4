"""The site's formulas, in float64. Claims name them as `theory`; no snippet may import them.

A network layer is z = W x + b, x' = φ(z), with independent W_ij ~ N(0, σ_w²/n) and b_i ~ N(0, σ_b²).
An activation is any function of a float64 tensor that torch can differentiate.
"""

from math import acos, acosh, atanh, cos, cosh, e, erfc, exp, floor, log, pi, prod, sin, sqrt  # noqa: F401  (for the claims)

import torch
from numpy.polynomial.legendre import leggauss
from scipy.optimize import brentq
from scipy.special import digamma, polygamma  # noqa: F401
from torch import sigmoid, tanh  # noqa: F401
from torch.nn.functional import elu, gelu, hardtanh, leaky_relu, mish, relu, selu, silu, softplus  # noqa: F401

# Panels of width 1/4 meet the kinks of every activation here; 16 nodes each integrate the smooth rest exactly.
_NODES, _WEIGHTS = (torch.from_numpy(a) for a in leggauss(16))
_LEFT = torch.arange(-14, 14, 0.25, dtype=torch.float64)
_Z = (_LEFT[:, None] + (1 + _NODES) / 8).flatten()
_W = (_WEIGHTS / 8).repeat(len(_LEFT)) * torch.exp(-(_Z**2) / 2) / sqrt(2 * pi)


def mean(f) -> float:
    """E[f(z)], z ~ N(0, 1), by composite Gauss–Legendre quadrature on [−14, 14]."""
    return float((_W * f(_Z)).sum())


def slope(phi):
    """φ′ as a function of a tensor, by automatic differentiation."""

    def derivative(z):
        z = z.detach().requires_grad_()
        return torch.autograd.grad(phi(z).sum(), z)[0]

    return derivative


def second_moment(phi, q: float = 1.0) -> float:
    """E[φ(√q z)²]."""
    return mean(lambda z: phi(sqrt(q) * z) ** 2)


def slope_moment(phi, q: float = 1.0) -> float:
    """E[φ′(√q z)²]."""
    return mean(lambda z: slope(phi)(sqrt(q) * z) ** 2)


def chi(phi, weight_variance: float, q: float) -> float:
    """Gain of the squared gradient norm per plain layer, χ = σ_w² E[φ′(√q z)²].

    Source: Schoenholz et al. 2017, "Deep Information Propagation", equation for χ₁.
    """
    return weight_variance * slope_moment(phi, q)


def fixed_point(
    phi, weight_variance: float, bias_variance: float = 0.0, start: float = 1.0, steps: int = 2000
) -> float:
    """Second moment q* of the pre-activations of a deep plain network: q ← σ_w² E[φ(√q z)²] + σ_b².

    Source: Poole et al. 2016, "Exponential expressivity in deep neural networks", equation 3.
    """
    q = start
    for _ in range(steps):
        new = weight_variance * second_moment(phi, q) + bias_variance
        if abs(new - q) <= 1e-14 * abs(q):
            break
        q = new
    return q


def batchnorm_gain(phi) -> float:
    """Squared-gradient gain of one linear → BatchNorm → φ layer at initialisation.

    χ_BN = E[φ′(z)²] / Var[φ(z)], z ~ N(0, 1), by quadrature.

    Args:
        phi: elementwise activation; takes and returns a float64 tensor of any shape.
    Returns:
        The gain, dimensionless; at least 1 (Gaussian Poincaré inequality).
    Raises:
        ValueError: φ is constant, so that its variance is 0.
    Source: Yang et al. 2019, "A Mean Field Theory of Batch Normalization".
    """
    variance = second_moment(phi) - mean(phi) ** 2
    if variance <= 1e-15:
        raise ValueError("φ is constant: BatchNorm's gain is undefined")
    return slope_moment(phi) / variance


def critical_weight_variance(phi, bias_variance: float = 0.0) -> float:
    """σ_w² at which χ₁ = 1 at the fixed point, for an activation with a single such value in [0.1, 1000].

    Source: Poole et al. 2016, the line between order and chaos.
    """
    return brentq(lambda v: chi(phi, v, fixed_point(phi, v, bias_variance)) - 1, 0.1, 1000)


def correlation_after(phi, weight_variance: float, bias_variance: float, depth: int, start: float = 0.0) -> float:
    """Correlation of two inputs' pre-activations after `depth` layers, both with second moment q*.

    c ← (σ_w² E[φ(z₁) φ(z₂)] + σ_b²)/q*, with (z₁, z₂) Gaussian of variance q* and correlation c.

    Source: Poole et al. 2016, equation 5.
    """
    q, c = fixed_point(phi, weight_variance, bias_variance), start
    for _ in range(depth):
        first = phi(sqrt(q) * _Z)
        second = phi(sqrt(q) * (c * _Z[:, None] + sqrt(max(1 - c * c, 0.0)) * _Z))
        c = (weight_variance * float(_W * first @ second @ _W) + bias_variance) / q
    return c


def relu_ended_stream(depth: int, alpha: float) -> float:
    """Second moment of a residual stream x ← x + α relu(W x) with He's weights, infinite width, from N(0, 1) inputs.

    With the stream's second moment q and mean m over the units: each branch has mean √(q/π) and second moment q, so
    q ← q + 2α m √(q/π) + α² q and m ← m + α √(q/π).

    Source: page “The forward price”; tends to cosh²(1/√π) for α = 1/L.
    """
    q, m = 1.0, 0.0
    for _ in range(depth):
        branch = sqrt(q / pi)
        q, m = q + 2 * alpha * m * branch + alpha**2 * q, m + alpha * branch
    return q


def relu_gradient_correlation(depth: int, skip: bool = False, start: int = 0) -> float:
    """Correlation of the gradients of two orthogonal inputs at layer `start` of a He-ReLU network.

    Product of 2 P(z₁ > 0, z₂ > 0) = 1 − arccos(c)/π over the layers, while the inputs' cosine follows
    c ← (sin θ + (π − θ) cos θ)/π with θ = arccos c. With a skip, each is averaged with what passes unchanged.

    Source: Cho & Saul 2009, the arc-cosine kernels of degree 0 and 1; Balduzzi et al. 2017 idealise c as 0.
    """
    c, total = 0.0, 1.0
    for layer in range(depth):
        angle = acos(min(c, 1.0))
        slope, value = 1 - angle / pi, (sin(angle) + (pi - angle) * cos(angle)) / pi
        if layer >= start:
            total *= (1 + slope) / 2 if skip else slope
        c = (c + value) / 2 if skip else value
    return total
