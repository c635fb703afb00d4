"""Translated pages: what has changed since, when that becomes an error, and what two languages change on pages."""

from __future__ import annotations

import json
import os
import subprocess
import time
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from msgspec.structs import replace

from exhibits.cli import main
from exhibits.model import Facts, Language, Special, Term
from exhibits.publish import prepare
from exhibits.sheet import tooltip
from exhibits.source import read
from exhibits.translation import Translation, accept, behind, outdated, paragraphs, translations
from tests.tool.conftest import COUNT, THROWS, edit, page, problems, write
from tests.tool.test_blocks import BOOK, ONE, WEAVER, typeset

GERMAN = "docs/de/throws.md"
FRONT = "---\ndescription: Würfe.\ntranslates: throws.md\n---\n"
TEXT = "\n# Würfe\n\nEin Erwartungswert ist kein Versprechen. Zwei Würfel: {{ both-dice }}.\n"
DAY = 24 * 3600


@pytest.fixture
def german(dice: Path) -> Path:
    """The dice with one page in a second language, its original accepted."""
    edit(dice, "exhibits.toml", "[run]", '[languages]\nen = { name = "English" }\n'
         'de = { name = "Deutsch", folder = "de", words = { holds = "hält" } }\n\n[run]')  # fmt: skip
    write(dice, {GERMAN: FRONT + TEXT})
    accept(dice, read(dice).pages, ["de/throws.md"])
    return dice


def notes(folder: Path) -> list[str]:
    """What preparing tells of translations."""
    told: list[str] = []
    prepare(folder, told.append)
    return [line for line in told if "translated" in line]


