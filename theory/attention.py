"""Attention at initialisation: averaging, tokens that become alike, queries, keys and the softmax's Jacobian."""

from collections.abc import Callable
from math import factorial, inf, log, pi, sqrt

import torch
from numpy.polynomial.hermite_e import hermegauss
from numpy.polynomial.legendre import leggauss
from torch import Tensor

from .gaussian import mean
from .shattering import relu_overlap

_NODES, _WEIGHTS = (torch.from_numpy(array) for array in hermegauss(80))
_GRID, _GRID_WEIGHTS = (torch.from_numpy(array) for array in leggauss(400))


def token_cosine(order: str, blocks: int, tokens: int, alpha: float = 1.0, start: float = 0.0) -> float:
    """Cosine between two tokens after blocks of uniform attention and a He-scaled ReLU MLP, infinite width.

    Second moment q of a token and inner product p of two, per component, follow, with m = (q + (T − 1) p)/T,

        attention: q, p ← λq + α² m, λp + α² m;   MLP: q, p ← λq + α² q, λp + α² q k(p/q),

    with k the arc-cosine kernel and λ = 1, or 0 without skip. "pre" normalises q and p to q = 1 in the branch alone,
    "post" does so after each addition.

    Args:
        order: "none" (no skip), "skip" (no normalisation), "pre" or "post".
        blocks: number of blocks, two branches each.
        tokens: T, all of which each token attends to with weight 1/T.
        alpha: scale α of both branches.
        start: cosine of the tokens at the input, whose second moment is 1.
    Returns:
        The cosine, dimensionless, in [−1, 1].
    Raises:
        ValueError: an order that is none of the four.
    Source: page “Rank collapse”; Cho & Saul 2009 for the kernel.
    """
    if order not in ("none", "skip", "pre", "post"):
        raise ValueError(f"no such order: {order}")
    q, p, keep = 1.0, start, float(order != "none")
    for branch in range(2 * blocks):
        scale = q if order == "pre" else 1.0
        if branch % 2 == 0:
            square = both = (q + (tokens - 1) * p) / tokens / scale
        else:
            square, both = q / scale, q * relu_overlap(p / q)[1] / scale
        q, p = keep * q + alpha**2 * square, keep * p + alpha**2 * both
        if order == "post":
            q, p = 1.0, p / q
    return p / q


def attention_moment(powers: tuple[int, ...], variance: float, tokens: int) -> float:
    """E[A_1^a A_2^b …] for A = softmax of T independent logits N(0, σ²), with positive powers a, b, …

    By 1/Sᵏ = ∫ uᵏ⁻¹ e^(−uS) du/(k − 1)! with S = Σ exp(logit) and k = a + b + …, so that the mean over logits
    factorises; Gauss–Legendre in ln u, Gauss–Hermite over a logit.

    Args:
        powers: a, b, …, at most as many as tokens.
        variance: σ² ≥ 0 of each logit, up to about 30.
        tokens: T ≥ 1.
    Returns:
        The moment, dimensionless, to 1e-8 relative for σ² ≤ 4 and 2e-3 at σ² = 30.
    Source: page “Rank collapse”.
    """
    k = sum(powers)
    ln_u, weights, over_logit = _laplace(variance, tokens, k)
    integrand = torch.exp(k * ln_u) * over_logit(0) ** (tokens - len(powers))
    for power in powers:
        integrand = integrand * over_logit(power)
    return float((integrand * weights).sum() / factorial(k - 1))


def _laplace(variance: float, tokens: int, k: int) -> tuple[Tensor, Tensor, Callable[[int], Tensor]]:
    """For ∫ uᵏ⁻¹ … du over S = Σ exp(s): points ln u, weights, and E[e^(power·s) e^(−u e^s)] at the points."""
    s = sqrt(variance)
    low, high = -12 * s - 30 / k - log(tokens), 12 * s + 6
    ln_u = (low + high) / 2 + (high - low) / 2 * _GRID
    u, e = ln_u.exp()[:, None], (s * _NODES).exp()

    def over_logit(power: int) -> Tensor:
        return (e**power * torch.exp(-u * e)) @ _WEIGHTS / sqrt(2 * pi)

    return ln_u, _GRID_WEIGHTS * (high - low) / 2, over_logit


