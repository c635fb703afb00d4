"""What optimisation meets: the conditioning of inputs, clipping, and weight decay before a normalisation."""

from math import acos, erf, erfc, exp, pi, sqrt


def condition_number(mean: float, std: float, inputs: int = 1) -> float:
    """Condition number of the Hessian of linear regression with an intercept.

    All inputs are uncorrelated, with the same mean m and standard deviation s. The Hessian has the eigenvalue s²
    (d − 1 times) and those of ((1, m√d), (m√d, d m² + s²)): trace 1 + d m² + s², determinant s².

    Args:
        mean: mean m of every input.
        std: standard deviation s > 0 of every input, in the unit of the mean.
        inputs: number d of inputs, at least 1.
    Returns:
        Largest over smallest eigenvalue, dimensionless, at least 1.
    Raises:
        ValueError: the standard deviation is not positive, so that the Hessian is singular.
    Source: page "Standardised inputs".
    """
    if std <= 0:
        raise ValueError("the Hessian is singular without spread")
    trace = 1 + inputs * mean**2 + std**2
    root: float = (trace**2 - 4 * std**2) ** 0.5
    values = [(trace + root) / 2, 2 * std**2 / (trace + root)]
    if inputs > 1:
        values.append(std**2)
    return max(values) / min(values)


def clipped_cosine(threshold: float) -> float:
    """Cosine between a Gaussian vector and its clamp to ±τ (in standard deviations), in high dimension.

    E[ξ h]/√E[h²] with E[ξ h] = erf(τ/√2) (Stein) and E[h²] = τ² erfc(τ/√2) + erf(τ/√2) − 2τ pdf(τ).

    Args:
        threshold: τ > 0 in units of the components' standard deviation.
    Returns:
        Cosine in (√(2/π), 1).
    Raises:
        ValueError: threshold not positive.
    Source: page “Exploding gradients and clipping”.
    """
    if threshold <= 0:
        raise ValueError(f"threshold must be positive, not {threshold}")
    inside = erf(threshold / sqrt(2))
    density = exp(-(threshold**2) / 2) / sqrt(2 * pi)
    square = threshold**2 * erfc(threshold / sqrt(2)) + inside - 2 * threshold * density
    return inside / sqrt(square)


def equilibrium_angle(rate: float, decay: float) -> float:
    """Angle by which a step of SGD with weight decay turns weights before a normalisation, once their norm is constant.

    W' = (1 − ηλ) W − η g with g ⟂ W. So W·W' = (1 − ηλ)‖W‖², and with ‖W'‖ = ‖W‖ the cosine is 1 − ηλ. To first
    order the angle is √(2ηλ).

    Args:
        rate: η.
        decay: λ, with 0 ≤ ηλ ≤ 1.
    Returns:
        Angle in radians.
    Raises:
        ValueError: ηλ outside 0 to 1.
    Source: page "The other normalisations"; Wan et al. 2021.
    """
    if not 0 <= rate * decay <= 1:
        raise ValueError(f"rate times decay must lie in 0 to 1, not {rate * decay}")
    return acos(1 - rate * decay)
