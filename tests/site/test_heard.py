"""What a screen reader hears and where the tab key stops: the accessibility tree, beyond axe's rules."""

from __future__ import annotations

import re

import pytest

PHONE, LAPTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 800}
HEARD = ["index.html", "gradients/gain.html", "reference/claims.html", "argument/interview.html", "play.html"]
SCROLLERS = ".source, .exhibit-output pre, pre > code, .md-typeset__scrollwrap, tex-formula.display"
FRAMES = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


def opened(browser, address: str, size: dict[str, int]):
    """A page of which all is laid out, as it is for who comes for a place in it."""
    page = browser.new_context(viewport=size).new_page()
    page.goto(f"{address}#__all")
    return page


@pytest.fixture(scope="module")
def heard(browser, site) -> dict[str, str]:
    """What is heard of each article, a line for each role and name."""
    found = {}
    for name in HEARD:
        page = opened(browser, f"file://{site}/{name}", LAPTOP)
        found[name] = page.locator("article").aria_snapshot()
        page.context.close()
    return found


@pytest.mark.parametrize("name", HEARD)
def test_what_can_be_used_or_seen_has_a_name(name, heard):
    nameless = re.findall(r"^ *- '?(?:link|button|slider|combobox|textbox|searchbox|checkbox|img)(?: \[.*)?:?$",
                          heard[name], re.M)  # fmt: skip
    assert not nameless
    figures = re.findall(r'^ *- \'?img "(.*)"', heard[name], re.M)
    assert all(len(figure) > 60 for figure in figures) and (figures or name in HEARD[2:4])


@pytest.mark.parametrize("name", HEARD)
def test_headings_are_named_by_their_words(name, heard):
    headings = re.findall(r"^ *- '?heading \"(.*)\" \[level=(\d)\]", heard[name], re.M)
    assert headings[0][1] == "1" and len([level for _, level in headings if level == "1"]) == 1
    assert not [title for title, _ in headings if "¶" in title or "Permanent" in title]
    assert len(headings) >= (1 if name == "play.html" else 3)


def test_a_sentence_keeps_its_punctuation_after_a_formula(heard):
    sentences = heard["gradients/gain.html"]
    assert re.search(r'- math: σ w 2 / n\n +- text: ", where"\n +- math: "n"\n', sentences)
    assert re.search(r"- math: σ b 2\n +- text: \. Fix the input\n +- math: x\n +- text: \. Then", sentences)


def test_code_and_output_say_what_they_are(heard, site):
    html = (site / "gradients/gain.html").read_text("utf-8")
    for label, shown in (("Code", 'class="source"'), ("Output", 'class="exhibit-output')):
        groups = len(re.findall(rf'^ *- group "{label}"', heard["gradients/gain.html"], re.M))
        hidden = html.count("<summary>Plotting") if label == "Code" else 0
        assert groups == html.count(shown) - hidden > 0, label


def test_the_figures_of_play_answer_by_name_and_value(browser, site):
    page = opened(browser, f"file://{site}/play.html", LAPTOP)
    sliders = page.get_by_role("slider").all()
    assert len(sliders) == 6
    for slider in sliders:
        assert re.match(r"(\d+ \w+|[\w ]+ \d[\d.]*)$", slider.get_attribute("aria-valuetext"))
    assert page.get_by_role("slider", name="Depth").count() == 1
    page.context.close()


def test_the_claims_are_a_table_with_a_named_filter(heard):
    tree = heard["reference/claims.html"]
    assert '- search "Filter claims"' in tree and re.search(r"- status: \d+ claims", tree)
    columns = re.findall(r'- columnheader "(\w+)"', tree)
    assert set(columns) == {"Claim", "Theory", "Measured", "Tolerance", "Verdict"}


@pytest.mark.parametrize("size", [PHONE, LAPTOP], ids=["phone", "laptop"])
def test_the_tab_key_stops_where_something_scrolls_and_nowhere_else(size, browser, site):
    """And what scrolls fades where it goes on, until it is moved to its end."""
    page = opened(browser, f"file://{site}/gradients/gain.html", size)
    for _ in range(40):  # each part comes into view once
        page.evaluate("scrollBy({ top: innerHeight, behavior: 'instant' })")
        page.evaluate(FRAMES)
    parts = page.evaluate(
        """selector => [...document.querySelectorAll("article *")].filter(e => e.checkVisibility()).map(e => [
             e.scrollWidth > e.clientWidth + 1 && e.matches(selector), e.getAttribute("tabindex"),
             getComputedStyle(e).maskImage.startsWith("linear-gradient"), e.tagName + "." + e.className])
           .filter(([scrolls, stop]) => scrolls || stop === "0")""",
        SCROLLERS,
    )
    assert all(scrolls and stop == "0" and fades for scrolls, stop, fades, _ in parts), parts
    assert size == LAPTOP or len(parts) > 3
    if size == PHONE:
        wide = page.locator(".wide").first
        wide.evaluate("e => { e.scrollLeft = e.scrollWidth }")
        page.evaluate(FRAMES)
        assert wide.evaluate("e => getComputedStyle(e).maskImage") == "none"
    page.context.close()


def test_a_term_tells_its_meaning_at_the_first_tap_and_leads_on_at_the_second(browser, site):
    page = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True).new_page()
    page.goto(f"file://{site}/gradients/gain.html")
    term, before = page.locator("a.term", has_text="second moment"), page.url
    meaning = term.get_attribute("title")
    term.tap()
    tip = page.locator("[role=tooltip]:visible")
    assert tip.all_inner_texts() == [meaning] and page.url == before
    box = page.locator(".tip").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= PHONE["width"]
    term.tap()
    page.wait_for_url("**/reference/glossary.html#second-moment")
    page.context.close()
