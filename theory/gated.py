"""Gated units φ(Wx) ⊙ Vx and powers of ReLU: gain of the squared gradient relative to the signal's."""

from math import inf, sqrt

from .gaussian import Activation, mean, second_moment, slope, slope_moment


def relative_gain(phi: Activation, q: float = 1.0, inputs: float = inf) -> float:
    """Squared-gradient gain of a layer φ(Wx) divided by the factor of its signal's second moment.

    q E[φ′²]/E[φ²] for wide layers; exact for n inputs with E[φ′²(1 + (ξ² − 1)/n)], for a row of W is longer where its
    pre-activation is.

    Args:
        phi: activation, elementwise; kinks at 0 alone.
        q: second moment of the pre-activation, squared units of z.
        inputs: n, width of the layer's input.
    Returns:
        The ratio, dimensionless, in the mean over Gaussian weights of mean 0 and over the direction of the arriving
        gradient; the weights' variance enters by q alone.
    Source: page “Gated units and ReLU²”.
    """
    root, derivative = sqrt(q), slope(phi)
    finite = mean(lambda xi: derivative(root * xi) ** 2 * (xi**2 - 1)) / inputs
    return q * (slope_moment(phi, q) + finite) / second_moment(phi, q)


def gated_gain(phi: Activation, q: float = 1.0, inputs: float = inf) -> float:
    """The same ratio for a gated layer φ(Wx) ⊙ Vx with independent W and V, 1 + q E[φ′²]/E[φ²].

    For n inputs it has, besides `relative_gain`'s, the term 2√q E[φφ′ξ]/(n E[φ²]): rows of W and V both lean toward x.

    Args:
        phi: activation of the gate, elementwise; kinks at 0 alone.
        q: second moment of the gate's pre-activation Wx, squared units of z. That of Vx cancels.
        inputs: n, width of the layer's input.
    Returns:
        The ratio, dimensionless, in the mean over Gaussian weights of mean 0 and over the direction of the arriving
        gradient; for infinite n at least 1.
    Source: page “Gated units and ReLU²”.
    """
    root, derivative = sqrt(q), slope(phi)
    cross = 2 * root * mean(lambda xi: phi(root * xi) * derivative(root * xi) * xi) / inputs
    return 1 + relative_gain(phi, q, inputs) + cross / second_moment(phi, q)


def homogeneous_gain(degree: float, inputs: float = inf) -> float:
    """`relative_gain` of an activation with φ(tz) = tᵏ φ(z) for t > 0, at every second moment.

    k²/(2k − 1) for wide layers, times 1 + 2(k − 1)/n for n inputs.

    Args:
        degree: k > ½.
        inputs: n, width of the layer's input.
    Returns:
        The ratio, dimensionless; for infinite n at least 1, with equality for k = 1 alone.
    Raises:
        ValueError: k ≤ ½, where the slope's second moment is infinite.
    Source: E ξ^2k = (2k − 1) E ξ^(2k−2), by parts; page “Gated units and ReLU²”.
    """
    if degree <= 0.5:
        raise ValueError(f"a slope of degree {degree} − 1 has no second moment")
    return degree**2 / (2 * degree - 1) * (1 + 2 * (degree - 1) / inputs)


def power_log_spread(degree: float, width: int, depth: int) -> float:
    """Standard deviation of ln of the second moment after layers relu(Wx)ᵏ without normalisation.

    Given the layer before, the n outputs are independent, so that the log of their mean square has variance
    s² = (E relu⁴ᵏ/(E relu²ᵏ)² − 1)/n; each later layer multiplies the log by k: s² Σ k^(2(L − l)). Linear in 1/n.

    Args:
        degree: k. width: n. depth: L.
    Returns:
        The standard deviation over draws of the weights, natural log of a squared norm.
    Source: page “Gated units and ReLU²”.
    """
    square = second_moment(lambda z: z.clamp(min=0) ** degree)
    fourth = second_moment(lambda z: z.clamp(min=0) ** (2 * degree))
    one = (fourth / square**2 - 1) / width
    return float((one * sum(degree ** (2 * k) for k in range(depth))) ** 0.5)
