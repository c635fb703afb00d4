"""Formulas of the activations chapter, to be moved into the site's theory."""

from math import acos, pi, sin, sqrt

import torch
from numpy.polynomial.legendre import leggauss

_NODES, _WEIGHTS = (torch.from_numpy(a) for a in leggauss(16))
_LEFT = torch.arange(-14, 14, 0.25, dtype=torch.float64)
_T = (_LEFT[:, None] + (1 + _NODES) / 8).flatten()
_P = (_WEIGHTS / 8).repeat(len(_LEFT)) * torch.exp(-(_T**2) / 2) / sqrt(2 * pi)


def merged_flat_share(layer: int, batch: int) -> float:
    """Share of a layer's ReLU units that are negative at every input of a batch, He's weights, zero biases.

    The inputs are orthogonal. Their correlation follows c ← (sin θ + (π − θ) cos θ)/π, θ = arccos c, before each
    layer but the first. A unit's pre-activations at the B inputs are then equicorrelated Gaussians, so that
    P(all negative) = E[Φ(√(c/(1 − c)) t)^B], t ~ N(0, 1), by quadrature.

    Args:
        layer: number of the layer, counted from 1.
        batch: number of inputs B.
    Returns:
        The share, dimensionless, between 2^−B and ½, for infinite width.
    Raises:
        ValueError: layer or batch is below 1.
    Source: Cho & Saul 2009 for the correlation; page “ReLU: sparsity and dead units”.
    """
    if layer < 1 or batch < 1:
        raise ValueError("layer and batch start at 1")
    c = 0.0
    for _ in range(layer - 1):
        angle = acos(min(c, 1.0))
        c = (sin(angle) + (pi - angle) * c) / pi
    ratio = sqrt(c / max(1 - c, 1e-300))
    return float((_P * torch.special.ndtr(ratio * _T) ** batch).sum())
