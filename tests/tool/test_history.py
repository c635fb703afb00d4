"""Which commit last changed what a page is made of; nothing where git does not know."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from exhibits.history import History
from exhibits.model import Change, Claim
from exhibits.publish import prepare
from exhibits.source import read
from tests.tool.conftest import CLAIMS, COUNT, INDEX, MEAN, THROWS, edit
from tests.tool.test_prepare import front

DAY = 24 * 3600
FIRST = 1_767_297_600  # 2026-01-01 20:00 in Greenwich, in seconds since 1970


def commit(folder: Path, day: int) -> str:
    """What git keeps of `folder`, as one commit made so many days after the first of January; returns its name."""
    then = f"{FIRST + day * DAY} +0900"
    name = {f"GIT_{who}_{what}": "a@b.c" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    environment = os.environ | name | {"GIT_AUTHOR_DATE": then, "GIT_COMMITTER_DATE": then}
    for command in (["init", "--quiet"], ["add", "docs", "snippets"], ["commit", "--quiet", "--message", "m"]):
        subprocess.run(["git", *command], cwd=folder, env=environment, check=True)
    named = subprocess.run(["git", "rev-parse", "HEAD"], cwd=folder, capture_output=True, text=True, check=True)
    return named.stdout.strip()


def claim(folder: Path, name: str) -> Claim:
    return read(folder).claims[name]


@pytest.fixture
def kept(draft: Path) -> Path:
    """The dice as git keeps them: all on the first day, a page on the second, a claim on the third."""
    commit(draft, 0)
    edit(draft, THROWS, "no promise", "not a promise")
    commit(draft, 1)
    edit(draft, CLAIMS, "abs_tol = 0\n", "abs_tol = 0.001\n")
    commit(draft, 2)
    return draft


def days(history: History, *files: str, claims: tuple[Claim, ...] = ()) -> int | None:
    change = history.last(files, claims)
    return change and (change.time - FIRST) // DAY


def test_a_file_has_its_last_change_and_several_have_the_latest(kept):
    history = History(kept)
    assert [days(history, file) for file in (INDEX, THROWS, CLAIMS)] == [0, 1, 2]
    assert days(history, MEAN, THROWS, INDEX) == 1
    assert days(history, "docs/none.md") is None


def test_a_merge_that_is_like_neither_side_is_a_change(kept):
    def git(*words: str) -> None:
        subprocess.run(["git", *words], cwd=kept, capture_output=True)

    git("branch", "other")
    edit(kept, THROWS, "not a promise", "hardly a promise")
    commit(kept, 3)
    git("checkout", "--quiet", "other")
    edit(kept, THROWS, "not a promise", "never a promise")
    commit(kept, 4)
    git("merge", "--quiet", "--no-commit", "-")
    git("checkout", "--quiet", "--ours", THROWS)
    edit(kept, THROWS, "never a promise", "rarely a promise")
    commit(kept, 5)
    assert days(History(kept), THROWS) == 5 and days(History(kept), INDEX) == 0


def test_a_claim_has_the_last_change_of_its_own_lines(kept):
    history = History(kept)
    assert days(history, claims=(claim(kept, "mean-throw"),)) == 0
    assert days(history, INDEX, claims=(claim(kept, "both-dice"),)) == 2


def test_the_commit_is_named_and_its_day_is_that_in_greenwich(kept):
    edit(kept, INDEX, "fair", "just")
    made = commit(kept, 3)
    change = History(kept).last([INDEX])
    assert change == Change(FIRST + 3 * DAY, made) and change.date == "2026-01-04", "in Tokyo it was the fifth"


def test_what_is_not_committed_counts_for_nothing(kept):
    edit(kept, INDEX, "fair", "just")
    edit(kept, CLAIMS, "abs_tol = 0.2", "abs_tol = 0.21")
    edit(kept, CLAIMS, '[[claim]]\nid = "mean', '# A die.\n[[claim]]\nid = "mean')
    history = History(kept)
    assert days(history, INDEX) == 0 and days(history, claims=(claim(kept, "mean-throw"),)) == 0
    (kept / "docs/new.md").write_text("# New\n")
    assert days(History(kept), "docs/new.md") is None


def test_a_site_in_a_folder_of_a_repository_and_names_beyond_ascii(kept, tmp_path):
    outer = tmp_path / "outer"
    outer.mkdir()
    (kept / ".git").rename(tmp_path / "git")
    inner = kept.rename(outer / "docs")
    (inner / "docs/würfel.md").write_text("# W\n")
    (outer / "snippets").mkdir()
    commit(outer, 7)
    assert days(History(inner), INDEX, "docs/würfel.md") == 7
    assert days(History(inner), claims=(claim(inner, "both-dice"),)) == 7


def shallow(kept: Path, monkeypatch) -> Path:
    copy = kept.with_name("shallow")
    subprocess.run(["git", "clone", "--quiet", "--depth=1", kept.as_uri(), copy], check=True)
    return copy


def without_git(kept: Path, monkeypatch) -> Path:
    monkeypatch.setenv("PATH", str(kept))
    return kept


def without_history(kept: Path, monkeypatch) -> Path:
    (kept / ".git").rename(kept / "elsewhere")
    return kept


@pytest.mark.parametrize("case", [shallow, without_git, without_history])
def test_where_git_does_not_know_nothing_is_said(case, kept, monkeypatch):
    assert History(case(kept, monkeypatch)).last([INDEX, THROWS, CLAIMS]) is None


def test_a_page_changes_with_its_text_its_snippets_and_its_claims(dice):
    commit(dice, 0)
    pages = [
        "index.md",
        "throws.md",
        "labs/two.md",
        "reference/claims.md",
        "reference/gallery.md",
        "reference/glossary.md",
    ]
    for day, (file, old, new, expected) in enumerate(
        (
            (INDEX, "fair", "just", [1, 0, 0, 0, 0, 0]),
            (COUNT, "6 + 6", "2 * 6", [1, 2, 0, 2, 2, 0]),
            (CLAIMS, "abs_tol = 0\n", "abs_tol = 0.001\n", [1, 3, 0, 3, 3, 0]),
            (CLAIMS, "abs_tol = 0.2", "abs_tol = 0.21", [4, 4, 4, 4, 4, 0]),
        ),
        1,
    ):
        edit(dice, file, old, new)
        commit(dice, day)
        before = front(dice, pages[0])["results"]
        changes = prepare(dice).book.changes
        assert day != 1 or front(dice, pages[0])["results"] != before, "or a cache keeps a foot that is out of date"
        assert [(changes[page].time - FIRST) // DAY for page in pages] == expected, file
