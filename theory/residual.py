"""Residual streams x ← λ x + α F(x): what a block does backward and forward."""

from math import pi, sqrt


def residual_gain(branch_gain: float, alpha: float = 1.0, skip: float = 1.0) -> float:
    """Squared-gradient gain of one residual block x ← λ x + α F(x), λ² + α² χ_F.

    Args:
        branch_gain: χ_F = E‖F′ᵀ v‖²/‖v‖², the branch's own gain.
        alpha: scale α of the branch.
        skip: scale λ of the skip.
    Returns:
        The gain, dimensionless, in the mean over the weights of F's last linear layer, which have mean 0 and are
        independent of v and of the rest of the block.
    Source: page "What the skip does".
    """
    return skip**2 + alpha**2 * branch_gain


def stream_growth(branch_gain: float, alpha: float, depth: int) -> float:
    """Forward price E‖x_L‖²/‖x_0‖² of a residual stream x ← x + α F(x), (1 + α² c)^L.

    Args:
        branch_gain: c = E‖F(x)‖²/‖x‖², the same for every block and every x (branches without biases that are linear
            or, given symmetric first weights, ReLU between two linear layers).
        alpha: scale α of the branches.
        depth: number L of blocks.
    Returns:
        The factor of the squared norm, dimensionless, in the mean over branches that are independent of each other and
        end in linear layers of mean 0.
    Source: page "The forward price".
    """
    return float((1 + alpha**2 * branch_gain) ** depth)


def relu_ended_stream(depth: int, alpha: float) -> float:
    """Second moment of a residual stream x ← x + α relu(W x) with He's weights, infinite width, from N(0, 1) inputs.

    With the stream's second moment q and mean m over the units: each branch has mean √(q/π) and second moment q, so
    q ← q + 2α m √(q/π) + α² q and m ← m + α √(q/π).

    Args:
        depth: number of blocks.
        alpha: scale α of the branches.
    Returns:
        The second moment per component, dimensionless; tends to cosh²(1/√π) for α = 1/L.
    Source: page "The forward price".
    """
    q, m = 1.0, 0.0
    for _ in range(depth):
        branch = sqrt(q / pi)
        q, m = q + 2 * alpha * m * branch + alpha**2 * q, m + alpha * branch
    return q
