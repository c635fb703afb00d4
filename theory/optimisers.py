"""What an optimiser makes of a gradient: Adam's first step and its reach in depth."""

from math import log

from torch import Tensor

from .gaussian import mean


def adam_first_step(ratio: float) -> float:
    """Mean size of Adam's first step in units of the rate, E[r|ξ|/(r|ξ| + 1)], for Gaussian gradients.

    The first step is η g/(|g| + ε), since the bias-corrected means are g and g². Gradients are N(0, (rε)²).

    Args:
        ratio: r > 0, root mean square of the gradient's components over ε.
    Returns:
        Mean of |ΔW|/η, dimensionless, between 0 and 1; about r√(2/π) for small r.
    Raises:
        ValueError: ratio not positive.
    Source: Kingma & Ba 2015, Algorithm 1, at t = 1; page “Would Adam fix it?”.
    """
    if ratio <= 0:
        raise ValueError(f"the ratio must be positive, not {ratio}")

    def share(xi: Tensor) -> Tensor:
        size = ratio * xi.abs()
        return size / (size + 1)

    return mean(share)


def adam_reach(gain: float, factor: float) -> float:
    """Layers over which a gradient falls by `factor`, if its square changes by χ per layer: 2 ln(factor)/(−ln χ).

    Args:
        gain: χ in (0, 1), gain of the squared gradient norm per layer.
        factor: root mean square of the gradient at the top over ε, or the ratio of two ε; above 1.
    Returns:
        Number of layers, a real number.
    Raises:
        ValueError: χ outside (0, 1).
    Source: page “Would Adam fix it?”.
    """
    if not 0 < gain < 1:
        raise ValueError(f"the gain must lie between 0 and 1, not {gain}")
    return 2 * log(factor) / -log(gain)
