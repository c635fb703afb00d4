"""Two inputs through one plain network: how alike they become."""

from math import sqrt

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
