"""What a readout sends back: `.sum()`, which is no independent signal, and a random head under cross-entropy."""

from math import sqrt

from torch import Tensor

from .attention import attention_moment
from .gaussian import Activation, mean, second_moment, slope, slope_moment


def _coherent_step(phi: Activation, q: float) -> tuple[float, float, float]:
    """E[z φ′(z) φ(z)], E[φ′(z)² φ(z)²] and E[φ′(z)²] for z ~ N(0, q)."""
    root, derivative = sqrt(q), slope(phi)

    def at(z: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        return root * z, derivative(root * z), phi(root * z)

    def along(z: Tensor) -> Tensor:
        point, slopes, values = at(z)
        return point * slopes * values

    def squared(z: Tensor) -> Tensor:
        _, slopes, values = at(z)
        return (slopes * values) ** 2

    return mean(along), mean(squared), slope_moment(phi, q)


def sum_readout_gain(phi: Activation, weight_variance: float, depth: int) -> float:
    """Squared gradient norm at the input over the last layer's, for the loss x_L.sum(), wide layers, no bias.

    The error splits into β x (along the layer's own activations) and an independent rest of mean square ν. One layer
    sends (β, ν) to β′ = A/m and ν′ = σ_w² S with A = E[z φ′ v], S = E[φ′² v²], m the second moment of its input.

    Args:
        phi: elementwise activation, absolutely continuous, float64 tensor to tensor of the same shape.
        weight_variance: σ_w². depth: L ≥ 1.
    Returns:
        Ratio of squared norms, dimensionless; 1 + (2L − 1)/π for ReLU with He's weights. Inputs are N(0, 1).
    Raises:
        ValueError: depth below 1.
    Source: page “One gain per layer”.
    """
    if depth < 1:
        raise ValueError(f"depth must be at least 1, not {depth}")
    moments = [weight_variance]  # of the pre-activations of layers 0 … L−1
    for _ in range(depth - 1):
        moments.append(weight_variance * second_moment(phi, moments[-1]))
    root, derivative = sqrt(moments[-1]), slope(phi)
    beta = mean(lambda z: root * z * derivative(root * z)) * weight_variance / moments[-1]
    rest = weight_variance * slope_moment(phi, moments[-1])
    for q in reversed(moments[:-1]):
        along, squared, slopes = _coherent_step(phi, q)
        rest = weight_variance * (beta**2 * squared + rest * slopes)
        beta = beta * along * weight_variance / q
    return rest + beta**2 * moments[0] / weight_variance


def head_gradient(classes: int, variance: float) -> float:
    """E‖∂L/∂h‖²/(n s²) for softmax cross-entropy on a random linear head with weights N(0, s²): 1 − 2/K + E Σ ŷ².

    ∂L/∂h = Wᵀ(ŷ − y), and but for one direction of n, that of h, W is independent of the outputs ŷ.

    Args:
        classes: K ≥ 2; labels independent of the head. variance: s²‖h‖² of each logit, up to about 30.
    Returns:
        The mean square, dimensionless, for wide features: 1 − 1/K at variance 0, and toward 2(1 − 1/K) for large ones.
    Raises:
        ValueError: fewer than two classes.
    Source: page “Fine-tuning and adversaries”.
    """
    if classes < 2:
        raise ValueError(f"at least two classes, not {classes}")
    return 1 - 2 / classes + classes * attention_moment((2,), variance, classes)
