"""A broken contribution: what its author reads in the summary of the checks, and the figures beside it."""

from __future__ import annotations

import re

import pytest

from exhibits import cli
from exhibits.model import Problem, ProblemsFound
from exhibits.summary import summary
from tests.tool.conftest import CLAIMS, COUNT, INDEX, MEAN, THROWS, edit, files


@pytest.fixture
def broken(dice, monkeypatch):
    """Prepare the dice, which are broken; returns the summary."""
    file = dice / "summary.md"
    monkeypatch.chdir(dice)
    monkeypatch.setattr(cli, "interruptible", lambda: None)

    def prepare(*arguments: str) -> str:
        assert cli.main(["prepare", *(arguments or ("--summary", str(file)))]) == 1
        text = file.read_text("utf-8")
        file.unlink()
        return text

    return prepare


def rows(section: str) -> dict[str, str]:
    return dict(re.findall(r"^\| ([^|]+?) \| (.*) \|$", section, re.M))


def test_a_broken_snippet_is_told_with_page_numbers_rival_and_figures(dice, broken):
    edit(dice, MEAN, "randint(1, 6)", "randint(1, 8)")
    head, claim, output = broken().split("### ")
    assert head == "## 2 problem(s), nothing published\n\n"
    assert claim.startswith("claim mean-throw fails: measured ")
    found = rows(claim)
    assert found["page"] == f"`{INDEX}:10`, `{INDEX}:7`, `{THROWS}:14`"
    assert found["snippet"] == f"`{MEAN}`"
    assert found["claim"] == f"`mean-throw` at `{CLAIMS}:2`: A fair die shows 3.5 in the mean"
    assert found["expected"] == "≈ 3.5 within 0.2, `expectation(6)`"
    assert re.fullmatch(r"4\.[45]\d* ± 0\.0\d+, holds in 0 of 8 seed\(s\), `mean`", found["got"])
    assert re.fullmatch(r"3, \d+\.\d standard errors away, `3`", found["rival “half the faces”"])
    figures = "`build/broken/throws-mean-1-before.svg`, `build/broken/throws-mean-1-after.svg`"
    assert found["figure"] == figures
    assert rows(output) == {
        "page": f"`{INDEX}:10`", "snippet": f"`{MEAN}`", "output": "`snippets/throws/mean.out:1`",
        "expected": "`mean 3.5`", "got": "`mean 4.5`", "figure": figures,
    }  # fmt: skip
    drawn = files(dice / "build/broken")
    assert drawn["throws-mean-1-before.svg"] == (dice / "build/docs/figures/throws-mean-1.svg").read_bytes()
    assert drawn["throws-mean-1-after.svg"].startswith(b"<svg") and len(set(drawn.values())) == 2


def test_a_new_line_of_output_and_a_snippet_without_figure(dice, broken):
    edit(dice, COUNT, 'print("faces", faces)', 'print("faces", faces)\nprint("a | `b`")')
    found = rows(broken().split("### ")[1])
    assert (found["expected"], found["got"]) == ("no such line", r"`` a \| `b` ``") and "figure" not in found
    assert not (dice / "build/broken").exists()


def test_what_is_no_claim_and_no_output_is_a_list(dice, broken):
    edit(dice, INDEX, "{{ mean-throw }}", "{{ mean-thow }}")
    assert broken() == f"## 1 problem(s), nothing published\n\n- `{INDEX}:7`: no claim named mean-thow\n\n"
    edit(dice, COUNT, "faces = 6 + 6", "raise ValueError('<b>*|')")
    assert f"- `{COUNT}:3`: ValueError: \\<b\\>\\*\\|\n" in broken()


def test_figures_of_an_earlier_failure_do_not_stay(dice, broken):
    edit(dice, MEAN, "randint(1, 6)", "randint(1, 8)")
    broken()
    edit(dice, MEAN, "randint(1, 8)", "randint(1, 6)")
    edit(dice, INDEX, "{{ mean-throw }}", "{{ mean-thow }}")
    broken()
    assert not (dice / "build/broken").exists()


def test_it_goes_where_the_workflow_says_after_what_is_there_and_else_nowhere(dice, broken, monkeypatch):
    edit(dice, INDEX, "{{ mean-throw }}", "{{ mean-thow }}")
    assert cli.main(["prepare"]) == 1 and not (dice / "summary.md").exists()
    (dice / "summary.md").write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(dice / "summary.md"))
    assert broken("--workers", "1").startswith("before\n## 1 problem(s)")


def test_problems_that_no_build_found_are_a_list_too():
    found = ProblemsFound([Problem("a_b.toml", 1, "x\ny")])
    assert summary(found) == "## 1 problem(s), nothing published\n\n- `a_b.toml:1`: x y\n\n"
