"""Variances by fan-in and fan-out, and what they do over changing widths."""

from collections.abc import Sequence
from itertools import pairwise
from math import log10, prod


def fan_variance(rule: str, fan_in: int, fan_out: int) -> float:
    """Variance of one weight of a linear layer; He's for ReLU is twice that.

    Args:
        rule: "fan-in" (1/n_in), "fan-out" (1/n_out) or "xavier" (2/(n_in + n_out)).
        fan_in: number n_in of inputs.
        fan_out: number n_out of outputs.
    Returns:
        Var W_ij, dimensionless.
    Raises:
        ValueError: another rule.
    Source: Glorot & Bengio 2010, "Understanding the difficulty of training deep feedforward neural networks".
    """
    match rule:
        case "fan-in":
            return 1 / fan_in
        case "fan-out":
            return 1 / fan_out
        case "xavier":
            return 2 / (fan_in + fan_out)
    raise ValueError(f"no such rule: {rule}")


def width_gains(widths: Sequence[int], rule: str) -> tuple[float, float]:
    """Gains of the *squared norms* over linear layers of changing widths, in the mean over the weights.

    Forward, E‖W x‖² = n_out Var W ‖x‖²; backward, E‖Wᵀ v‖² = n_in Var W ‖v‖². Fan-in keeps the backward norm, and
    the forward one up to n_L/n_0, so each component's second moment; fan-out the other way round. Xavier's factors do
    not telescope.

    Args:
        widths: n_0, …, n_L, at least one.
        rule: as in `fan_variance`.
    Returns:
        (E‖x_L‖²/‖x_0‖², E‖∂L/∂x_0‖²/‖∂L/∂x_L‖²), dimensionless. Per component: the first times n_0/n_L, the second
            times n_L/n_0.
    Raises:
        ValueError: another rule.
    Source: page "Xavier, forward and backward".
    """
    layers = [(n, m, fan_variance(rule, n, m)) for n, m in pairwise(widths)]
    return prod(m * variance for _, m, variance in layers), prod(n * variance for n, _, variance in layers)


def torch_default_decades(width: int, depth: int) -> float:
    """Decades between the squared gradients of the last and the first weight matrix of a default torch ReLU network.

    Linear layers with Var W = Var b = 1/(3n): the backward gain is 1/6 per layer, the mean square of the activations
    follows m ← (m/3 + 1/(3n))/2 from 1. ‖∂L/∂W_l‖² is the product of both, summed over independent output gradients.

    Args:
        width: fan-in n of every layer.
        depth: number of layers.
    Returns:
        log₁₀ of the ratio of squared norms.
    Source: page "What PyTorch does by default".
    """
    moment = 1.0
    for _ in range(depth - 1):
        moment = (moment + 1 / width) / 6
    return (depth - 1) * log10(6) + log10(moment)


def transposed_gain(channels_in: int, channels_out: int, stride: int) -> float:
    """Factor of the second moment in a transposed 2-D convolution whose weights have the variance 1/fan-in by torch.

    torch takes output channels times kernel area k² for the fan-in. Away from the border, and if the stride s divides
    k, each output sums c_in (k/s)² products: c_in (k/s)² / (c_out k²) = c_in / (c_out s²).

    Args:
        channels_in: c_in.
        channels_out: c_out.
        stride: s, the same in both directions.
    Returns:
        The factor, dimensionless, in the mean over the weights.
    Source: page "Kaiming, and where the ½ comes from".
    """
    return channels_in / (channels_out * stride**2)
