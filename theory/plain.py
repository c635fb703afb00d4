"""One plain layer z = W x + b, x' = φ(z): its gain, its fixed point, the line between order and chaos."""

from math import log, sqrt

from scipy.optimize import brentq

from .gaussian import Activation, mean, second_moment, slope, slope_moment


def chi(phi: Activation, weight_variance: float, q: float) -> float:
    """Gain of the squared gradient norm per plain layer, χ = σ_w² E[φ′(√q ξ)²].

    Args:
        phi: absolutely continuous activation; kinks are allowed, jumps are not.
        weight_variance: σ_w² = n Var W_ij, dimensionless.
        q: second moment of the layer's pre-activations.
    Returns:
        The gain, dimensionless, for equal widths, n → ∞ and a backward signal that is independent of W, with
        components that are uncorrelated and have mean 0; `signal_gain` says what others see.
    Raises:
        ValueError: q is negative.
    Source: Schoenholz et al. 2017, "Deep Information Propagation", equation for χ₁.
    """
    return weight_variance * slope_moment(phi, q)


def signal_gain(phi: Activation, weight_variance: float, q: float, width: int, coherence: float = 0.0) -> float:
    """Gain E‖Wᵀ D v‖²/‖v‖² of one layer of finite width for a given backward signal v, D = diag φ′(z).

    Gaussian weights and no bias. Each row of W has one component along x, σ_w ξ/√n, which z = √q ξ knows, and n − 1
    others, which it does not. So with s = φ′(√q ξ) single units give the gain σ_w² ((1 − 1/n) E[s²] + E[ξ² s²]/n),
    and pairs coherence · σ_w² E[ξ s]²/n: by Stein's lemma, E[W_ij s] = (σ_w²/n) x_j E[φ″].

    Args:
        phi: absolutely continuous activation.
        weight_variance: σ_w² = n Var W_ij.
        q: σ_w² ‖x‖²/n, for a fixed input x.
        width: number n of inputs; the number of units is the length of v.
        coherence: (Σ v_i)²/Σ v_i² − 1. It is 0 in the mean over independent signs, n − 1 for n equal components, which
            is what `.sum().backward()` sends.
    Returns:
        The gain, dimensionless. For coherence 0 and n → ∞ it is χ; for ReLU, σ_w² = 2 and n equal components it is
        1 + (1 − 1/n)/π.
    Raises:
        ValueError: q is negative.
    Source: page "One gain per layer"; the conditions in Yang 2019, "Scaling limits of wide neural networks".
    """
    root, derivative = sqrt(q), slope(phi)
    known = mean(lambda xi: xi**2 * derivative(root * xi) ** 2)
    drift = mean(lambda xi: xi * derivative(root * xi))
    single = (1 - 1 / width) * slope_moment(phi, q) + known / width
    return weight_variance * (single + coherence * drift**2 / width)


def fixed_point(
    phi: Activation, weight_variance: float, bias_variance: float = 0.0, start: float = 1.0, steps: int = 2000
) -> float:
    """Second moment q* of the pre-activations of a deep plain network: q ← σ_w² E[φ(√q ξ)²] + σ_b².

    Args:
        phi: activation.
        weight_variance: σ_w² = n Var W_ij, dimensionless.
        bias_variance: σ_b², squared units of z.
        start: q of the first layer.
        steps: largest number of layers; where q has not settled by then (tanh at σ_w² = 1 takes for ever), the q of
            layer `steps` is returned.
    Returns:
        q*, squared units of z; infinite where the second moment explodes.
    Raises:
        ValueError: q becomes negative.
    Source: Poole et al. 2016, "Exponential expressivity in deep neural networks", equation 3.
    """
    q = start
    for _ in range(steps):
        new = weight_variance * second_moment(phi, q) + bias_variance
        if new == q or abs(new - q) <= 1e-14 * abs(q):
            break
        q = new
    return q


def critical_weight_variance(phi: Activation, bias_variance: float = 0.0) -> float:
    """σ_w² at which χ = 1 at the fixed point, the line between order and chaos.

    Args:
        phi: activation with a single such value in [0.1, 1000].
        bias_variance: σ_b², squared units of z.
    Returns:
        σ_w², dimensionless.
    Raises:
        ValueError: χ − 1 has the same sign at both ends of [0.1, 1000].
    Source: Poole et al. 2016, "Exponential expressivity in deep neural networks".
    """

    def excess(weight_variance: float) -> float:
        return chi(phi, weight_variance, fixed_point(phi, weight_variance, bias_variance)) - 1

    return float(brentq(excess, 0.1, 1000))


def log_gain_total(phi: Activation, weight_variance: float, depth: int, start: float | None = None) -> float:
    """ln of the product of χ_l over `depth` plain layers without bias, layer by layer from the input.

    q_0 = start (σ_w² for inputs of second moment 1), q ← σ_w² E φ(√q ξ)², χ_l = σ_w² E φ′(√q_l ξ)².

    Args:
        phi: elementwise activation. weight_variance: σ_w². depth: L ≥ 0. start: q_0, σ_w² if None.
    Returns:
        Σ ln χ_l, the log of the squared gradient norm at the input over that at the last layer.
    Raises:
        ValueError: negative depth, or a gain of 0 (log undefined).
    Source: page “One gain per layer”.
    """
    if depth < 0:
        raise ValueError(f"depth must not be negative, not {depth}")
    q, total = weight_variance if start is None else start, 0.0
    for _ in range(depth):
        total += log(weight_variance * slope_moment(phi, q))
        q = weight_variance * second_moment(phi, q)
    return total


def plain_gradient_ratio(phi: Activation, weight_variance: float, depth: int, q: float = 1.0) -> float:
    """Squared gradient norm at the first activation over that at the last, plain network without biases.

    Π χ(q_l) over l = 2 … depth, with χ(q) = σ_w² E[φ′(√q ξ)²], q_1 = σ_w² q and q_{l+1} = σ_w² E[φ(√q_l ξ)²].

    Args:
        phi: elementwise activation; takes and returns a float64 tensor of any shape.
        weight_variance: σ_w², the fan-in times the variance of a weight.
        depth: number of layers with an activation, at least 1.
        q: mean square of the network's input entries.
    Returns:
        The ratio of the squared norms, dimensionless; its root is the ratio of the norms.
    Source: page “One gain per layer”; Schoenholz et al. 2017, with the moments layer by layer.
    """
    q, ratio = weight_variance * q, 1.0
    for _ in range(depth - 1):
        q = weight_variance * second_moment(phi, q)
        ratio *= chi(phi, weight_variance, q)
    return ratio
