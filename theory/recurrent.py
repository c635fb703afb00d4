"""Recurrent cells near their start: what is left of a gradient after many steps back in time."""

from math import exp, sqrt

from .depth import shared_stream


def recurrent_memory(cell: str, bias: float, weight_variance: float, steps: int) -> float:
    """E‖∂s_T/∂s_0ᵀ v‖²/‖v‖² of a recurrent cell with small states and inputs, infinite width.

    With all other gates at ½ and slopes at 1, a step back is λI + αU with one matrix U, Var U = 1/n, for all steps.
    λ = σ(b). In an LSTM the state reaches the next candidate through the output gate, the candidate the state through
    the input gate: α = σ_w/4. In a GRU, through the reset gate and 1 − σ(b): α = σ_w (1 − σ(b))/2. A tanh RNN has λ = 0
    and α = σ_w.

    Args:
        cell: "lstm", "gru" or "rnn".
        bias: b of the gate that keeps the state, f of an LSTM, z of a GRU.
        weight_variance: σ_w² = n times the variance of a recurrent weight.
        steps: T.
    Returns:
        The factor of the squared gradient norm, dimensionless, in the mean over U.
    Raises:
        KeyError: another cell.
    Source: page “Through time”; the sum as in `shared_stream`.
    """
    keep, weight = 1 / (1 + exp(-bias)), sqrt(weight_variance)
    skip, alpha = {"lstm": (keep, weight / 4), "gru": (keep, weight * (1 - keep) / 2), "rnn": (0.0, weight)}[cell]
    return shared_stream(steps, alpha, skip)
