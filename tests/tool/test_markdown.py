"""What the Markdown extension and the labs make of the tiny site's pages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from exhibits.notebooks import snippet_notebook
from exhibits.project import Snippet


def soup(folder, page: str) -> BeautifulSoup:
    return BeautifulSoup((folder / "site" / page).read_text("utf-8"), "html.parser")


@pytest.mark.parametrize("page", ["index.html", "labs/lab.html"])
def test_a_full_stop_stays_with_its_formula(built, page):
    formula = soup(built, page).select_one("span.math")
    assert formula.select_one(".katex-html").get_text().endswith(".")
    assert not str(formula.next_sibling or "").startswith(".")


def test_first_occurrence_of_a_term_leads_to_the_glossary(built):
    links = soup(built, "index.html").select("a.term")
    assert [(link.get_text(), link["href"], link["title"]) for link in links] == [
        ("answer", "reference/glossary.html#answer", "What a question asks for.")
    ]
    assert not soup(built, "reference/glossary.html").select("a.term")


def test_papers_list_the_pages_that_cite_them(built):
    link = soup(built, "reference/papers.html").select_one("dd .back-links a")
    assert (link.get_text(), link["href"]) == ("Tiny", "../index.html")


@pytest.mark.parametrize(
    ("source", "cells"),
    [
        ('"""Says."""\n\nx = 1\n\n# %% Plot\ny = x\n', [("markdown", "Says."), ("code", "x = 1"), ("code", "y = x")]),
        ("x = 1\n", [("code", "x = 1")]),
    ],
)
def test_a_snippet_becomes_a_notebook(source, cells):
    snippet = Snippet("a/b", Path("b.py"), source, frozenset(), 1.0, ())
    notebook = json.loads(snippet_notebook(snippet))
    assert [(cell["cell_type"], "".join(cell["source"])) for cell in notebook["cells"]] == cells


def test_a_lab_shows_its_output_and_folds_its_solution(built):
    page = soup(built, "labs/lab.html")
    assert page.select_one("samp").get_text() == "42\n"
    assert "assert" in page.select_one("details.solution").get_text()
    assert page.select_one("a[download]")["href"] == "lab.ipynb"
