"""The report of what a build cost: the only files that differ between builds of equal sources."""

from __future__ import annotations

import json

import pytest

from exhibits.run import run
from exhibits.site import build
from exhibits.source import read
from exhibits.store import Store
from tests.tool.conftest import COUNT, INDEX, edit, files
from tests.tool.test_site import QUIET, copying


@pytest.fixture
def copied(dice):
    copying(dice)
    build(dice, QUIET)
    return dice


def reported(folder) -> dict:
    """The report, whose two forms say the same."""
    found, script = (folder / "site/build.json").read_text(), (folder / "site/build.js").read_text()
    assert script == f"showBuild({found[:-1]});\n"
    return json.loads(found)


def test_a_cost_counts_every_job_of_a_name(dice):
    (dice / "build/results").rename(dice / "aside")
    cold = run(read(dice), Store(dice / "build/results"))
    warm = run(read(dice), Store(dice / "build/results"))
    jobs = {"labs/two": 1, "theory": 1, "throws/count": 1, "throws/mean": 8}
    assert {cost.name: cost.jobs for cost in cold.costs} == {cost.name: cost.ran for cost in cold.costs} == jobs
    assert [cost.ran for cost in warm.costs] == [0, 0, 0, 0]
    (mean,) = [cost for cost in warm.costs if cost.name == "throws/mean"]
    assert mean.first == warm.snippets["throws/mean"].seconds and mean.seconds > mean.first > 0 and mean.peak > 10
    assert warm.compute == cold.compute == sum(cost.seconds for cost in cold.costs)


def test_a_build_reports_what_it_ran_and_what_it_kept(copied):
    first = reported(copied)
    assert (first["jobs"], first["ran"], first["pages"], first["woven"]) == (11, 0, 7, 0)
    assert list(first["steps"]) == ["read", "run", "judge and weave", "publish", "generate", "pack"]
    assert first["seconds"] == pytest.approx(sum(first["steps"].values()), abs=0.05)
    places = {entry["name"]: entry["page"] for entry in first["entries"]}
    assert places == {
        "throws/mean": "index.html#throws-mean",
        "throws/count": "throws.html#throws-count",
        "labs/two": "labs/two.html",
        "theory": "",
    }
    edit(copied, COUNT, "6 + 6", "2 * 6")
    build(copied, QUIET)
    second = reported(copied)
    assert (second["ran"], second["woven"]) == (1, 1)
    assert {entry["name"] for entry in second["entries"] if entry["ran"]} == {"throws/count"}


def test_an_unchanged_build_leaves_the_report_and_one_that_ran_renews_it(copied):
    before = files(copied / "site")
    build(copied, QUIET)
    assert files(copied / "site") == before
    (copied / "build/results").rename(copied / "aside")
    lines: list[str] = []
    build(copied, lines.append)
    assert lines[-1].endswith("(nothing changed)") and reported(copied)["ran"] == 11
    after = files(copied / "site")
    assert {name for name in after if after[name] != before.get(name)} == {"build.json", "build.js"}
    build(copied, QUIET)
    assert files(copied / "site") == after, "and it counts as the same site"


def test_a_page_that_changed_is_counted(copied):
    edit(copied, INDEX, "A fair die", "One fair die")
    build(copied, QUIET)
    assert reported(copied)["woven"] == 1
