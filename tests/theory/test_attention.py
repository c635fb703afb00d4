"""`theory.attention` against sampling and against its own limits."""

from __future__ import annotations

import math

import pytest
import torch

import theory
from tests.theory.strategies import gaussian


@pytest.mark.parametrize("variance", [0.01, 1, 4, 9])
def test_moments_of_softmax_against_sampling(variance):
    A = torch.softmax(math.sqrt(variance) * gaussian(0, 100_000, 8), -1)
    square = A.square().sum(-1)
    assert 8 * theory.attention_moment((2,), variance, 8) == pytest.approx(float(square.mean()), rel=0.01)
    assert theory.attention_moment((2, 1), variance, 8) == pytest.approx(
        float((A[:, 0].square() * A[:, 1]).mean()), rel=0.05
    )
    J = torch.diag_embed(A[:5000]) - A[:5000, :, None] * A[:5000, None]
    assert theory.softmax_jacobian(variance, 8) == pytest.approx(float(J.square().sum((1, 2)).mean()), rel=0.03)
    entropy = -(A * A.clamp_min(1e-300).log()).sum(-1)
    assert theory.attention_entropy(variance, 8) == pytest.approx(float(entropy.mean()), rel=0.01)


def test_moments_add_up():
    for variance in (0.1, 2, 20):
        assert 5 * theory.attention_moment((1,), variance, 5) == pytest.approx(1, rel=1e-6)
        both = 5 * theory.attention_moment((2,), variance, 5) + 20 * theory.attention_moment((1, 1), variance, 5)
        assert both == pytest.approx(1, rel=1e-6)


@pytest.mark.parametrize(("variance", "error"), [(0.01, 1e-8), (1, 1e-8), (4, 1e-8), (30, 2e-3)])
def test_moments_of_two_tokens_against_one_integral(variance, error):
    """Of two tokens each gets the sigmoid of the difference of logits, which is N(0, 2σ²)."""
    z = torch.linspace(-12, 12, 100_001, dtype=torch.float64)
    density = torch.exp(-z.square() / 2) / math.sqrt(2 * math.pi)
    first = torch.sigmoid(math.sqrt(2 * variance) * z)
    for powers, integrand in (((1,), first), ((3,), first**3), ((2, 1), first**2 * (1 - first))):
        exact = float(torch.trapezoid(integrand * density, z))
        assert theory.attention_moment(powers, variance, 2) == pytest.approx(exact, rel=error)


@pytest.mark.parametrize("tokens", [1, 2, 1_000_000])
def test_moments_of_equal_logits_are_powers_of_a_share(tokens):
    assert theory.attention_moment((3,), 1e-12, tokens) == pytest.approx(tokens**-3, rel=1e-8, abs=0)


@pytest.mark.parametrize(("variance", "error"), [(0.01, 1e-11), (1, 1e-11), (4, 1e-11), (30, 1e-5)])
@pytest.mark.parametrize("power", [1, 3])
def test_a_single_token_gets_everything(variance, error, power):
    assert theory.attention_moment((power,), variance, 1) == pytest.approx(1, rel=error)


def test_attended_cosine_has_its_limits():
    assert theory.attended_cosine(1e-6, 16) == pytest.approx(1, abs=1e-4)
    assert theory.attended_cosine(0.5, 4000) == pytest.approx(math.exp(-0.5), rel=0.01)


@pytest.mark.parametrize("order", ["none", "skip", "pre", "post"])
def test_token_cosine_against_a_wide_network(order):
    n, tokens, alpha = 2000, 6, 0.7

    def norm(x):
        return x / x.square().mean(-1, keepdim=True).sqrt()

    x, keep = gaussian(1, tokens, n), order != "none"
    for block in range(3):
        for branch in ("attention", "mlp"):
            h = norm(x) if order == "pre" else x
            first, second = gaussian(10 * block + 2, n, n), gaussian(10 * block + 3, n, n)
            if branch == "attention":
                h = h.mean(0, keepdim=True) @ second / math.sqrt(n)
            else:
                h = (h @ first / math.sqrt(n)).relu() @ gaussian(10 * block + 4, n, n) * math.sqrt(2 / n)
            x = keep * x + alpha * h
            x = norm(x) if order == "post" else x
    square = float(x.square().sum())
    measured = (float(x.sum(0).square().sum()) - square) / square / (tokens - 1)
    assert measured == pytest.approx(theory.token_cosine(order, 3, tokens, alpha), abs=0.05)


def test_token_cosine_refuses_other_orders():
    with pytest.raises(ValueError, match="sandwich"):
        theory.token_cosine("sandwich", 3, 4)


def test_prefix_cosine_by_means_of_orthogonal_tokens():
    means = torch.nn.functional.normalize(torch.ones(7, 7).tril())
    pairs = (means @ means.T)[torch.ones(7, 7).triu(1).bool()]
    assert theory.prefix_cosine(7) == pytest.approx(float(pairs.mean()))


@pytest.mark.parametrize("c", [0, 0.5])
def test_query_gradient_share_against_autograd(c):
    n, tokens, totals = 128, 6, torch.zeros(2)
    for seed in range(40):
        x = math.sqrt(c) * gaussian(seed, n) + math.sqrt(1 - c) * gaussian(seed + 100, tokens, n)
        query = torch.zeros(n, n, requires_grad=True)
        value = (gaussian(seed + 200, n, n) / math.sqrt(n)).requires_grad_()
        logits = (x @ query) @ (x @ gaussian(seed + 300, n, n) / math.sqrt(n)).T / math.sqrt(n)
        y = torch.softmax(logits, -1) @ (x @ value)
        gradients = torch.autograd.grad(y, (query, value), gaussian(seed + 400, tokens, n))
        totals += torch.stack([g.square().sum() for g in gradients])
    assert float(totals[0] / totals[1]) == pytest.approx(theory.query_gradient_share(c, tokens, n), rel=0.15)


@pytest.mark.parametrize("tokens", [2, 5, 16])
def test_softmax_jacobian_tends_to_its_tail(tokens):
    A = torch.softmax(40 * gaussian(3, 400_000, tokens), -1)
    second = A.square().sum(-1)
    norms = second - 2 * (A**3).sum(-1) + second**2
    assert 40 * float(norms.mean()) == pytest.approx(theory.softmax_jacobian_tail(tokens), rel=0.06)
    assert 5 * theory.softmax_jacobian(25, tokens) == pytest.approx(theory.softmax_jacobian_tail(tokens), rel=0.3)