def attended_cosine(variance: float, tokens: int) -> float:
    """Cosine of two outputs of one attention layer without skip, for independent tokens: 1/(T · E Σ_j A_j²).

    Args:
        variance: σ² of the logits, independent from query to query.
        tokens: T.
    Returns:
        The ratio E⟨y_i, y_k⟩/E‖y_i‖², dimensionless; tends to e^−σ² for many tokens, if the width is much larger.
    Source: page “Rank collapse”.
    """
    return 1 / (tokens**2 * attention_moment((2,), variance, tokens))


def query_gradient_share(cosine: float, tokens: int, width: float = inf) -> float:
    """E‖∂L/∂W_Q‖²/E‖∂L/∂W_V‖² for uniform attention, (1 − c)² (T − 1)(1 + T/n)/(T (1 + (T − 1) c)).

    Args:
        cosine: c between any two tokens: a common Gaussian vector plus Gaussian differences, of second moment 1.
        tokens: T.
        width: n, of the stream and of the single head.
    Returns:
        The ratio of *squared* norms, dimensionless, for W_Q, W_K, W_V with entries of variance 1/n and independent
        gradients at the outputs.
    Source: page “Rank collapse”; E tr (ZZᵀ)² = mn(m + n + 1) for a Gaussian m × n matrix, m = T − 1.
    """
    return (1 - cosine) ** 2 * (tokens - 1) * (1 + tokens / width) / (tokens * (1 + (tokens - 1) * cosine))


def prefix_cosine(tokens: int) -> float:
    """Mean cosine of two causal means of independent tokens: √(i/k), over all positions i < k.

    Args:
        tokens: T ≥ 2.
    Returns:
        The mean over the T(T − 1)/2 pairs, dimensionless, in (0, 1): 1/√2 at T = 2.
    Source: page “Rank collapse”; the means of the first i and the first k share i of k summands.
    """
    pairs = [sqrt(i / k) for k in range(2, tokens + 1) for i in range(1, k)]
    return sum(pairs) / len(pairs)


def softmax_jacobian(variance: float, tokens: int) -> float:
    """E‖∂A/∂s‖_F² for A = softmax(s) with T independent logits N(0, σ²): E[Σ A² − 2 Σ A³ + (Σ A²)²].

    Args:
        variance: σ² of the logits, up to about 30. tokens: T ≥ 2.
    Returns:
        The mean squared Frobenius norm, dimensionless; (T − 1)/T² at σ = 0, and at most ½.
    Source: page “Attention logits”; J = diag(A) − A Aᵀ.
    """
    second = tokens * attention_moment((2,), variance, tokens)
    third = tokens * attention_moment((3,), variance, tokens)
    fourth = tokens * attention_moment((4,), variance, tokens)
    crossed = tokens * (tokens - 1) * attention_moment((2, 2), variance, tokens)
    return second - 2 * third + fourth + crossed


def attention_entropy(variance: float, tokens: int) -> float:
    """E[−Σ A ln A] for A = softmax of T independent logits N(0, σ²): E ln Σ e^s − E Σ A s, in nats.

    E ln S = ∫ (e^−u − E e^(−uS)) du/u and E Σ A s = σ² (1 − E Σ A²), by Stein's lemma.

    Args:
        variance: σ² of the logits, up to about 30. tokens: T ≥ 2.
    Returns:
        The mean entropy, in nats; ln T at σ = 0.
    Source: page “Attention logits”.
    """
    ln_u, weights, over_logit = _laplace(variance, tokens, 1)
    mean_log = float(((torch.exp(-ln_u.exp()) - over_logit(0) ** tokens) * weights).sum())
    return mean_log - variance * (1 - tokens * attention_moment((2,), variance, tokens))


def softmax_jacobian_tail(tokens: int) -> float:
    """Limit of σ · E‖∂A/∂s‖_F² for large σ: T(T − 1)/3 · E[φ(ξ) Φ(ξ)^(T−2)], two largest of T logits near a tie.

    With the two largest logits a gap u apart, J has the squared norm 4 p² (1 − p)², p = 1/(1 + e^−u), whose integral
    over u > 0 is 1/3; the gap has the density T(T − 1) ∫ φ² Φ^(T−2) / σ at 0.

    Args:
        tokens: T ≥ 2.
    Returns:
        The limit, dimensionless.
    Source: page “Attention logits”.
    """

    def near_tie(xi: Tensor) -> Tensor:
        density = torch.exp(-(xi**2) / 2) / sqrt(2 * pi)
        below: Tensor = torch.special.ndtr(xi)
        return density * below ** (tokens - 2)

    return tokens * (tokens - 1) / 3 * mean(near_tie)
