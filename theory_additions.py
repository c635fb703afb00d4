"""Formulas that chapter 5 asks of the theory; they use its chi and second_moment."""


def plain_gradient_ratio(phi, weight_variance: float, depth: int, q: float = 1.0) -> float:
    """Squared gradient norm at the first activation over that at the last, plain network without biases.

    Π χ(q_l) over l = 2 … depth, with χ(q) = σ_w² E[φ′(√q ξ)²], q_1 = σ_w² q and q_{l+1} = σ_w² E[φ(√q_l ξ)²].

    Args:
        phi: elementwise activation; takes and returns a float64 tensor of any shape.
        weight_variance: σ_w², the fan-in times the variance of a weight.
        depth: number of layers with an activation, at least 1.
        q: mean square of the network's input entries.
    Returns:
        The ratio of the squared norms, dimensionless; its root is the ratio of the norms.
    Source: page “One gain per layer”; Schoenholz et al. 2017, with the moments layer by layer, not at their fixed point.
    """
    q, ratio = weight_variance * q, 1.0
    for _ in range(depth - 1):
        q = weight_variance * second_moment(phi, q)  # noqa: F821
        ratio *= chi(phi, weight_variance, q)  # noqa: F821
    return ratio
