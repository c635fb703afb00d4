"""Pages on paper: light, with the code that the text needs, and on as few sheets as promised."""

from __future__ import annotations

import io

import pytest
from PIL import Image

PAPER = {"width": 718, "height": 1000}  # A4 between margins of 10 mm, in CSS pixels
HEIGHT = 277 / 25.4 * 96  # of A4 between the same margins


@pytest.fixture
def printed(browser, site):
    """Opens a page as a printer sees it, in the dark scheme."""
    context = browser.new_context(color_scheme="dark", viewport=PAPER)
    page = context.new_page()

    def open_(name: str):
        page.goto(f"file://{site}/{name}")
        page.emulate_media(media="print")
        return page

    yield open_
    context.close()


def test_paper_is_white_to_its_edge_from_the_dark_scheme(printed):
    page = printed("scale/batchnorm.html")
    assert page.evaluate("document.body.dataset.mdColorScheme") == "slate"
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    corners = {picture.getpixel((x, y)) for x in (0, PAPER["width"] - 1) for y in (0, PAPER["height"] - 1)}
    assert corners == {(255, 255, 255)}
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"


@pytest.mark.parametrize(
    ("name", "code"),
    [("labs/repair.html", True), ("practice/recipes.html", True), ("practice/diagnose.html", True),
     ("scale/batchnorm.html", None), ("gradients/saturation.html", False)],
)  # fmt: skip
def test_code_is_printed_where_the_page_is_about_it(name, code, printed):
    """In labs and recipes all of it; elsewhere where no figure shows the result. Plotting and buttons never are."""
    page = printed(name)
    shown = page.evaluate(
        """() => [...document.querySelectorAll(".exhibit-code")].map(part => [
             part.querySelector(".source").getClientRects().length > 0,
             Boolean(part.closest(".lab, .on-paper") || !part.closest(".exhibit").querySelector("figure"))])"""
    )
    assert shown and all(seen == needed for seen, needed in shown)
    assert code is None or {seen for seen, _ in shown} == {code}
    assert page.locator(".exhibit-copy:visible, .exhibit-code summary:visible, .exhibit-claims:visible").count() == 0
    cut = page.locator(".source:visible, .exhibit-output pre:visible").evaluate_all(
        "all => all.filter(e => e.scrollWidth > e.clientWidth + 1).length"
    )
    assert cut == 0, "lines of code are broken, not cut"


def test_folds_are_open_on_paper(printed):
    page = printed("labs/repair.html")
    hidden = page.locator("details.solution .source").evaluate_all(
        "all => all.filter(e => !e.checkVisibility({ contentVisibilityAuto: true })).length"
    )
    assert page.locator("details.solution:not([open])").count() > 0 and hidden == 0


def test_the_checklist_is_one_sheet(printed):
    page = printed("practice/checklist.html")
    assert page.locator(".one-page li").count() > 20
    bottom = page.locator(".one-page").evaluate("e => e.getBoundingClientRect().bottom + scrollY")
    assert bottom < HEIGHT, "what follows begins on a sheet of its own"
    assert page.locator(".one-page").evaluate("e => getComputedStyle(e).breakAfter") == "page"
