"""Products of independent random matrices: typical growth, its spread, the fourth moment behind it."""

from math import comb, log

from scipy.special import digamma, polygamma


def lyapunov_exponent(width: int, weight_variance: float = 1.0) -> float:
    """Typical growth E ln(‖W x‖/‖x‖) of the norm per Gaussian linear layer, ½(ψ(n/2) + ln(2σ_w²/n)).

    Args:
        width: n, number of inputs and of outputs.
        weight_variance: σ_w² = n Var W_ij, dimensionless.
    Returns:
        The exponent, natural logarithm per layer; about −1/(2n) for σ_w² = 1.
    Raises:
        ValueError: σ_w² ≤ 0.
    Source: n‖W x‖²/(σ_w²‖x‖²) is χ² distributed with n degrees of freedom; Newman 1986.
    """
    return float(digamma(width / 2) + log(2 * weight_variance / width)) / 2


def lyapunov_variance(width: int) -> float:
    """Variance of ln(‖W x‖/‖x‖) per Gaussian linear layer, ¼ψ′(n/2); it adds up over layers.

    Args:
        width: n, number of inputs and of outputs.
    Returns:
        The variance, squared natural logarithm per layer; about 1/(2n).
    Source: as `lyapunov_exponent`.
    """
    return float(polygamma(1, width / 2)) / 4


def relu_lyapunov(width: int, weight_variance: float = 2.0) -> tuple[float, float]:
    """Mean and variance of ln(‖relu(W x)‖/‖x‖) of a Gaussian layer without bias, given that not all units are off.

    k of n units are active with chance C(n, k)/(2ⁿ − 1), k ≥ 1, and then the squared norm's factor is χ²_k σ_w²/n. So
    the mean is ½ E[ψ(k/2) + ln(2σ_w²/n)] and the variance ¼ (E ψ′(k/2) + Var ψ(k/2)); both add up over layers.

    Args:
        width: n, number of inputs and of outputs.
        weight_variance: σ_w² = n Var W_ij, dimensionless; 2 keeps the squared norm in the mean.
    Returns:
        Natural logarithm per layer, and its square; about −5/(4n) and 5/(4n) for σ_w² = 2.
    Raises:
        ValueError: σ_w² ≤ 0.
    Source: page “Products of random matrices”.
    """
    chances = {k: comb(width, k) / (2**width - 1) for k in range(1, width + 1)}
    mean = sum(chance * float(digamma(k / 2)) for k, chance in chances.items())
    within = sum(chance * float(polygamma(1, k / 2)) for k, chance in chances.items())
    between = sum(chance * (float(digamma(k / 2)) - mean) ** 2 for k, chance in chances.items())
    return (mean + log(2 * weight_variance / width)) / 2, (within + between) / 4


def relu_fourth_moment(width: int, depth: int) -> float:
    """E‖x_L‖⁴/‖x_0‖⁴ of a He-ReLU network without biases, (1 + 5/n)^L.

    Args:
        width: n, equal in all layers.
        depth: number L of layers.
    Returns:
        The fourth moment of the norm, dimensionless; the squared norm has mean 1.
    Source: a unit has E relu(z)² = 1/n and E relu(z)⁴ = 6/n² for ‖x‖ = 1; Hanin & Nica 2020.
    """
    return float((1 + 5 / width) ** depth)
