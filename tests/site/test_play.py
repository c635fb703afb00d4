"""The page “Play with depth”: its numbers against the Python formulas, its state, its keyboard."""

from __future__ import annotations

import itertools
import math

import pytest
import torch
from torch.nn import functional as F

import theory

PHI = {
    "identity": lambda z: 1 * z, "sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": F.relu,
    "leaky_relu": F.leaky_relu, "softplus": F.softplus, "selu": F.selu, "gelu": F.gelu, "silu": F.silu,
}  # fmt: skip


def gains(activation, depth, variance, norm, skip, alpha) -> list[float]:
    phi = PHI[activation]
    spread = theory.second_moment(phi) - theory.mean(phi) ** 2
    found, q = [], variance if norm == "none" and not skip else 1.0
    for layer in range(depth):
        if norm == "batch" and skip:
            found.append(
                1 + alpha**2 * variance * theory.slope_moment(phi) / (1 + alpha**2 * variance * spread * layer)
            )
        elif norm == "batch":
            found.append(theory.batchnorm_gain(phi) if layer else theory.slope_moment(phi))
        elif skip:
            found.append(1 + alpha**2 * theory.chi(phi, variance, q))
            q += alpha**2 * variance * theory.second_moment(phi, q)
        else:
            found.append(theory.chi(phi, variance, q))
            q = variance * theory.second_moment(phi, q)
    return found


@pytest.fixture
def page(browser, site):
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"file://{site}/play.html")
    yield page
    context.close()


def test_numbers_agree_with_python_over_a_grid(page):
    torch.set_default_dtype(torch.float64)
    cases = list(itertools.product(PHI, (0.5, 2.0, 4.0), ("none", "batch"), (False, True)))
    for activation, variance, norm, skip in cases:
        state = {"depth": 6, "activation": activation, "variance": variance, "norm": norm, "skip": skip, "alpha": 0.5}
        got = page.evaluate("s => gradientProfile(s)", state)
        expected = gains(**state)
        assert got["gains"] == pytest.approx(expected, rel=2e-4), state
        assert got["logs"][0] == pytest.approx(sum(map(math.log10, expected)) / 2, abs=1e-3)
        assert got["logs"][-1] == 0 and len(got["logs"]) == 7
    torch.set_default_dtype(torch.float32)


def test_it_redraws_by_keyboard_and_keeps_its_state_in_the_address(page):
    before = page.locator("#play-figure polyline").get_attribute("points")
    page.locator("[name=depth]").focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    page.locator("[name=activation]").select_option("sigmoid")
    after = page.locator("#play-figure polyline").get_attribute("points")
    assert before != after
    assert page.locator("#play-table tbody tr").count() == 56
    address = page.url
    page.goto("about:blank")
    page.goto(address)
    assert page.locator("[name=activation]").input_value() == "sigmoid"
    assert page.locator("#play-figure polyline").get_attribute("points") == after
    assert "relative to the last layer" in page.locator("#play-figure svg").get_attribute("aria-label")
