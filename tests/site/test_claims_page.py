"""The page of claims and the tooltips of numbers in headless Chromium: filter, keyboard, touch, paper."""

from __future__ import annotations

import re
from collections import Counter

import pytest

PHONE, LAPTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 800}
ROW = ".claims tbody tr"
CLAIMS = "reference/claims.html"


@pytest.fixture
def page(browser, site):
    """The page of claims on a laptop; an error of its scripts fails the test."""
    context = browser.new_context(viewport=LAPTOP)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"file://{site}/{CLAIMS}")
    yield page
    context.close()
    assert not errors


@pytest.fixture
def phone(browser, site):
    """A phone on the first page that quotes a claim."""
    quoting = next(path for path in sorted(site.rglob("*.html")) if 'class="claim"' in path.read_text("utf-8"))
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(f"file://{quoting}")
    yield page
    context.close()


def shown(page) -> list:
    """Text of the rows that can be seen."""
    script = "rows => rows.filter(r => r.getClientRects().length).map(r => r.textContent)"
    return page.locator(ROW).evaluate_all(script)


def counted(page) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", page.locator(".claims-filter [role=status]").inner_text())]


def said(page, name: str) -> Counter:
    """How often the rows' notes begin with each kind, or their last cells with each verdict."""
    cell = {"kind": "small", "verdict": "td:last-child"}[name]
    begins = f"rows => rows.map(r => r.querySelector('{cell}').textContent.trim().split(/[.,]/)[0])"
    return Counter(page.locator(ROW).evaluate_all(begins))


def test_words_leave_the_rows_that_have_all_of_them(page):
    total = page.locator(ROW).count()
    assert len(shown(page)) == total and counted(page) == [total]
    rows = shown(page)
    words = re.findall(r"[a-z]{4,}", rows[-1].lower())[:2]
    page.get_by_label("Words").fill(" ".join(words).upper())
    headings = page.locator(".claims h2").all_inner_texts()
    found = shown(page)
    assert rows[-1] in found and counted(page) == [len(found), total]
    assert all(word in row.lower() + " ".join(headings).lower() for row in found for word in words)
    page.get_by_label("Words").fill("no claim says this")
    assert shown(page) == [] and counted(page) == [0, total]
    assert page.locator(".claims section h2:visible").count() == 0
    page.get_by_role("button", name="Show all").click()
    page.wait_for_function("n => document.querySelectorAll('.claims tr:not([hidden])').length >= n", arg=total)
    assert counted(page) == [total]


@pytest.mark.parametrize("field", ["kind", "verdict"])
def test_each_choice_leaves_its_rows_and_marks(page, field):
    expected = said(page, field)
    options = page.locator(f".claims-filter [name={field}] option").all_inner_texts()
    assert set(options) == {"all", *filter(None, expected)}
    for option in options[1:]:
        page.locator(f".claims-filter [name={field}]").select_option(option)
        assert len(shown(page)) == expected[option]
        lit = page.locator(".ratios a:not(.out)").evaluate_all("a => a.map(a => a.getAttribute('href').slice(1))")
        ids = page.locator(f"{ROW}:not([hidden])").evaluate_all("rows => rows.map(r => r.id)")
        assert set(lit) <= set(ids)


def test_the_filter_works_by_keyboard_alone(page):
    total = page.locator(ROW).count()
    page.get_by_label("Words").focus()
    for name in ("chapter", "kind", "verdict"):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.name") == name
    page.keyboard.press("ArrowDown")
    first = page.locator("[name=verdict]").input_value()
    assert first and len(shown(page)) == said(page, "verdict")[first]
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.querySelector('[name=verdict]').value === ''")
    page.wait_for_function("() => document.querySelectorAll('.claims tbody tr[hidden]').length === 0")
    assert len(shown(page)) == total


def test_a_link_to_a_hidden_row_shows_it(page):
    last = page.locator(ROW).last.get_attribute("id")
    page.get_by_label("Words").fill("no claim says this")
    page.evaluate("id => { location.hash = id }", last)
    page.locator(f"[id='{last}']").wait_for()
    assert page.get_by_label("Words").input_value() == ""
    page.wait_for_timeout(300)
    box = page.locator(f"[id='{last}']").bounding_box()
    assert 0 < box["y"] < LAPTOP["height"]


