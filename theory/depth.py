"""Deep networks that lack something: no skips, no normalisation, or a stream whose blocks shrink with depth."""

from math import acos, comb, log, pi, sqrt

import torch
from scipy.optimize import brentq

from .gaussian import second_moment, slope_moment


def leaky_cosine(slope: float, depth: int, cosine: float = 0.0) -> float:
    """Cosine of two inputs after layers of leaky ReLU at its critical weights, infinite width.

    c ← c + (1 − a)²/(π(1 + a²)) (√(1 − c²) − c arccos c). The gain of the squared gradient is 1 for every a.

    Args:
        slope: a on the negative side; 0 is ReLU, 1 the identity.
        depth: layers.
        cosine: c of the inputs.
    Returns:
        The cosine after the last layer, dimensionless.
    Source: Cho & Saul 2009 for a = 0; page “Without normalisation or skips”.
    """
    weight = (1 - slope) ** 2 / (pi * (1 + slope**2))
    for _ in range(depth):
        cosine += weight * (sqrt(max(0.0, 1 - cosine**2)) - cosine * acos(min(cosine, 1.0)))
    return cosine


def tailored_slope(depth: int, target: float = 0.9) -> float:
    """The negative slope at which orthogonal inputs arrive with a given cosine after `depth` layers of leaky ReLU.

    Args:
        depth: layers. target: the cosine at the end, between 0 and ReLU's.
    Returns:
        The slope a in [0, 1].
    Source: Zhang, Botev & Martens 2022 (TAT for leaky ReLU), for a chain.
    """
    return float(brentq(lambda a: leaky_cosine(a, depth) - target, 0.0, 1.0))


def standardised_cosine(depth: int, cosine: float = 0.0) -> float:
    """Cosine of two inputs' pre-activations over ReLU layers whose rows of weights sum to 0, infinite width.

    c ← (√(1 − c²) + (π − arccos c) c − 1)/(π − 1): the common mean of the units is taken out.

    Args:
        depth: layers after the first. cosine: c of the first pre-activations.
    Returns:
        The cosine, dimensionless.
    Source: page “Without normalisation or skips”.
    """
    for _ in range(depth):
        cosine = (sqrt(max(0.0, 1 - cosine**2)) + (pi - acos(cosine)) * cosine - 1) / (pi - 1)
    return cosine


def dyt_stream(depth: int, alpha: float = 1.0) -> tuple[float, float]:
    """A stream x ← x + W tanh(a x) with Var W = 1/n, from second moment 1, infinite width.

    p ← p + E tanh²(a√p ξ), and a block's gain is 1 + E[(a sech²(a√p ξ))²].

    Args:
        depth: blocks. alpha: a, DyT's factor.
    Returns:
        The stream's second moment, and the log of the squared gradient's total factor. With LayerNorm in place of
        tanh they would be depth + 1 and log(depth + 1).
    Source: page “Without normalisation or skips”.
    """
    p, total = 1.0, 0.0
    for _ in range(depth):
        total += log(1 + slope_moment(lambda z: torch.tanh(alpha * z), p))
        p += second_moment(torch.tanh, alpha**2 * p)
    return p, total


def shared_stream(depth: int, alpha: float, skip: float = 1.0) -> float:
    """E‖x_L‖²/‖x_0‖² of x ← λx + αWx with the same W in all blocks, Var W = 1/n, infinite width.

    Σ_k C(L, k)² λ^2(L − k) α^2k, for W^k x are orthogonal to each other and of the same length. For λ = 1, α = 1/L it
    tends to Σ 1/k!² = I₀(2), the squared length of exp(W)x.

    Args:
        depth: L. alpha: α. skip: λ.
    Returns:
        The factor of the squared norm, dimensionless.
    Source: page “Depth, with noise or without”.
    """
    return float(sum(comb(depth, k) ** 2 * skip ** (2 * (depth - k)) * alpha ** (2 * k) for k in range(depth + 1)))


def doubling_difference(depth: int, shared: bool) -> float:
    """E‖x_2L − x_L‖²/‖x_0‖² between 2L and L blocks of the same path, linear branches, infinite width.

    Shared W and α = 1/L: Σ_k (C(2L, k)/(2L)^k − C(L, k)/L^k)², about 1/L². Independent W and α = 1/√L, the coarse
    branch being the sum of two fine ones: (1 + 1/(2L))^2L − (1 + 1/L)^L, about e/(4L).

    Args:
        depth: L. shared: whether all blocks share W.
    Returns:
        The squared difference, dimensionless.
    Source: page “Depth, with noise or without”.
    """
    L = depth
    if not shared:
        return float((1 + 1 / (2 * L)) ** (2 * L) - (1 + 1 / L) ** L)
    return float(sum((comb(2 * L, k) / (2 * L) ** k - comb(L, k) / L**k) ** 2 for k in range(2 * L + 1)))
