"""Formulas as plain text, from what KaTeX makes of them."""

from __future__ import annotations

import pytest

from exhibits.linear import as_text
from exhibits.store import Store
from exhibits.tex import Typesetter
from tests.tool.conftest import ROOT

LINES = {
    r"\chi = \sigma_w^2 \E[\varphi'(z)^2]": "χ = σ_w² E[φ′(z)²]",
    r"-x + y \le -2": "−x + y ≤ −2",
    r"\frac16": "1/6",
    r"\tfrac12 n": "(1/2)n",
    r"\frac{1}{2n} + \frac{\pi}{\pi-1}": "1/(2n) + π/(π − 1)",
    r"1/\sqrt L = \sqrt{2q}": "1/√L = √(2q)",
    r"W_{ij}x_0 \cdot 10^{-36}": "W_(ij)x₀ ⋅ 10⁻³⁶",
    r"\E\min_l \Var W_l + \ln 2": "E min_l Var W_l + ln 2",
    r"\sum_{l=1}^{L} a_l": "∑_(l=1)^L a_l",
    r"\hat y - \bar x": "y\u0302 − x\u0304",
    r"{\varphi'}^2 \ne \varphi''": "φ′² ≠ φ′′",
    r"A^{\mathsf T}v < b": "Aᵀv < b",
    r"f(x) \text{ for } x > 0": "f(x) for x > 0",
    r"\begin{cases} 1 & x > 0 \\ 0 & \text{else} \end{cases}": "{1 x > 0; 0 else",
    r"\underbrace{x}_{n}": "x_n",
}


@pytest.fixture(scope="module")
def typesetter(tmp_path_factory):
    macros = {r"\E": r"\mathbb{E}", r"\Var": r"\operatorname{Var}"}
    with Typesetter(ROOT, Store(tmp_path_factory.mktemp("formulas")), macros) as made:
        yield made


@pytest.mark.parametrize("tex", LINES)
@pytest.mark.parametrize("display", [False, True])
def test_a_formula_reads_as_a_line(tex, display, typesetter):
    assert as_text(typesetter.html(tex, display)) == LINES[tex]


def test_what_is_no_formula_says_nothing():
    assert as_text("<code>x</code>") == ""
