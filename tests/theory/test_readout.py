"""What a readout sends back, against wide networks."""

from __future__ import annotations

import math

import pytest
import torch
from torch.nn import functional as F

import theory


def test_sum_readout_gain_against_a_wide_network():
    """GELU is neither odd nor homogeneous, so every term of the recursion counts; σ_w² = 1.5 is no square of itself."""
    torch.manual_seed(0)
    width, depth, variance = 1000, 4, 1.5
    measured = []
    for _ in range(24):
        x = state = torch.randn(4, width, requires_grad=True)
        for _ in range(depth):
            state = F.gelu(state @ torch.randn(width, width) * math.sqrt(variance / width))
        (gradient,) = torch.autograd.grad(state.sum(), x)
        measured.append(float(gradient.square().sum() / state.numel()))
    mean = sum(measured) / len(measured)
    assert theory.sum_readout_gain(F.gelu, variance, depth) == pytest.approx(mean, rel=0.06)
