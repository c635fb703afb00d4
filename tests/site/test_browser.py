"""The built pages in headless Chromium, from disk and from a server on this machine."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from tests.site.conftest import search, violations
from tests.site.test_pages import PAGES

PHONE, LAPTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 800}


def watch(context, own: str) -> list[str]:
    """Everything that goes wrong in pages of `context`: foreign or failed requests, errors on the console."""
    wrong: list[str] = []
    context.on("request", lambda r: None if r.url.startswith((own, "data:", "blob:")) else wrong.append(r.url))
    # Leaving a page aborts what it still loads, an icon for example.
    context.on("requestfailed", lambda r: None if "ABORTED" in r.failure else wrong.append(f"failed: {r.url}"))
    context.on("response", lambda r: wrong.append(f"{r.status}: {r.url}") if r.status >= 400 else None)
    context.on("console", lambda m: wrong.append(m.text) if m.type == "error" else None)
    context.on("weberror", lambda e: wrong.append(str(e.error)))
    return wrong


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("source", ["disk", "server"])
def test_pages_load_nothing_foreign_and_report_no_error(browser, site, address, scheme, source):
    own = f"file://{site}" if source == "disk" else address
    context = browser.new_context(color_scheme=scheme, viewport=LAPTOP)
    wrong = watch(context, own)
    page = context.new_page()
    for name in PAGES:
        page.goto(f"{own}/{name}")
        assert page.evaluate("document.body.dataset.mdColorScheme") == {"light": "default", "dark": "slate"}[scheme]
        assert not wrong, (name, wrong)
    context.close()


# What is drawn only when it comes near the window must be measured and judged, too, and colours once they stand.
ALL_DRAWN = "* { content-visibility: visible !important; transition: none !important }"


def test_nothing_is_wider_than_a_phone(browser, site):
    context = browser.new_context(viewport=PHONE)
    page = context.new_page()
    for name in PAGES:
        page.goto(f"file://{site}/{name}")
        page.add_style_tag(content=ALL_DRAWN)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], name
        page.wait_for_function(
            "() => !document.querySelector('.md-typeset table:not([class])') || "
            "document.querySelector('.md-typeset__table')"
        )  # the theme frames tables
        wide = "frame => frame.parentElement.scrollWidth > frame.parentElement.clientWidth"
        tables = f"[...document.querySelectorAll('.md-typeset__table')].filter({wide}).map(t => t.innerText)"
        assert page.evaluate(tables) == [], name
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation(browser, site, address, scheme):
    context = browser.new_context(color_scheme=scheme, viewport=LAPTOP)
    page = context.new_page()
    # A host shows the page for unknown addresses; from disk nothing leads there.
    for url in (*(f"file://{site}/{name}" for name in PAGES), f"{address}/no/such/page.html"):
        page.goto(url)
        page.add_style_tag(content=ALL_DRAWN)
        assert violations(page) == [], url
    context.close()


def contrast(page, colour: str, paper: str) -> float:
    """WCAG contrast of two CSS colours as the page resolves them."""
    return page.evaluate(
        """([a, b]) => {
          const luminance = c => { const p = document.createElement('span'); p.style.color = c; document.body.append(p);
            const [r, g, bl] = getComputedStyle(p).color.match(/[\\d.]+/g).slice(0, 3).map(v => { v /= 255;
              return v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4 }); p.remove();
            return .2126 * r + .7152 * g + .0722 * bl };
          const [x, y] = [luminance(a), luminance(b)];
          return (Math.max(x, y) + .05) / (Math.min(x, y) + .05)
        }""",
        [colour, paper],
    )


SERIES = [f"var(--figure-{index})" for index in range(8)]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_figures_contrast_with_the_page(browser, site, scheme):
    """Ink and series colours of the figures against the page (WCAG 2.2, 1.4.3 and 1.4.11)."""
    context = browser.new_context(color_scheme=scheme)
    page = context.new_page()
    page.goto(f"file://{site}/index.html")
    assert contrast(page, "var(--figure-ink)", "var(--md-default-bg-color)") >= 4.5
    assert min(contrast(page, colour, "var(--md-default-bg-color)") for colour in SERIES) >= 3
    context.close()


def deuteranope(rgb: list[float]) -> np.ndarray:
    """CIE L*a*b* of an sRGB colour (0 to 255) as an eye without green cones sees it (Machado et al. 2009, table 1)."""
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in np.array(rgb) / 255]
    seen = np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]])
    to_xyz = np.array(
        [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
    )
    x, y, z = np.cbrt(to_xyz @ np.clip(seen @ linear, 0, 1) / [0.95047, 1, 1.08883])  # no colour here is near black
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_series_differ_for_a_deuteranope(browser, site, scheme):
    """By 10 units at least; 2 are just visible. That lines also differ by marker or dash, the build itself enforces."""
    context = browser.new_context(color_scheme=scheme)
    page = context.new_page()
    page.goto(f"file://{site}/index.html")
    resolve = """c => { const p = document.createElement('span'); p.style.color = c; document.body.append(p);
                        return getComputedStyle(p).color.match(/[\\d.]+/g).slice(0, 3).map(Number) }"""
    colours = [deuteranope(page.evaluate(resolve, colour)) for colour in SERIES]
    assert min(np.linalg.norm(a - b) for a, b in itertools.combinations(colours, 2)) > 10
    context.close()


def test_copy_button_copies_the_whole_script(browser, address, source):
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{address}/residual/skip.html")
    page.locator("#residual-scalar_chain .exhibit-copy").click()
    assert page.evaluate("navigator.clipboard.readText()") == source.snippets["residual/scalar_chain"].code
    context.close()


@pytest.mark.parametrize("source", ["disk", "server"])
def test_search_finds_a_page(browser, site, address, source):
    own = f"file://{site}" if source == "disk" else address
    context = browser.new_context(viewport=LAPTOP)
    page = context.new_page()
    page.goto(f"{own}/index.html")
    search(page, "forget bias")
    results = page.locator(".md-search-result__item > a.md-search-result__link")
    results.first.wait_for(timeout=20_000)
    assert any("through-time" in link.get_attribute("href") for link in results.all()[:3])
    assert "\\sigma" not in page.locator(".md-search-result__list").inner_text()
    context.close()


def test_keyboard_alone_reaches_content_search_and_folded_text(browser, address):
    context = browser.new_context(viewport=LAPTOP)
    page = context.new_page()
    page.goto(f"{address}/scale/batchnorm.html", wait_until="networkidle")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.url.endswith("#batchnorm-and-its-side-effect"), "the first stop skips the navigation"
    page.wait_for_timeout(500)  # Material closes its search 125 ms after any jump
    page.locator("details.predict-answer summary").first.focus()
    page.keyboard.press("Enter")
    assert page.locator("details.predict-answer").first.evaluate("e => e.open")
    page.keyboard.press("/")
    page.keyboard.type("warm-up")
    page.locator(".md-search-result__link").first.wait_for(timeout=20_000)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/residual/warmup.html**")
    context.close()


def test_a_term_shows_its_meaning_and_leads_to_the_glossary(browser, address):
    context = browser.new_context(viewport=LAPTOP)
    page = context.new_page()
    page.goto(f"{address}/gradients/gain.html", wait_until="networkidle")
    term = page.locator("a.term", has_text="second moment")
    term.focus()
    tooltip = page.locator(".md-tooltip2--active")
    tooltip.wait_for()
    assert "Mean of the square" in tooltip.inner_text()
    page.keyboard.press("Enter")
    page.wait_for_url("**/reference/glossary.html#second-moment")
    context.close()


def test_formulas_stay_typeset_on_the_way_through_the_site(browser, address):
    context = browser.new_context(viewport=PHONE)
    page = context.new_page()
    page.goto(f"{address}/gradients/chain-rule.html", wait_until="networkidle")
    for _ in range(5):
        page.locator("a.md-footer__link--next").click()
        page.wait_for_load_state("networkidle")
        assert page.locator(".katex-html").count()
        text = page.locator("article").inner_text()
        assert "\\(" not in text and "\\frac" not in text and "$" not in text, page.url
    context.close()


def test_long_formulas_scroll_inside_themselves_on_a_phone(browser, site):
    context = browser.new_context(viewport=PHONE)
    page = context.new_page()
    page.goto(f"file://{site}/residual/skip.html")
    page.add_style_tag(content=ALL_DRAWN)
    wide = page.evaluate(
        "() => [...document.querySelectorAll('tex-formula.display')].filter(m => m.scrollWidth > m.clientWidth)"
        ".map(m => { m.scrollLeft = 50; return [m.scrollLeft, m.getBoundingClientRect().right] })"
    )
    assert wide and all(moved > 0 and right <= PHONE["width"] for moved, right in wide)
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_print_is_dark_on_white_in_either_scheme(browser, site, scheme):
    context = browser.new_context(color_scheme=scheme, viewport=LAPTOP)
    page = context.new_page()
    page.goto(f"file://{site}/scale/batchnorm.html")
    page.emulate_media(media="print")
    body = page.evaluate("getComputedStyle(document.querySelector('article p')).color")
    assert contrast(page, body, "white") >= 7
    assert contrast(page, "var(--figure-ink)", "white") >= 7
    assert min(contrast(page, colour, "white") for colour in SERIES) >= 3
    assert page.locator(".exhibit figure svg").first.is_visible()
    context.close()
