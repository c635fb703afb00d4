"""Two inputs through one plain network: how alike they become, and how alike their gradients."""

from math import acos, pi, sin, sqrt

from .gaussian import Activation, pair_mean
from .plain import fixed_point


def correlation_after(
    phi: Activation, weight_variance: float, bias_variance: float, depth: int, start: float = 0.0
) -> float:
    """Correlation of two inputs' pre-activations after `depth` layers, both with second moment q*.

    c ← (σ_w² E[φ(z₁) φ(z₂)] + σ_b²)/q*, with (z₁, z₂) Gaussian of variance q* and correlation c.

    Args:
        phi: activation with a fixed point 0 < q* < ∞ (not ReLU, whose q* is arbitrary at σ_w² = 2 and else 0 or ∞).
        weight_variance: σ_w² = n Var W_ij, dimensionless.
        bias_variance: σ_b², squared units of z.
        depth: number of layers.
        start: correlation at the first layer, in [−1, 1].
    Returns:
        The correlation, dimensionless, in [−1, 1].
    Raises:
        ValueError: `start` lies outside [−1, 1].
        ZeroDivisionError: q* is 0.
    Source: Poole et al. 2016, "Exponential expressivity in deep neural networks", equation 5.
    """
    q, c = fixed_point(phi, weight_variance, bias_variance), start
    root = sqrt(q)
    for _ in range(depth):
        both = pair_mean(lambda xi: phi(root * xi), lambda xi: phi(root * xi), c)
        c = max(-1.0, min((weight_variance * both + bias_variance) / q, 1.0))  # rounding may pass 1 by an ulp
    return c


def relu_gradient_correlation(depth: int, skip: bool = False, start: int = 0) -> float:
    """Correlation of the gradients of two orthogonal inputs at layer `start` of a He-ReLU network.

    Product of 2 P(z₁ > 0, z₂ > 0) = 1 − arccos(c)/π over the layers, while the inputs' cosine follows
    c ← (sin θ + (π − θ) cos θ)/π with θ = arccos c. With a skip, each is averaged with what passes unchanged.

    Args:
        depth: number of layers.
        skip: whether each layer is a residual block x + W relu(x).
        start: the layer whose input the gradients are taken at.
    Returns:
        The correlation, dimensionless, in [0, 1].
    Source: Cho & Saul 2009, the arc-cosine kernels of degree 0 and 1; Balduzzi et al. 2017 idealise c as 0.
    """
    c, total = 0.0, 1.0
    for layer in range(depth):
        angle = acos(min(c, 1.0))
        slopes, values = 1 - angle / pi, (sin(angle) + (pi - angle) * c) / pi
        if layer >= start:
            total *= (1 + slopes) / 2 if skip else slopes
        c = (c + values) / 2 if skip else values
    return total
