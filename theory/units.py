"""ReLU units that are closed: at all inputs of a batch, or along a product of layers."""

from math import acos, comb, pi, sin, sqrt

import torch

from .gaussian import mean


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
    return mean(lambda xi: torch.special.ndtr(ratio * xi) ** batch)


def relu_zero_share(width: int, depth: int) -> float:
    """Expected share of singular values of a ReLU network's Jacobian that are zero.

    One less the least of `depth` independent Binomial(width, ½) numbers of open units, divided by the width: the rank
    of a product is at most the least rank of its factors.

    Args:
        width: units in each layer.
        depth: layers.
    Returns:
        Expected share, dimensionless, above ½ for depth ≥ 2.
    Source: page "Orthogonal weights and dynamical isometry".
    """
    tail, expected_least = 1.0, 0.0
    for k in range(1, width + 1):  # E[least] = Σ P(least ≥ k)
        tail -= comb(width, k - 1) / 2**width
        expected_least += max(tail, 0.0) ** depth
    return 1 - expected_least / width