def commit(folder: Path, days: float) -> None:
    """Everything as one commit made so many days ago."""
    then = f"{int(time.time() - days * DAY)} +0000"
    name = {f"GIT_{who}_{what}": "a@b.c" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    environment = os.environ | name | {"GIT_AUTHOR_DATE": then, "GIT_COMMITTER_DATE": then}
    for command in (["init", "--quiet"], ["add", "docs"], ["commit", "--quiet", "--message", "m"]):
        subprocess.run(["git", *command], cwd=folder, env=environment, check=True)


def test_paragraphs_are_counted_with_their_lines():
    found = paragraphs(page("---\ntitle: T\n---\n\n# T\n\nOne\ntwo.\n \nThree.", "p.md"))
    assert [(one.number, one.first, one.last) for one in found] == [(1, 1, 3), (2, 5, 5), (3, 7, 8), (4, 10, 10)]
    assert str(found[0]) == "paragraph 1 of docs/p.md (line 1, “title: T”)"
    (same, other) = (paragraphs(page(text))[0].digest for text in ("One two.\n", "One\n  two.\n"))
    assert same == other == found[2].digest and len(same) == 8


def test_an_accepted_translation_is_silent_and_keeps_its_text(german):
    assert notes(german) == []
    text = (german / GERMAN).read_text("utf-8")
    assert text.startswith("---\ndescription: Würfe.\ntranslates: throws.md\nparagraphs: >-\n  ") and text.endswith(
        TEXT
    )
    assert accept(german, read(german).pages, ["de/throws.md"]) == []


# What is edited in the original, and what is told of it.
CHANGES = {
    "changed": ("no promise", "no guarantee", [
        "paragraph 2 of docs/throws.md (line 3, “An expectation is no guarantee.”) has changed since it was translated",
    ]),
    "new": ("# Throws\n", "# Throws\n\nMore of it than a line of message would like to hold.\n", [
        "paragraph 2 of docs/throws.md (line 3, “More of it than a line…”) is new since it was translated"]),
    "gone": ("An expectation is no promise.\n\n", "", [
        "1 translated paragraph after paragraph 1 of docs/throws.md (line 1, “# Throws”) can no longer be found"]),
    "broken elsewhere": ("An expectation is", "An expectation\nis", []),
}  # fmt: skip


@pytest.mark.parametrize("case", CHANGES)
def test_a_change_of_the_original_is_named_by_page_and_paragraph(case, german):
    old, new, expected = CHANGES[case]
    edit(german, THROWS, old, new)
    assert notes(german) == [f"{GERMAN}:3: {message}" for message in expected]
    assert accept(german, read(german).pages, ["de/throws.md"]) == ([GERMAN] if expected else [])
    assert notes(german) == []


def test_paragraphs_gone_from_the_beginning():
    translation = Translation(
        page(""), (page("# T\n", "p.md"),), "", ("0" * 8, "1" * 8, paragraphs(page("# T"))[0].digest)
    )
    (found,) = behind(translation)
    assert found == ("2 translated paragraphs at the beginning of docs/p.md can no longer be found", None)


def test_in_ci_a_change_is_an_error_once_two_weeks_have_passed(german, monkeypatch):
    commit(german, days=30)
    edit(german, THROWS, "no promise", "no guarantee")
    message = f"{GERMAN}:3: paragraph 2 of docs/throws.md (line 3, “An expectation is no guarantee.”) has changed"
    monkeypatch.setenv("CI", "true")
    (note,) = notes(german)  # not yet committed
    assert note.startswith(message)
    commit(german, days=13)
    assert len(notes(german)) == 1
    edit(german, THROWS, "no guarantee", "no guarantee at all")
    commit(german, days=15)
    (found,) = problems(lambda: prepare(german))
    assert "“An expectation is no guarantee at…”) has changed since it was translated" in found
    monkeypatch.delenv("CI")
    assert len(notes(german)) == 1


def test_each_paragraph_has_its_own_two_weeks(german, monkeypatch):
    """Work on one part of a page neither extends nor ends the time for another."""
    edit(german, THROWS, "no promise", "no guarantee")
    commit(german, days=15)
    edit(german, THROWS, "Sum over all outcomes.", "Sum over outcomes.")
    commit(german, days=1)
    monkeypatch.setenv("CI", "true")
    (found,) = problems(lambda: prepare(german))
    assert "paragraph 2 of" in found


def test_a_paragraph_that_is_gone_dates_from_the_last_change_of_its_file(german, monkeypatch):
    edit(german, THROWS, "An expectation is no promise.\n\n", "")
    commit(german, days=15)
    monkeypatch.setenv("CI", "true")
    (found,) = problems(lambda: prepare(german))
    assert "can no longer be found" in found


def test_without_git_a_change_stays_a_note(german, monkeypatch):
    edit(german, THROWS, "no promise", "no guarantee")
    monkeypatch.setenv("CI", "true")
    assert len(notes(german)) == 1  # no repository
    monkeypatch.setenv("PATH", "")
    told = translations(read(german).pages)[0]
    assert [len(found) for found in outdated(german, told)] == [1, 0]


# A front matter, and the one problem.
MISTAKES = {
    "no digests": ("translates: throws.md\n",
                   "has no digests of what it translates; `exhibits accept de/throws.md` takes them"),
    "no such page": ("translates: trows.md\nparagraphs: 1a2b3c4d\n", "translates a page that does not exist: trows.md"),
    "not one text": ("translates: throws.md\nparagraphs: [1]\n", "front matter: Expected `str`, got `array` - at"),
    "no YAML": ("translates: [throws.md\n", "front matter: while parsing a flow sequence; write `translates: page.md`"),
}  # fmt: skip


@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistake_in_the_front_matter_is_named(case, german):
    entries, expected = MISTAKES[case]
    write(german, {GERMAN: f"---\ndescription: Würfe.\n{entries}---\n{TEXT}"})
    found = problems(lambda: prepare(german))
    assert len(found) == 1 and found[0].startswith(f"{GERMAN}:3: {expected}"), found


def test_a_page_may_translate_a_part_of_several(german):
    edit(german, THROWS, "An expectation is", "**In short:** an expectation is")
    edit(german, "docs/index.md", "The [two dice]", "\n**In short:** the [two dice]")
    entries = 'translates: [throws.md, index.md]\nbeginning: "**In short:**"\n'
    write(german, {"docs/de/all.md": f"---\n{entries}---\n\n# Alles\n\nKurz.\n"})
    accept(german, read(german).pages, ["de/all.md", "de/throws.md"])
    assert prepare(german).book.translations == {"de/throws.md": "throws.md"}, "a part is no twin"
    assert notes(german) == []
    edit(german, THROWS, "Sum over all outcomes.", "Sum over outcomes.")
    edit(german, "docs/index.md", "of the lab add up", "of the lab")
    found = notes(german)
    assert [line.split(":")[0] for line in found] == ["docs/de/all.md", GERMAN]
    assert "paragraph 4 of docs/index.md" in found[0] and "has changed" in found[0]


def test_accept_by_command(german, monkeypatch, capsys):
    edit(german, THROWS, "no promise", "no guarantee")
    edit(german, COUNT, 'print("faces", faces)', 'print("sides", faces)')
    monkeypatch.chdir(german)
    assert main(["accept", GERMAN]) == 0
    told = capsys.readouterr().out
    assert f"took the original of {GERMAN}" in told and "snippets/" not in told
    assert main(["accept", GERMAN, "throws/count"]) == 0
    assert "took snippets/throws/count.out" in capsys.readouterr().out
    assert notes(german) == []
    assert main(["accept", "throws.md"]) == 1
    assert "docs/throws.md:1: is no page with `translates: page.md`" in capsys.readouterr().out


def front(folder: Path, name: str) -> dict:
    """Entries of a prepared page's front matter that are JSON."""
    head = (folder / "build/docs" / name).read_text("utf-8").split("---\n")[1]
    entries = dict(line.split(": ", 1) for line in head.splitlines() if not line.startswith(" "))
    return {name: json.loads(entries[name]) for name in ("lang", "languages") if name in entries}


def test_pages_know_their_language_and_where_to_read_on_in_others(german):
    write(german, {"docs/de/index.md": "# Würfel\n\nAnders.\n"})
    prepare(german)
    english = {"lang": "en", "name": "English"}
    other = {"lang": "de", "name": "Deutsch"}
    both = [english | {"page": "throws.html", "twin": True}, other | {"page": "de/throws.html", "twin": True}]
    assert front(german, "throws.md") == {"lang": "en", "languages": both}
    assert front(german, "de/throws.md") == {"lang": "de", "languages": both}
    alone = [english | {"page": "index.html", "twin": True}, other | {"page": "de/index.html", "twin": False}]
    assert front(german, "index.md") == {"lang": "en", "languages": alone}
    assert front(german, "labs/two.md")["languages"][1]["twin"] is False


def test_a_site_in_one_language_says_nothing_of_languages(dice):
    assert front(dice, "throws.md") == {}


TWO = replace(
    BOOK,
    special=Special("ref/claims.md", "ref/glossary.md", "ref/papers.md"),
    languages={"en": Language("English"), "zh": Language("中文", "zh", {
        "holds": "成立", ", ": "，", "theory {}": "理论 {}", "measured {}": "实测 {}",
        " (mean of {} seeds)": "（{} 个种子的均值）", "code and output": "代码与输出"})},
    translations={"zh/ref/glossary.md": "ref/glossary.md", "zh/other.md": "deep/other.md"},
    facts=BOOK.facts | {
        "zh/ref/glossary.md": Facts("术语", terms=(
            Term(("骰子", "色子"), "die", "立方体。"), Term(("期望",), "e", "均值。"),
            Term(("LayerNorm",), "ln", "归一。"))),
        "zh/other.md": Facts("其他", quoted=("mean",), cited=("ohm-1827",)),
    },
)  # fmt: skip


def clean(text: str, path: str):
    html, facts = WEAVER.weave(TWO, page(text, path), typeset)
    assert facts.problems == ()
    return BeautifulSoup(html, "html.parser"), facts


def test_terms_of_a_language_lead_to_its_glossary_without_spaces_between_words():
    soup, _ = clean("# X\n\n掷d6色子，PreLayerNorm；期望用LayerNorm算，再掷骰子。A die.\n", "zh/a/page.md")
    assert [(link.get_text(), link["href"], link["title"]) for link in soup.select("a.term")] == [
        ("色子", "../ref/glossary.md#die", "立方体。"), ("期望", "../ref/glossary.md#e", "均值。"),
        ("LayerNorm", "../ref/glossary.md#ln", "归一。"),
    ]  # fmt: skip
    assert soup.get_text().endswith("掷d6色子，PreLayerNorm；期望用LayerNorm算，再掷骰子。A die.")
    english, _ = clean("# X\n\nA die, 骰子.\n", "page.md")
    assert [link["href"] for link in english.select("a.term")] == ["ref/glossary.md#die"]


def test_a_glossary_in_another_language_defines_terms():
    _, facts = clean("# 术语\n\n骰子，色子 { #die }\n:   立方体。有六面。\n", "zh/ref/glossary.md")
    assert facts.terms == (Term(("骰子", "色子"), "die", "立方体。"),)


def test_the_tool_speaks_the_pages_language():
    soup, _ = clean(f"# X\n\n{ONE.replace('alt', 'show: figure' + chr(10) + '    alt')}", "zh/page.md")
    assert soup.select_one("a.claim")["title"] == "理论 3.5，实测 3.50 ± 0.4（2 个种子的均值），成立"
    assert soup.select_one(".exhibit-links").get_text().endswith("代码与输出")
    assert tooltip(BOOK.verdicts["mean"]) == "theory 3.5, measured 3.50 ± 0.4 (mean of 2 seeds), holds"


def test_lists_of_pages_name_originals_alone():
    assert TWO.pages_quoting("mean") == BOOK.pages_quoting("mean") == ["home.md", "deep/other.md"]
    assert TWO.pages_citing("ohm-1827") == ["home.md", "deep/other.md"]


def test_chinese_punctuation_stays_with_its_formula():
    soup, _ = clean("# X\n\n增益$x$，再$y$。\n", "zh/page.md")
    assert [str(drawn.next_sibling) for drawn in soup.select(".math > tex-drawn")] == ["，", "。"]
