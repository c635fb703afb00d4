"""Residual streams x ← λ x + α F(x): what a block does backward and forward."""

from math import exp, lgamma, log, pi, sqrt

from scipy.integrate import quad
from scipy.special import digamma


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


def residual_log_gain(width: int, alpha: float) -> float:
    """E ln of the squared-norm gain of one linear residual block I + αW, W_ij ~ N(0, 1/n), exact.

    ‖x + αWx‖²/‖x‖² = (α²/n) χ′²_n(λ) with λ = n/α², so E ln = ln(2α²/n) + Σ_k Pois(k; λ/2) ψ(n/2 + k).

    Args:
        width: n ≥ 1. alpha: α > 0, the branch's scale.
    Returns:
        Mean growth of the log of the squared norm per block, dimensionless.
    Raises:
        ValueError: width below 1 or alpha not positive.
    Source: E ln of a noncentral chi-square as a Poisson mixture; page “The argument, judged”.
    """
    if width < 1 or alpha <= 0:
        raise ValueError(f"need width ≥ 1 and alpha > 0, not {width} and {alpha}")
    half = width / (2 * alpha**2)
    spread = 12 * sqrt(half) + 40
    total = 0.0
    for k in range(max(0, int(half - spread)), int(half + spread) + 1):
        probability = exp(k * log(half) - half - lgamma(k + 1))
        total += probability * float(digamma(width / 2 + k))
    return log(2 * alpha**2 / width) + total


def mean_log_one_plus_gaussian(alpha: float = 1.0) -> float:
    """E ln|1 + α ξ|, ξ ~ N(0, 1): mean log factor of a residual block of width 1 with a linear branch.

    By adaptive quadrature, split at the logarithmic singularity ξ = −1/α.

    Args:
        alpha: scale of the branch, positive, dimensionless.
    Returns:
        The mean log factor of the gradient (of the norm, not of its square), dimensionless.
    Raises:
        ValueError: alpha is not positive.
    Source: page “What the skip does”, the mean and the typical gradient.
    """
    if alpha <= 0:
        raise ValueError("the branch's scale must be positive")

    def integrand(t: float) -> float:
        return log(abs(1 + alpha * t)) * exp(-t * t / 2) / sqrt(2 * pi)

    pole = -1 / alpha
    low, high = min(-14.0, pole - 14), 14.0
    return float(quad(integrand, low, pole, limit=200)[0] + quad(integrand, pole, high, limit=200)[0])


def batchnorm_branch_growth(depth: int, layers: int = 1, start: int = 0) -> float:
    """Growth of the squared gradient over blocks `start` … `depth` − 1 of x ← x + F(x), F = (BN → ReLU → W)^layers.

    Each branch adds 1/a to the stream's variance, a = π/(π − 1); each inner BatchNorm multiplies the squared gradient
    by a. So the factor of block l is 1 + a^(layers − 1)/(1 + l/a). Infinite width and batch, He's weights.

    Args:
        depth: number of blocks L.
        layers: BN → ReLU → W triples in a branch, at least 1.
        start: the first block counted.
    Returns:
        The factor of the squared gradient norm, dimensionless; grows like depth ** a ** layers.
    Source: page “BatchNorm in the branch”.
    """
    a, total = pi / (pi - 1), 1.0
    for block in range(start, depth):
        total *= 1 + a ** (layers - 1) / (1 + block / a)
    return total
