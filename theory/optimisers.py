"""What an optimiser makes of a gradient: Adam's first step, its reach in depth, its longest step, a spike."""

from math import fsum, log, sqrt

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


def _check(step: int, beta1: float, beta2: float) -> None:
    if step < 1 or not 0 <= beta1 < 1 or not 0 < beta2 < 1:
        raise ValueError(f"a step from 1 and betas in [0, 1) and (0, 1) are needed, not {step}, {beta1}, {beta2}")


def adam_bound(step: int, beta1: float = 0.9, beta2: float = 0.999) -> float:
    """Longest possible step of Adam for one weight, in units of the rate, over all sequences of gradients, ε = 0.

    |m̂_t|/√v̂_t ≤ (1 − β₁)/(1 − β₁^t) · √((1 − β₂^t)/(1 − β₂)) · √(Σ_{i<t} (β₁²/β₂)^i), by Cauchy and Schwarz; equal
    for g_{t−i} ∝ (β₁/β₂)^i. For β₁² < β₂ it tends to (1 − β₁)/√((1 − β₂)(1 − β₁²/β₂)).

    Args:
        step: t, the number of steps so far, this one included.
        beta1, beta2: Adam's decay rates, in [0, 1) and (0, 1).
    Returns:
        The bound, dimensionless; 1 at t = 1.
    Raises:
        ValueError: step below 1 or a decay rate outside its interval.
    Source: page “Watching a run”.
    """
    _check(step, beta1, beta2)
    mean_part = (1 - beta1) / (1 - beta1**step)
    square_part = sqrt((1 - beta2**step) / (1 - beta2))
    return mean_part * square_part * sqrt(fsum((beta1 * beta1 / beta2) ** i for i in range(step)))


def adam_spike(step: int, after: int = 1, beta1: float = 0.9, beta2: float = 0.999) -> float:
    """Way that Adam moves a weight in `after` steps from a gradient far above all others, in units of the rate.

    The spike k comes at step t: m = (1 − β₁)β₁^i k and v = (1 − β₂)β₂^i k² after i more steps, if the other gradients
    are negligible beside k. Each is divided by its bias correction, 1 − β^(t+i). With after = 1 it is also the first
    step after t − 1 gradients of exactly 0, at each size of k.

    Args:
        step: t, the step at which the spike comes.
        after: number of steps that are added up, that of the spike included.
        beta1, beta2: Adam's decay rates, in [0, 1) and (0, 1).
    Returns:
        The way over the rate, dimensionless.
    Raises:
        ValueError: step or after below 1, or a decay rate outside its interval.
    Source: pages “Watching a run” and “Fine-tuning and adversaries”; Kingma & Ba 2015, Algorithm 1.
    """
    _check(min(step, after), beta1, beta2)
    return fsum(
        (1 - beta1) * beta1**i / (1 - beta1 ** (step + i)) * sqrt((1 - beta2 ** (step + i)) / ((1 - beta2) * beta2**i))
        for i in range(after)
    )
