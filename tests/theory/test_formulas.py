"""The package `theory` against sampling, autograd and closed forms, in float64."""

from __future__ import annotations

import itertools
import math

import pytest
import torch
from torch.nn import functional as F

import theory
from tests.theory.strategies import gaussian

ACTIVATIONS = {
    "relu": F.relu, "tanh": torch.tanh, "sigmoid": torch.sigmoid, "gelu": F.gelu, "selu": F.selu, "silu": F.silu,
    "mish": F.mish, "softplus": F.softplus, "elu": F.elu, "hardtanh": F.hardtanh, "sin": torch.sin,
}  # fmt: skip


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


@pytest.mark.parametrize("place", [0.3, 0.91, -1.63])
def test_gaussian_mean_off_the_panels_is_as_exact_as_promised(place):
    density = math.exp(-(place**2) / 2) / math.sqrt(2 * math.pi)
    tail = math.erfc(place / math.sqrt(2)) / 2
    assert theory.mean(lambda z: F.relu(z - place)) == pytest.approx(density - place * tail, abs=1e-4)
    assert theory.mean(lambda z: (z > place).double()) == pytest.approx(tail, abs=1e-2)


@pytest.mark.parametrize("c", [-1, -0.8, 0, 0.3, 0.99, 1])
def test_pair_mean_against_the_arc_cosine_kernel(c):
    angle = math.acos(c)
    exact = (math.sin(angle) + (math.pi - angle) * c) / (2 * math.pi)
    assert theory.pair_mean(F.relu, F.relu, c) == pytest.approx(exact, abs=1e-5)
    assert theory.pair_mean(lambda z: z, lambda z: z**3, c) == pytest.approx(3 * c, abs=1e-12)
    assert theory.pair_mean(torch.sin, torch.sin, c) == pytest.approx(math.exp(-1) * math.sinh(c), abs=1e-12)


def test_pair_mean_refuses_what_is_no_correlation():
    with pytest.raises(ValueError, match="correlation of 1.1"):
        theory.pair_mean(F.relu, F.relu, 1.1)


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
    assert theory.batchnorm_gain(ACTIVATIONS[name]) >= 1 + 1e-4


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
    large = theory.batchnorm_gain(lambda z: 1e4 + torch.tanh(z))
    assert large == pytest.approx(theory.batchnorm_gain(torch.tanh), rel=1e-7), "no cancellation"


@pytest.mark.parametrize("batch", [12, 20])
def test_gain_of_a_linear_layer_with_batchnorm_by_sampling(batch):
    """One unit at a time: inputs of mean square 1 that sum to 0 over the batch, a gradient that does so, too."""
    z = torch.randn(200_000, batch) * math.sqrt(batch / (batch - 1))
    v = torch.randn(200_000, batch)
    z, v = z - z.mean(1, keepdim=True), v - v.mean(1, keepdim=True)
    z.requires_grad_()
    (gradient,) = torch.autograd.grad(z / z.std(1, correction=0, keepdim=True), z, v)
    gain = float(gradient.square().sum() / v.square().sum())
    assert gain == pytest.approx(theory.batchnorm_linear_gain(batch), rel=0.005)


def test_batchnorm_of_three_samples_has_no_mean():
    with pytest.raises(ValueError, match="at least 4"):
        theory.batchnorm_linear_gain(3)


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


@pytest.mark.parametrize("weight_variance", [1, 2.5])
def test_correlation_comes_nearer_at_its_scale(weight_variance):
    """In order and in chaos: the distance from c* shrinks by exp(−1/ξ_c) a layer."""
    near, nearer, there = (theory.correlation_after(torch.tanh, weight_variance, 0.05, n) for n in (60, 61, 300))
    shrinks = math.exp(-1 / theory.correlation_scale(torch.tanh, weight_variance, 0.05))
    assert (nearer - there) / (near - there) == pytest.approx(shrinks, rel=2e-3)


def test_correlation_scale_is_infinite_on_the_critical_line():
    critical = theory.critical_weight_variance(torch.tanh, 0.05)
    assert theory.correlation_scale(torch.tanh, critical, 0.05) == math.inf


def test_critical_line_of_tanh_starts_at_one():
    assert theory.critical_weight_variance(torch.tanh, 1e-9) == pytest.approx(1, abs=0.01)


def test_moments_refuse_a_negative_second_moment():
    for formula in (theory.second_moment, theory.slope_moment):
        with pytest.raises(ValueError):
            formula(torch.tanh, -1.0)


