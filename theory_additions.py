"""Formulas of chapter 2 that theory does not have yet."""

from math import comb


def condition_number(mean: float, std: float, inputs: int = 1) -> float:
    """Condition number of the Hessian of linear regression with an intercept.

    All inputs are uncorrelated, with the same mean m and standard deviation s. The Hessian has the eigenvalue s²
    (d − 1 times) and those of ((1, m√d), (m√d, d m² + s²)): trace 1 + d m² + s², determinant s².

    Args:
        mean: mean m of every input.
        std: standard deviation s > 0 of every input, in the unit of the mean.
        inputs: number d of inputs, at least 1.
    Returns:
        Largest over smallest eigenvalue, dimensionless, at least 1.
    Raises:
        ValueError: the standard deviation is not positive, so that the Hessian is singular.
    Source: page "Standardised inputs".
    """
    if std <= 0:
        raise ValueError("the Hessian is singular without spread")
    trace = 1 + inputs * mean**2 + std**2
    root: float = (trace**2 - 4 * std**2) ** 0.5
    values = [(trace + root) / 2, 2 * std**2 / (trace + root)]
    if inputs > 1:
        values.append(std**2)
    return max(values) / min(values)


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
    from math import log10

    moment = 1.0
    for _ in range(depth - 1):
        moment = (moment + 1 / width) / 6
    return (depth - 1) * log10(6) + log10(moment)
