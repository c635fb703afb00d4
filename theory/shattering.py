"""Gradients of two inputs: how alike they stay with depth, with and without skips (Balduzzi et al. 2017)."""

from math import acos, cos, pi, sin


def relu_overlap(c: float) -> tuple[float, float]:
    """2 P(z₁ > 0, z₂ > 0) and 2 E[relu(z₁) relu(z₂)] for two unit Gaussians of correlation c.

    Args:
        c: correlation, in [−1, 1]; rounding outside is clipped.
    Returns:
        The pair (1 − θ/π, (sin θ + (π − θ) cos θ)/π) with θ = arccos c, dimensionless.
    Source: Cho & Saul 2009, arc-cosine kernels of degree 0 and 1.
    """
    angle = acos(max(-1.0, min(c, 1.0)))
    return 1 - angle / pi, (sin(angle) + (pi - angle) * cos(angle)) / pi


def residual_gradient_cosine(depth: int, alpha: float, c: float = 0.0, start: int = 0) -> float:
    """Cosine of two inputs' gradients at block `start` of x ← x + α W relu(x), He's weights, same error sent back.

    Per block (1 + α² s)/(1 + α²), with s = 2 P(both active), while the inputs' cosine follows
    c ← (c + α² k)/(1 + α²), k = 2 E[relu relu]. Infinite width, inputs of equal norm.

    Args:
        depth: number of blocks L.
        alpha: scale of the branch.
        c: cosine of the two inputs.
        start: the block at whose input the gradients are compared.
    Returns:
        The cosine, dimensionless.
    Source: page “Shattered gradients”; Cho & Saul 2009 for the kernels.
    """
    total = 1.0
    for block in range(depth):
        slope, value = relu_overlap(c)
        if block >= start:
            total *= (1 + alpha**2 * slope) / (1 + alpha**2)
        c = (c + alpha**2 * value) / (1 + alpha**2)
    return total


def plain_gradient_cosine(depth: int, c: float = 0.0, start: int = 0) -> float:
    """Cosine of two inputs' gradients at layer `start` of x ← relu(W x), He's weights, same error sent back.

    Product of s = 2 P(both active) over the layers, while c ← k = 2 E[relu relu]. Infinite width.

    Args:
        depth: number of layers L.
        c: cosine of the two inputs.
        start: the layer at whose input the gradients are compared.
    Returns:
        The cosine, dimensionless.
    Source: page “Shattered gradients”; Cho & Saul 2009 for the kernels.
    """
    total = 1.0
    for layer in range(depth):
        slope, value = relu_overlap(c)
        if layer >= start:
            total *= slope
        c = value
    return total


def batchnorm_gradient_cosine(depth: int, batch: int, start: int = 0) -> float:
    """Cosine of two inputs' gradients at block `start` of x ← x + W relu(BN(x)), statistics held fixed on the way back.

    BatchNorm keeps the batch centred, so two of `batch` inputs have the correlation −1/(batch − 1) at every block, and
    s = 1 − arccos(−1/(batch − 1))/π. The stream's variance is v_l = 1 + (1 − 1/π) l. Per block (1 + s/v)/(1 + 1/v).

    Args:
        depth: number of blocks L.
        batch: number of examples, at least 2.
        start: the block at whose input the gradients are compared.
    Returns:
        The cosine, dimensionless.
    Source: page “Shattered gradients”.
    """
    slope = relu_overlap(-1 / (batch - 1))[0]
    total = 1.0
    for block in range(start, depth):
        variance = 1 + (1 - 1 / pi) * block
        total *= (1 + slope / variance) / (1 + 1 / variance)
    return total
