"""What snippets print and what the site claims about them."""

from __future__ import annotations

import ast
import re

import pytest

from exhibits.claims import WIDEST, changed_outputs, same_line
from exhibits.project import Project
from exhibits.run import SEEDS
from tests.conftest import ROOT

PROJECT = Project(ROOT)
JUDGED = [name for name, claim in PROJECT.claims.items() if claim.theory is not None]
ALLOWED_IMPORTS = {"torch", "matplotlib", "sklearn"}


@pytest.mark.parametrize("name", JUDGED)
def test_claim_holds_for_every_seed(name, verdicts):
    assert verdicts[name].complaint == ""


@pytest.mark.parametrize("name", list(PROJECT.claims))
def test_claim_on_random_numbers_has_enough_seeds(name, verdicts, outcome):
    seeded = outcome["runs"][PROJECT.claims[name].snippet]["seeded"]
    assert len(verdicts[name].values) >= (SEEDS if seeded else 1)
    assert SEEDS >= 8


@pytest.mark.parametrize("name", JUDGED)
def test_wide_tolerance_gives_a_reason(name, verdicts):
    verdict = verdicts[name]
    if verdict.allowed > 2 * WIDEST * verdict.spread + 1e-3 * abs(verdict.theory) and not verdict.claim.bound:
        assert verdict.claim.why


def test_outputs_are_the_committed_ones(project, outcome):
    assert changed_outputs(project, outcome["runs"]) == []


@pytest.mark.parametrize("name", list(PROJECT.snippets))
def test_snippet_is_one_that_readers_can_take(name):
    snippet = PROJECT.snippets[name]
    tree = ast.parse(snippet.source)
    assert ast.get_docstring(tree), "a docstring says what it shows"
    imported = {
        alias.name.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
    } | {node.module.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    import sys

    assert imported <= ALLOWED_IMPORTS | sys.stdlib_module_names
    lines = [line for line in snippet.computation.splitlines() if line.strip()]
    # The diagnosis tool has its own limit, in test_diagnose.py; its script also demonstrates it.
    assert len(lines) <= 60 or name == "practice/diagnose"
    assert "rcParams" not in snippet.source, "style comes from outside"
    if "matplotlib" in imported:
        assert snippet.plotting.rstrip().endswith("plt.show()")
    assert not re.search(r"\bopen\(|\bexhibits\b", snippet.source)


def test_snippets_cost_little(project, outcome):
    for name, run in outcome["runs"].items():
        assert run["peak"] < 1024, f"{name} used {run['peak']:.0f} MiB"


@pytest.mark.parametrize(
    ("got", "expected", "same"),
    [
        ("loss 0.1234", "loss 0.1235", True),
        ("loss 0.1234", "loss 0.1240", False),
        ("loss 0.1234", "error 0.1234", False),
        ("3 layers", "4 layers", False),
        ("1.5e-30", "1.6e-30", True),
        ("1.5e-30", "1.8e-30", False),
        ("a 1.0 b 2.0", "a 1.0 b", False),
        ("x  1.00", "x 1.00", True),
        ("-0.5", "0.5", False),
    ],
)
def test_outputs_compare_numbers_by_tolerance_and_words_exactly(got, expected, same):
    assert same_line(got, expected) is same
