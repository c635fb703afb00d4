"""What stands around a page's text, woven from strings with a finished book made by hand."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from exhibits.blocks.margins import citation
from exhibits.model import Change, Facts, Language, Shown, Site
from tests.tool.test_blocks import BOOK, ONE, clean

CHANGE = Change(1_767_225_600, "0123456789abcdef0123456789abcdef01234567")
SITE = Site("Dice & more", "The authors", "https://example.org/d/", "https://git.example.org/o/r", "https://n.org/b/")
FACTS = BOOK.facts | {
    "a/page.md": Facts("T", (Shown("a/one", 3, True),), minutes=12),
    "a/words.md": Facts("50 % of_it", minutes=1),
    "de/page.md": Facts("T", minutes=3),
}
BARE = replace(BOOK, facts=FACTS, site=Site("Dice"))
FULL = replace(
    BARE,
    site=SITE,
    special=replace(BOOK.special, short="short.md"),
    difficulties={"a/page.md": "advanced", "a/words.md": "introductory", "de/page.md": "intermediate"},
    changes={"a/page.md": CHANGE},
    surroundings=("abacus 2.0", "fast"),
    languages={
        "en": Language("English"),
        "de": Language("Deutsch", "de", {
            "Intermediate": "mittel", "{} minutes to read": "{} Minuten", "The short answer": "Kurz",
            "Cite this page": "Zitieren", "Report an error": "Fehler melden"}),
    },
    translations={"de/short.md": "short.md"},
)  # fmt: skip


def shown(text: str, path: str, book=FULL):
    """The page, its head and its foot; None for what it has not."""
    soup, _ = clean(text, path, book)
    return soup, soup.select_one(".page-head"), soup.select_one(".page-foot")


def said(element) -> str:
    return " ".join(element.get_text().split())


def test_the_head_stands_below_the_first_paragraph():
    _, head, _ = shown("# T\n\n**In one line:** x.\n\nMore.\n", "a/page.md")
    assert said(head) == "Advanced · 12 minutes to read · The short answer"
    assert head.find("a")["href"] == "../short.md" and "data-search-exclude" in head.attrs
    assert said(head.find_previous_sibling()) == "In one line: x." and said(head.find_next_sibling()) == "More."


def test_the_head_stands_below_the_heading_where_no_paragraph_follows():
    for text in ("# T\n\n## Part\n", "# T\n"):
        _, head, _ = shown(text, "a/words.md")
        assert head.find_previous_sibling().name == "h1" and said(head).startswith("Introductory · 1 minute to read")


def test_the_head_speaks_the_pages_language_and_leads_to_its_short_answer():
    _, head, foot = shown("# T\n\nX.\n", "de/page.md")
    assert said(head) == "mittel · 3 Minuten · Kurz" and head.find("a")["href"] == "short.md"
    assert said(foot.find("summary")) == "Zitieren" and said(foot.find("p")) == "Fehler melden"


def test_a_page_that_does_not_say_how_hard_it_is_has_no_head():
    assert shown("# T\n\nX.\n", "a/page.md", BARE)[1] is None
    assert shown("X.\n", "a/page.md")[1] is None, "nor one without a heading"


def test_a_site_without_a_short_answer_links_none():
    _, head, _ = shown("# T\n\nX.\n", "a/page.md", replace(FULL, special=BOOK.special))
    assert said(head) == "Advanced · 12 minutes to read" and not head.find("a")


def test_the_foot_says_where_the_page_is_from():
    soup, _, foot = shown(f"# T\n\n{ONE}", "a/page.md")
    assert foot is soup.find_all(recursive=False)[-1] and "data-search-exclude" in foot.attrs
    assert (
        said(foot.find("p")) == "Last changed 2026-01-01 in 0123456 · Computed with abacus 2.0, fast · Report an error"
    )
    assert [link["href"] for link in foot.select("p a")] == [
        f"{SITE.repository}/commit/{CHANGE.commit}", f"{SITE.repository}/issues/new?title=T%20%28a/page.md%29%3A%20"
    ]  # fmt: skip
    assert said(foot.find("summary")) == "Cite this page" and foot.find("details").get("open") is None
    assert foot.select_one("details pre code").get_text() == citation(FULL, "a/page.md")


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"site": Site("Dice")}, "Last changed 2026-01-01 in 0123456 · Computed with abacus 2.0, fast"),
        ({"changes": {}}, "Computed with abacus 2.0, fast · Report an error"),
        ({"changes": {}, "site": Site("Dice")}, "Computed with abacus 2.0, fast"),
        ({"surroundings": ()}, "Last changed 2026-01-01 in 0123456 · Report an error"),
    ],
)
def test_the_foot_leaves_out_what_is_not_known(change, text):
    assert said(shown(f"# T\n\n{ONE}", "a/page.md", replace(FULL, **change))[2].find("p")) == text


def test_a_page_without_runs_names_none_and_one_with_nothing_to_say_has_no_line():
    assert said(shown("# T\n", "a/words.md")[2].find("p")) == "Report an error"
    assert shown("# T\n", "a/words.md", BARE)[2].find("p") is None
    lab = replace(FULL, facts=FACTS | {"labs/l.md": Facts("L")})
    assert "abacus" in said(shown("# L\n", "labs/l.md", lab)[2])


def test_a_page_that_is_woven_for_the_first_time_has_neither_head_nor_foot():
    assert shown("# T\n\nX.\n", "a/page.md", replace(FULL, facts={}))[1:] == (None, None)
    assert shown("# T\n\nX.\n", "a/page.md", replace(FULL, site=Site()))[2] is None, "nor a foot without a site's name"


def test_a_citation_says_what_is_known():
    assert citation(FULL, "a/page.md") == (
        "@misc{a-page,\n  author = {{The authors}},\n  title = {{T}},\n  howpublished = {Dice \\& more},\n"
        "  year = {2026},\n  url = {https://example.org/d/a/page.html},\n  note = {commit 0123456, 2026-01-01},\n}\n"
    )
    assert (
        citation(BARE, "a/words.md") == "@misc{a-words,\n  title = {{50 \\% of\\_it}},\n  howpublished = {Dice},\n}\n"
    )


def test_a_snippets_notebook_opens_where_notebooks_have_an_address():
    links = {
        link.get_text(): link["href"]
        for book in (FULL, BARE)
        for link in shown(f"# T\n\n{ONE}", "a/page.md", book)[0].select(".exhibit-links a:last-child")
    }
    assert links == {
        "Open in Colab": "https://n.org/b/snippets/a/one.ipynb", "as a notebook": "../snippets/a/one.ipynb"
    }  # fmt: skip
