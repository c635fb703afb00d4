"""Figures as readers see them, in Chromium: one drawing of each, its text of one size at every width, and readable."""

from __future__ import annotations

import re

import pytest

from tests.conftest import ROOT
from tests.site.test_browser import ALL_DRAWN
from tests.site.test_explorables import approach
from tests.site.test_pages import PAGES

WIDTHS = (390, 768, 1280, 1920)
ONE_OF_EACH = (390, 1280)  # widths that show the narrow drawings and the wide ones
SMALLEST, LARGEST = 10, 14  # px, of a label; its exponents are smaller
SEEN = (ROOT / "tests/site/figures.js").read_text("utf-8")


@pytest.fixture(scope="module")
def figures(browser, site) -> dict[tuple[str, int], list[dict]]:
    """What is seen of each page's figures at each width of the window."""
    page, found = browser.new_page(), {}
    for name in PAGES:
        if re.search(r'class="(drawing|ratios)|data-explore', (site / name).read_text("utf-8")):
            page.goto(f"file://{site}/{name}")
            page.add_style_tag(content=ALL_DRAWN)
            if page.locator("[data-explore]").count():
                approach(page)
            page.evaluate("document.querySelectorAll('details').forEach(e => e.open = true)")
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 900})
                page.wait_for_timeout(50)  # explorables draw again
                found[name, width] = page.evaluate(SEEN, width in ONE_OF_EACH)
    page.close()
    return found


def test_each_figure_shows_one_drawing(figures):
    shown = {(*where, one["name"]): one["shown"] for where, seen in figures.items() for one in seen if one["drawn"]}
    assert len(shown) > 4 * 140 and {key for key, number in shown.items() if number != 1} == set()


def test_text_of_figures_has_one_size_at_every_width(figures):
    wrong = {
        (*where, one["name"]): [
            (text, round(size, 1)) for text, size in one["labels"] if not SMALLEST <= size <= LARGEST
        ]
        for where, seen in figures.items()
        for one in seen
    }
    assert {key: labels for key, labels in wrong.items() if labels} == {}


@pytest.mark.parametrize("fault", ["overlapping", "cut", "crossed"])
def test_no_label_lies_on_another_or_on_data_or_leaves_its_figure(figures, fault):
    wrong = {(*where, one["name"]): one[fault] for where, seen in figures.items() for one in seen if one["drawn"]}
    assert {key: labels for key, labels in wrong.items() if labels} == {}


def test_formulas_in_figures_are_set_as_such(figures):
    raw = {
        (where[0], one["name"], text) for where, seen in figures.items() for one in seen for text, _ in one["labels"]
    }
    assert {key for key in raw if re.search(r"[_^$\\]", key[2])} == set()
