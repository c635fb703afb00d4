"""Two inputs through one plain network: how alike they become."""

from math import inf, log, sqrt

from scipy.optimize import brentq

from .gaussian import Activation, pair_mean, slope, slope_moment
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
    for _ in range(depth):
        c = _after_one(phi, weight_variance, bias_variance, q, c)
    return c


def _after_one(phi: Activation, weight_variance: float, bias_variance: float, q: float, c: float) -> float:
    root = sqrt(q)
    both = pair_mean(lambda xi: phi(root * xi), lambda xi: phi(root * xi), c)
    return max(-1.0, min((weight_variance * both + bias_variance) / q, 1.0))  # rounding may pass 1 by an ulp


def correlation_scale(phi: Activation, weight_variance: float, bias_variance: float) -> float:
    """Depth ξ_c over which two inputs' correlation comes e times nearer to its fixed point c*.

    1/ξ_c = −ln(σ_w² E[φ′(z₁) φ′(z₂)]) at c*, which is 1 in the ordered phase and below 1 in the chaotic one.

    Args:
        phi: activation with a fixed point 0 < q* < ∞.
        weight_variance: σ_w² = n Var W_ij, dimensionless.
        bias_variance: σ_b², squared units of z.
    Returns:
        The depth scale, in layers; ∞ where the slope at 1 is within 1e-3 of 1, the critical line.
    Raises:
        ValueError: in chaos, where no c* is found between 0 and 0.999.
    Source: Schoenholz et al. 2017, "Deep Information Propagation".
    """
    q, derivative = fixed_point(phi, weight_variance, bias_variance), slope(phi)
    root, gain = sqrt(q), weight_variance * slope_moment(phi, q)
    if abs(gain - 1) < 1e-3:
        return inf
    if gain > 1:
        c = brentq(lambda c: _after_one(phi, weight_variance, bias_variance, q, c) - c, 0.0, 0.999)
        gain = weight_variance * pair_mean(lambda xi: derivative(root * xi), lambda xi: derivative(root * xi), c)
    return -1 / log(gain)