def test_fixed_point_of_relu_explodes_without_a_warning():
    assert theory.fixed_point(F.relu, 3.0) == math.inf
    assert theory.fixed_point(F.relu, 1.0) < 1e-300
    assert theory.fixed_point(F.relu, 2.0, start=0.7) == pytest.approx(0.7, rel=1e-10)


def test_no_critical_weight_variance_is_an_error():
    with pytest.raises(ValueError):
        theory.critical_weight_variance(lambda z: 0.001 * z)


def test_correlation_of_relu_gradients_against_a_network():
    """Two orthogonal inputs, one random backward signal for both, in four networks."""
    for skip in (False, True):
        x = start = torch.linalg.qr(gaussian(0, 4, 1000, 2)).Q.mT.requires_grad_()
        for layer in range(3):
            W = gaussian(1 + layer, 4, 1000, 1000) * math.sqrt(2 / 1000)
            x = (x if skip else 0) + F.relu(x) @ W.mT
        v = gaussian(99, 4, 1, 1000).expand(-1, 2, -1)
        (gradient,) = torch.autograd.grad(x, start, v)
        cosines = F.cosine_similarity(gradient[:, 0], gradient[:, 1], dim=-1)
        expected = theory.residual_gradient_cosine(3, 1.0) if skip else theory.plain_gradient_cosine(3)
        assert cosines.mean().item() == pytest.approx(expected, abs=0.03)
    assert theory.plain_gradient_cosine(5, start=5) == 1


def test_relu_fourth_moment_against_sampling():
    """relu(W x) with the input norm 1: 100,000 networks of width 10 and depth 2."""
    x = torch.zeros(100_000, 10)
    x[:, 0] = 1
    for layer in range(2):
        W = gaussian(layer, len(x), 10, 10) * math.sqrt(2 / 10)
        x = F.relu(torch.einsum("sij,sj->si", W, x))
    squares = x.square().sum(1)
    assert squares.mean().item() == pytest.approx(1, abs=0.02)
    assert squares.square().mean().item() == pytest.approx(theory.relu_fourth_moment(10, 2), rel=0.04)
    assert abs(squares.square().mean().item() - (1 + 6 / 10) ** 2) > 0.2, "not 6/n"


@pytest.mark.parametrize(("width", "variance"), [(1, 1.0), (8, 1.0), (16, 0.5)])
def test_lyapunov_exponent_against_sampling(width, variance):
    logs = (gaussian(width, 400_000, width).square().sum(1) * variance / width).log() / 2
    error = logs.std().item() / math.sqrt(len(logs))
    assert abs(logs.mean().item() - theory.lyapunov_exponent(width, variance)) < 4 * error
    assert logs.var().item() == pytest.approx(theory.lyapunov_variance(width), rel=0.02)
    for rival in (-1 / width, -1 / (4 * width)):
        assert abs(logs.mean().item() - rival - math.log(variance) / 2) > 10 * error
    with pytest.raises(ValueError):
        theory.lyapunov_exponent(width, 0)


@pytest.mark.parametrize(("width", "variance"), [(1, 2.0), (3, 1.0), (16, 2.5)])
def test_relu_lyapunov_against_sampling(width, variance):
    squares = (gaussian(width, 400_000, width).clamp(min=0).square().sum(1) * variance / width).double()
    logs = squares[squares > 0].log() / 2
    assert 1 - len(logs) / len(squares) == pytest.approx(2**-width, abs=0.003), "all units off"
    mean, spread = theory.relu_lyapunov(width, variance)
    assert abs(logs.mean().item() - mean) < 4 * logs.std().item() / math.sqrt(len(logs))
    assert logs.var().item() == pytest.approx(spread, rel=0.02)
    wide = theory.relu_lyapunov(500)
    assert wide == (pytest.approx(-5 / 2000, rel=0.01), pytest.approx(5 / 2000, rel=0.01))


@pytest.mark.parametrize(("c_in", "c_out", "stride"), [(4, 4, 2), (12, 3, 2), (6, 2, 1), (2, 3, 3)])
def test_transposed_gain_against_a_kernel_of_equal_weights(c_in, c_out, stride):
    # Signs of equal size: the mean over them is the sum of squares, so convolve squares with squares.
    kernel = 2 * stride
    layer = torch.nn.ConvTranspose2d(c_in, c_out, kernel, stride=stride, bias=False, dtype=torch.float64)
    fan_in, _ = torch.nn.init._calculate_fan_in_and_fan_out(layer.weight)
    layer.weight.data.fill_(1 / fan_in)
    inside = layer(torch.ones(1, c_in, 6, 6, dtype=torch.float64))[..., kernel:-kernel, kernel:-kernel]
    exact = theory.transposed_gain(c_in, c_out, stride)
    assert torch.allclose(inside, torch.full_like(inside, exact), rtol=1e-12)