def test_a_link_from_prose_lands_on_its_row(browser, site):
    context = browser.new_context(viewport=LAPTOP)
    page = context.new_page()
    page.goto(f"file://{site}/{CLAIMS}")
    ids = page.locator(ROW).evaluate_all("rows => rows.map(r => r.id)")
    for name in ids[len(ids) // 3 :: max(len(ids) // 3, 1)][:2]:
        page.goto("about:blank")
        page.goto(f"file://{site}/{CLAIMS}#{name}")
        page.wait_for_timeout(300)
        assert 40 <= page.locator(f"[id='{name}']").bounding_box()["y"] < LAPTOP["height"] - 40
    context.close()


def test_without_script_the_plain_table_remains(browser, site):
    context = browser.new_context(java_script_enabled=False, viewport=LAPTOP)
    page = context.new_page()
    page.goto(f"file://{site}/{CLAIMS}")
    assert page.locator(".claims-filter").count() == 0
    assert page.locator(ROW).count() == page.locator(f"{ROW}:visible").count() > 0
    assert page.locator(".ratios a").first.get_attribute("href").startswith("#")
    context.close()


def test_a_mark_says_under_the_pointer_what_its_row_says(page):
    mark = page.locator(".ratios a").nth(40)
    row = page.locator(f"[id='{mark.get_attribute('href')[1:]}']")
    mark.locator("rect").hover(force=True)
    claim, theory, measured, _, verdict = row.locator("td").all_text_contents()
    title = mark.locator("title").text_content()
    assert title.startswith(row.locator("p").first.text_content() + ": theory ") and title.endswith(verdict)
    assert claim.strip().startswith(title.split(": theory")[0]) and theory in title and measured in title


def test_contents_name_the_chapters(page):
    chapters = [text.rstrip("¶").strip() for text in page.locator(".claims h2").all_inner_texts()]
    contents = page.locator(".md-sidebar--secondary .md-nav__link").all_inner_texts()
    assert [text.strip() for text in contents if text.strip()] == chapters


def test_the_figure_is_readable_on_a_phone(browser, site):
    context = browser.new_context(viewport=PHONE)
    page = context.new_page()
    page.goto(f"file://{site}/{CLAIMS}")
    texts = page.locator(".ratios text")
    sizes = texts.evaluate_all("texts => texts.map(t => parseFloat(getComputedStyle(t).fontSize))")
    boxes = texts.evaluate_all(
        "texts => texts.map(t => [t.getBoundingClientRect().left, t.getBoundingClientRect().right])"
    )
    assert min(sizes) >= 10
    assert min(left for left, _ in boxes) >= 0 and max(right for _, right in boxes) <= PHONE["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    context.close()


def test_on_touch_the_first_tap_tells_and_the_second_leads(phone):
    link = phone.locator("a.claim:visible").first
    told, before = link.get_attribute("title"), phone.url
    link.tap()
    phone.wait_for_timeout(300)  # time for the theme's own tooltip, which must stay away
    tip = phone.locator("[role=tooltip]:visible")
    assert tip.all_inner_texts() == [told] and phone.url == before
    assert link.get_attribute("aria-describedby") == tip.get_attribute("id")
    box = phone.locator(".tip").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= PHONE["width"]
    assert phone.get_by_role("link", name="Details").evaluate("a => a.href") == link.evaluate("a => a.href")
    phone.keyboard.press("Escape")
    assert phone.locator("[role=tooltip]:visible").count() == 0
    link.tap()
    phone.locator("h1").first.tap()
    assert phone.locator("[role=tooltip]:visible").count() == 0 and phone.url == before
    link.tap()
    link.tap()
    phone.wait_for_url("**#*")


@pytest.mark.parametrize("way", ["hover", "focus"])
def test_mouse_and_keyboard_get_the_tooltip_at_once(browser, site, phone, way):
    context = browser.new_context(viewport=LAPTOP)
    page = context.new_page()
    page.goto(phone.url)
    link = page.locator("a.claim:visible").first
    told = link.get_attribute("title")
    getattr(link, way)()
    page.locator("[role=tooltip]", has_text=told).wait_for()
    link.click()
    page.wait_for_url(f"**/{CLAIMS}#*")
    context.close()


def test_the_link_in_a_tooltip_leads_to_the_claim(phone):
    # Laid out whole: on a busy machine a part that is drawn only now moves the number away from under the finger.
    phone.add_style_tag(content="* { content-visibility: visible !important }")
    phone.locator("a.claim").last.tap()
    phone.get_by_role("link", name="Details").tap()
    phone.wait_for_url("**claims.html#*")


def test_claims_print_on_fewer_than_twelve_pages(page):
    assert len(re.findall(rb"/Type /Page\b", page.pdf(format="A4"))) < 12
