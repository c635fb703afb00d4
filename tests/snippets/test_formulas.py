"""exhibits/theory.py against sampling, autograd and closed forms, in float64."""

from __future__ import annotations

import math

import pytest
import torch
from torch.nn import functional as F

from exhibits import theory

ACTIVATIONS = {
    "relu": F.relu, "tanh": torch.tanh, "sigmoid": torch.sigmoid, "gelu": F.gelu, "selu": F.selu, "silu": F.silu,
    "mish": F.mish, "softplus": F.softplus, "elu": F.elu, "hardtanh": F.hardtanh, "sin": torch.sin,
}  # fmt: skip


@pytest.fixture(autouse=True)
def _float64():
    torch.manual_seed(0)
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


@pytest.mark.parametrize(
    ("f", "exact"),
    [
        (lambda z: torch.ones_like(z), 1),
        (lambda z: z**2, 1),
        (lambda z: z**6, 15),
        (lambda z: z.abs(), math.sqrt(2 / math.pi)),
        (lambda z: torch.exp(z), math.exp(0.5)),
        (lambda z: torch.cos(z), math.exp(-0.5)),
        (lambda z: (z > 0.75).double(), math.erfc(0.75 / math.sqrt(2)) / 2),
    ],
)
def test_gaussian_mean_against_closed_forms(f, exact):
    assert theory.mean(f) == pytest.approx(exact, rel=1e-12)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_slope_against_finite_differences(name):
    phi, z, h = ACTIVATIONS[name], torch.linspace(-3.03, 3.03, 100), 1e-6
    assert torch.allclose(theory.slope(phi)(z), (phi(z + h) - phi(z - h)) / (2 * h), atol=1e-7)


@pytest.mark.parametrize("name", ["relu", "tanh", "sigmoid", "gelu"])
def test_gain_against_autograd_through_one_layer(name):
    phi, width, variance = ACTIVATIONS[name], 2000, 1.7
    x = torch.randn(1, width, requires_grad=True)
    z = x @ (torch.randn(width, width) * math.sqrt(variance / width)).T
    v = torch.randn(1, width)
    (gradient,) = torch.autograd.grad(phi(z), x, v)
    q = variance * float(x.detach().square().mean())
    gain = float(gradient.square().sum() / v.square().sum())
    assert gain == pytest.approx(theory.chi(phi, variance, q), rel=0.15)
    assert theory.second_moment(phi, q) == pytest.approx(phi(z).square().mean().item(), rel=0.15)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_batchnorm_gain_is_at_least_one(name):
    assert theory.batchnorm_gain(ACTIVATIONS[name]) >= 1 + (1e-4 if name != "identity" else 0)


def test_batchnorm_gain_on_random_polynomials_and_special_cases():
    for _ in range(50):
        a = torch.randn(6)
        gain = theory.batchnorm_gain(lambda z, a=a: sum(c * z**k for k, c in enumerate(a)))
        assert gain >= 1
    assert theory.batchnorm_gain(lambda z: 3 * z + 2) == pytest.approx(1, rel=1e-12)
    assert theory.batchnorm_gain(F.relu) == pytest.approx(math.pi / (math.pi - 1), rel=1e-12)
    assert theory.batchnorm_gain(lambda z: z**2) == pytest.approx(2, rel=1e-12)  # Hermite degree 2
    with pytest.raises(ValueError, match="constant"):
        theory.batchnorm_gain(lambda z: 0 * z + 1)


def test_fixed_point_is_one():
    for phi, weight, bias in ((torch.tanh, 2.5, 0.05), (torch.sigmoid, 1.0, 0.0), (F.gelu, 1.5, 0.3)):
        q = theory.fixed_point(phi, weight, bias)
        assert q == pytest.approx(weight * theory.second_moment(phi, q) + bias, rel=1e-10)


def test_correlation_map():
    assert theory.correlation_after(torch.tanh, 2.5, 0.05, 3, start=1.0) == pytest.approx(1, abs=1e-8)
    # near c = 1 the distance from 1 changes by χ₁ per layer
    start = 1 - 1e-4
    after = theory.correlation_after(torch.tanh, 2.5, 0.05, 1, start=start)
    q = theory.fixed_point(torch.tanh, 2.5, 0.05)
    assert (1 - after) / (1 - start) == pytest.approx(theory.chi(torch.tanh, 2.5, q), rel=1e-2)


def test_critical_line_of_tanh_starts_at_one():
    assert theory.critical_weight_variance(torch.tanh, 1e-9) == pytest.approx(1, abs=0.01)
