"""`theory.optimisers` against torch's own Adam and against sampling."""

from __future__ import annotations

import itertools
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


def steps_of_adam(gradients, beta1, beta2):
    """Every step over the rate, by torch's Adam with a negligible ε."""
    w = torch.zeros(1)
    adam = torch.optim.Adam([w], lr=1.0, betas=(beta1, beta2), eps=1e-200)
    places = [0.0]
    for g in gradients:
        w.grad = torch.tensor([float(g)])
        adam.step()
        places.append(w.item())
    return [a - b for a, b in itertools.pairwise(places)]


BETAS = [(0.9, 0.999), (0.9, 0.95), (0.5, 0.9), (0.0, 0.99)]


@pytest.mark.parametrize("betas", [*BETAS, (0.9, 0.5)])
@pytest.mark.parametrize("t", [1, 2, 30])
def test_adam_bound_is_met_by_the_worst_sequence(betas, t):
    beta1, beta2 = betas
    worst = [(beta1 / beta2) ** (t - 1 - i) for i in range(t)]
    assert steps_of_adam(worst, *betas)[-1] == pytest.approx(theory.adam_bound(t, *betas))


def test_adam_bound_far_out():
    assert theory.adam_bound(1) == pytest.approx(1)
    limit = 0.1 / math.sqrt(0.001 * (1 - 0.81 / 0.999))
    assert theory.adam_bound(20_000) == pytest.approx(limit)


@pytest.mark.parametrize("betas", BETAS)
@pytest.mark.parametrize("after", [1, 4, 30])
def test_adam_spike_against_torch(betas, after):
    quiet = [1e-12 * (-1) ** i for i in range(19)]
    steps = steps_of_adam([*quiet, 1.0, *quiet, *quiet], *betas)
    assert sum(steps[19 : 19 + after]) == pytest.approx(theory.adam_spike(20, after, *betas), rel=1e-6)


def test_adam_spike_far_out():
    assert theory.adam_spike(100_000) == pytest.approx(0.1 / math.sqrt(0.001))
    assert theory.adam_spike(100_000, beta2=0.95) == pytest.approx(0.1 / math.sqrt(0.05))
    assert theory.adam_spike(1) == pytest.approx(1)
    assert theory.adam_spike(2) == pytest.approx(math.sqrt(1.999) / 1.9)


@pytest.mark.parametrize("bad", [(0, 0.9, 0.999), (1, 1.0, 0.999), (1, 0.9, -0.1)])
def test_adam_bound_and_spike_refuse_what_is_no_adam(bad):
    with pytest.raises(ValueError, match="betas"):
        theory.adam_bound(*bad)
    with pytest.raises(ValueError, match="betas"):
        theory.adam_spike(bad[0], 1, *bad[1:])


@pytest.mark.parametrize("step", [1, 2, 7, 300])
@pytest.mark.parametrize("betas", [(0.9, 0.999), (0.5, 0.9), (0.0, 0.99)])
def test_adam_spike_after_zeros_against_torch(step, betas):
    w = torch.zeros(2, requires_grad=True)
    adam = torch.optim.Adam([w], lr=0.5, betas=betas, eps=1e-30)
    for t in range(1, step + 1):
        w.grad = torch.tensor([1e-3, -20.0]) * (t == step)
        adam.step()
    assert (-2 * w.detach()).tolist() == pytest.approx([x * theory.adam_spike(step, 1, *betas) for x in (1, -1)])
