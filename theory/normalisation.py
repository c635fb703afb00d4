"""Normalisation in front of an activation."""

from .gaussian import Activation, mean, second_moment, slope_moment


def batchnorm_gain(phi: Activation) -> float:
    """Squared-gradient gain of one linear → BatchNorm → φ layer at initialisation.

    χ_BN = E[φ′(ξ)²] / Var[φ(ξ)], ξ ~ N(0, 1), by quadrature.

    Args:
        phi: absolutely continuous activation; kinks are allowed, jumps are not seen by its slope.
    Returns:
        The gain, dimensionless; at least 1 (Gaussian Poincaré inequality). It is that of wide layers on large batches
            of nearly orthogonal samples, with ε = 0.
    Raises:
        ValueError: φ is constant, so that its variance is 0.
    Source: Yang et al. 2019, "A Mean Field Theory of Batch Normalization".
    """
    centre = mean(phi)
    variance = second_moment(lambda xi: phi(xi) - centre)
    if variance <= 1e-28 * max(1.0, centre**2):
        raise ValueError("φ is constant: BatchNorm's gain is undefined")
    return slope_moment(phi) / variance


def batchnorm_linear_gain(batch: int) -> float:
    """Squared-gradient gain of one linear → BatchNorm layer of a deep network without activations, (B − 2)/(B − 3).

    Pre-activations are Gaussian in the B − 1 dimensions in which the batch sums to 0; the gradient, which lies in them,
    loses one more to BatchNorm's scale, and E[1/s²] = (B − 1)/(B − 3).

    Args:
        batch: number B of samples in the batch.
    Returns:
        The gain, dimensionless, in the mean over weights, for wide layers and ε = 0.
    Raises:
        ValueError: B is 3 or less, where the mean of 1/s² does not exist.
    Source: page “BatchNorm and its side effect”, finite batches.
    """
    if batch <= 3:
        raise ValueError(f"a batch of {batch} has no mean of 1/s²: at least 4")
    return (batch - 2) / (batch - 3)
