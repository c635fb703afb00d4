"""Gated units and powers of ReLU against autograd through sampled layers."""

from __future__ import annotations

import math

import pytest
import torch
from torch.nn import functional as F

import theory


def sampled(f, inputs: int, q: float, rows: int = 400_000) -> float:
    """(‖J‖_F²/m) over (second moment out / second moment in), rows drawn one by one."""
    x = torch.full((inputs,), math.sqrt(q))
    W, V = torch.randn(2, rows, inputs) / math.sqrt(inputs)
    points = x.repeat(rows, 1).requires_grad_()
    y = f((W * points).sum(1), (V * points).sum(1))
    (g,) = torch.autograd.grad(y.sum(), points)
    return float(g.square().sum() / rows / (y.detach().square().mean() / q))


@pytest.mark.parametrize("phi", [F.silu, F.gelu, F.relu, torch.sigmoid, torch.tanh])
@pytest.mark.parametrize(("inputs", "q"), [(2, 1), (10, 0.3)])
def test_gains_against_autograd(phi, inputs, q):
    assert sampled(lambda u, w: phi(u), inputs, q) == pytest.approx(theory.relative_gain(phi, q, inputs), rel=0.02)
    assert sampled(lambda u, w: phi(u) * w, inputs, q) == pytest.approx(theory.gated_gain(phi, q, inputs), rel=0.04)


def test_known_values():
    assert theory.gated_gain(F.silu) == pytest.approx(2.06663, abs=1e-5)
    assert theory.gated_gain(F.relu, 7.0) == pytest.approx(2)
    assert theory.homogeneous_gain(2) == pytest.approx(4 / 3)
    assert theory.homogeneous_gain(1, 3) == 1
    assert theory.homogeneous_gain(3, 1) == pytest.approx(9), "one input: the Jacobian is k y / x"


@pytest.mark.parametrize("degree", [1, 2, 3])
def test_homogeneous_gain_is_the_quadrature(degree):
    for inputs in (1, 5, math.inf):
        gain = theory.relative_gain(lambda z: F.relu(z) ** degree, 2.5, inputs)
        assert gain == pytest.approx(theory.homogeneous_gain(degree, inputs))


def test_a_slope_without_a_second_moment_is_refused():
    with pytest.raises(ValueError, match="second moment"):
        theory.homogeneous_gain(0.5)


@pytest.mark.parametrize("degree", [1, 2])
def test_spread_of_powers_over_draws(degree):
    width, depth, draws = 1000, 3, 400
    x = torch.ones(draws, width)
    for _ in range(depth):  # given the layer before, outputs are independent
        q = x.square().mean(1, keepdim=True)
        x = F.relu(q.sqrt() * torch.randn(draws, width)) ** degree
    assert float(x.square().mean(1).log().std()) == pytest.approx(
        theory.power_log_spread(degree, width, depth), rel=0.2
    )
