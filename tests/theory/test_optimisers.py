"""`theory.optimisers` against torch's own Adam and against sampling."""

from __future__ import annotations

import math

import pytest
import torch

import theory
from tests.theory.strategies import gaussian


@pytest.mark.parametrize("ratio", [0.01, 0.3, 1, 4, 100])
def test_adam_first_step_against_torch(ratio):
    w = torch.zeros(200_000, requires_grad=True)
    w.grad = 1e-8 * ratio * gaussian(1, len(w))
    torch.optim.Adam([w], lr=0.5, eps=1e-8).step()
    moved = 2 * float(w.detach().abs().mean())
    assert moved == pytest.approx(theory.adam_first_step(ratio), rel=0.01)


def test_adam_first_step_far_below_epsilon_is_linear():
    assert theory.adam_first_step(1e-6) == pytest.approx(1e-6 * math.sqrt(2 / math.pi), rel=1e-5)
    assert theory.adam_first_step(1e9) == pytest.approx(1, abs=1e-6)


def test_adam_reach_is_the_layer_at_which_the_gradient_meets_epsilon():
    layers = theory.adam_reach(0.25, 1e4)
    assert 1e-4 * math.sqrt(0.25) ** layers == pytest.approx(1e-8)


@pytest.mark.parametrize("bad", [0, 1, 2])
def test_adam_reach_refuses_a_gradient_that_does_not_vanish(bad):
    with pytest.raises(ValueError, match="gain"):
        theory.adam_reach(bad, 10)
    with pytest.raises(ValueError, match="ratio"):
        theory.adam_first_step(-bad)


@pytest.mark.parametrize("step", [1, 2, 7, 300])
@pytest.mark.parametrize("betas", [(0.9, 0.999), (0.5, 0.9), (0.0, 0.99)])
def test_adam_after_zeros_against_torch(step, betas):
    w = torch.zeros(2, requires_grad=True)
    adam = torch.optim.Adam([w], lr=0.5, betas=betas, eps=1e-30)
    for t in range(1, step + 1):
        w.grad = torch.tensor([1e-3, -20.0]) * (t == step)
        adam.step()
    assert (-2 * w.detach()).tolist() == pytest.approx([x * theory.adam_after_zeros(step, *betas) for x in (1, -1)])


def test_adam_after_zeros_has_the_limits_the_page_names():
    assert theory.adam_after_zeros(2) == pytest.approx(math.sqrt(1.999) / 1.9)
    assert theory.adam_after_zeros(10**6) == pytest.approx(0.1 / math.sqrt(0.001))
    with pytest.raises(ValueError, match="first step"):
        theory.adam_after_zeros(0)
