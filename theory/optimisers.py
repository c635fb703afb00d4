"""What an optimiser makes of a gradient: Adam's first step, its reach in depth, its step after zeros."""

from math import log, sqrt

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


def adam_after_zeros(step: int, beta1: float = 0.9, beta2: float = 0.999) -> float:
    """Size of Adam's step t in units of the rate, if the gradients of all steps before it were 0.

    (1 − β₁)|g|/(1 − β₁ᵗ) over √((1 − β₂)g²/(1 − β₂ᵗ)), with ε = 0: the gradient drops out.

    Args:
        step: t ≥ 1; 1 is the first step of all.
        beta1: β₁, of the mean. beta2: β₂, of the mean square; both in [0, 1).
    Returns:
        |ΔW|/η, dimensionless: 1 at t = 1, √(1 + β₂)/(1 + β₁) at t = 2, (1 − β₁)/√(1 − β₂) for t → ∞.
    Raises:
        ValueError: step below 1.
    Source: Kingma & Ba 2015, Algorithm 1; page “Fine-tuning and adversaries”.
    """
    if step < 1:
        raise ValueError(f"the first step is 1, not {step}")
    return (1 - beta1) / (1 - beta1**step) * sqrt((1 - beta2**step) / (1 - beta2))
