"""Deep networks without skips or normalisation, and streams, against sampling."""

from __future__ import annotations

import math

import pytest
import torch
from torch.nn import functional as F

import theory


@pytest.mark.parametrize("slope", [0.0, 0.3, 1.0])
def test_leaky_cosine_against_the_pair_mean(slope):
    def phi(z):
        return F.leaky_relu(z, slope)

    exact = theory.pair_mean(phi, phi, 0.25) / theory.second_moment(phi)
    assert theory.leaky_cosine(slope, 1, 0.25) == pytest.approx(exact, abs=1e-5)


def test_tailored_slope_is_the_inverse():
    assert theory.leaky_cosine(theory.tailored_slope(17, 0.8), 17) == pytest.approx(0.8)


def test_standardised_cosine_against_the_pair_mean():
    def phi(z):
        return F.relu(z) - 1 / math.sqrt(2 * math.pi)

    exact = theory.pair_mean(phi, phi, 0.5) / theory.second_moment(phi)
    assert theory.standardised_cosine(1, 0.5) == pytest.approx(exact, abs=1e-4)
    assert theory.standardised_cosine(5) == pytest.approx(0)


def test_dyt_stream_against_a_wide_network():
    torch.manual_seed(1)
    width, depth = 1500, 12
    x = start = torch.randn(4, width, requires_grad=True)
    for _ in range(depth):
        x = x + torch.tanh(x) @ torch.randn(width, width) / math.sqrt(width)
    v = torch.randn(4, width)
    (g,) = torch.autograd.grad(x, start, v)
    p, total = theory.dyt_stream(depth)
    assert float(x.detach().square().mean()) == pytest.approx(p, rel=0.05)
    assert math.log(float(g.square().sum() / v.square().sum())) == pytest.approx(total, abs=0.2)


def path(draws: int, width: int, depth: int, shared: bool):
    """Squared norm of the fine stream, of its difference from the coarse one, in the mean."""
    norms = []
    for _ in range(draws):
        if shared:
            W = torch.randn(width, width) / math.sqrt(width)
            fine, coarse = [W / (2 * depth)] * (2 * depth), [W / depth] * depth
        else:
            fine = torch.randn(2 * depth, width, width) / math.sqrt(2 * depth * width)
            coarse = fine[::2] + fine[1::2]
        x = y = torch.ones(width)
        for A in fine:
            x = x + A @ x
        for A in coarse:
            y = y + A @ y
        norms.append([float(x.square().mean()), float((x - y).square().mean())])
    return torch.tensor(norms).mean(0).tolist()


def test_streams_and_their_differences_against_sampling():
    torch.manual_seed(2)
    long, difference = path(200, 100, 3, shared=True)
    assert long == pytest.approx(theory.shared_stream(6, 1 / 6), rel=0.08)
    assert difference == pytest.approx(theory.doubling_difference(3, shared=True), rel=0.15)
    long, difference = path(200, 100, 3, shared=False)
    assert long == pytest.approx((1 + 1 / 6) ** 6, rel=0.08)
    assert difference == pytest.approx(theory.doubling_difference(3, shared=False), rel=0.15)


def test_one_block_split_in_two_by_hand():
    """(1 + A/2)² − (1 + A) is A²/4, whose mean square is 1/16 of that of A²."""
    assert theory.doubling_difference(1, shared=True) == pytest.approx(1 / 16)