@pytest.mark.parametrize(("rate", "decay"), [(1, 0.01), (0.1, 3), (2, 0)])
def test_equilibrium_angle_against_a_step_that_keeps_the_norm(rate, decay):
    weights, shrink = torch.tensor([3.0, 0.0], dtype=torch.float64), 1 - rate * decay
    gradient = torch.tensor([0.0, 3 * math.sqrt(1 - shrink**2) / rate], dtype=torch.float64)
    stepped = shrink * weights - rate * gradient
    assert stepped.norm() == pytest.approx(3, rel=1e-12)
    turned = math.atan2(abs(stepped[1]), stepped[0])
    assert theory.equilibrium_angle(rate, decay) == pytest.approx(turned, abs=1e-9)
    small = theory.equilibrium_angle(1e-3, 1e-3)
    assert small == pytest.approx(math.sqrt(2e-6), rel=1e-6)


def test_equilibrium_angle_refuses_a_decay_that_turns_weights_round():
    with pytest.raises(ValueError, match="must lie in 0 to 1"):
        theory.equilibrium_angle(2, 1)


def test_width_gains_and_their_rules():
    assert theory.fan_variance("xavier", 600, 150) == 2 / 750
    assert theory.width_gains([7], "xavier") == (1, 1)
    forward, backward = theory.width_gains([600, 150], "xavier")
    assert (forward * 600 / 150, backward * 150 / 600) == pytest.approx((1.6, 0.4))
    with pytest.raises(ValueError, match="no such rule"):
        theory.fan_variance("he", 1, 1)


def test_relu_ended_stream_against_a_network():
    for alpha in (1 / 8, 1.0):
        x = gaussian(0, 8, 2000)
        for layer in range(4):
            x = x + alpha * F.relu(x @ gaussian(layer + 1, 2000, 2000).T * math.sqrt(2 / 2000))
        assert x.square().mean().item() == pytest.approx(theory.relu_ended_stream(4, alpha), rel=0.05)
    assert theory.relu_ended_stream(100_000, 1e-5) == pytest.approx(math.cosh(math.pi**-0.5) ** 2, rel=1e-4)


def test_formulas_of_blocks_and_streams():
    assert theory.residual_gain(2, 0.5) == 1.5
    assert theory.residual_gain(2, 0.5, skip=0.5) == 0.75
    assert theory.stream_growth(2, 1, 3) == 27


def test_every_public_name_is_there_and_documented():
    for name in theory.__all__:
        assert hasattr(theory, name), name
    own = [v for v in vars(theory).values() if getattr(v, "__module__", "").startswith("theory.")]
    assert len(own) == len({v.__name__ for v in own} & set(theory.__all__)) >= 20
    for function in own:
        assert "Returns:" in function.__doc__ and "Source:" in function.__doc__ and "Args:" in function.__doc__


@pytest.mark.parametrize("variance", [0.01, 1.0, 9.0])
@pytest.mark.parametrize("classes", [2, 10])
def test_head_gradient_by_autograd(classes, variance):
    """Wide features of norm √n, a head drawn anew for each example."""
    n, batch = 100, 2000
    h = (torch.ones(batch, 1, n)).requires_grad_()
    s = math.sqrt(variance / n)
    logits = (h @ (s * gaussian(classes, batch, n, classes))).squeeze(1)
    y = torch.arange(batch) % classes
    (g,) = torch.autograd.grad(F.cross_entropy(logits, y, reduction="sum"), h)
    found = g.square().sum(2) / (n * s * s)
    error = float(found.std()) / math.sqrt(batch)
    expected = theory.head_gradient(classes, variance)
    assert abs(float(found.mean()) - expected) <= 4 * error + 4 / n
    assert expected < 2 * (1 - 1 / classes)


def test_head_gradient_limits():
    assert theory.head_gradient(10, 0) == pytest.approx(0.9)
    with pytest.raises(ValueError, match="classes"):
        theory.head_gradient(1, 1)


@pytest.mark.parametrize(("width", "depth"), [(1, 2), (2, 1), (3, 2), (4, 3)])
def test_zero_share_of_relu_by_counting_every_pattern(width, depth):
    patterns = list(itertools.product(*[[sum(p) for p in itertools.product((0, 1), repeat=width)]] * depth))
    mean_least = sum(map(min, patterns)) / len(patterns)
    assert theory.relu_zero_share(width, depth) == pytest.approx(1 - mean_least / width, rel=1e-12)
