"""The built pages in headless Chromium, from disk and from a server on this machine."""

from __future__ import annotations

import pytest

from tests.conftest import ROOT
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


# Content that is drawn only when it comes near the window must be measured and judged, too.
ALL_DRAWN = "* { content-visibility: visible !important }"


def test_nothing_is_wider_than_a_phone(browser, site):
    context = browser.new_context(viewport=PHONE)
    page = context.new_page()
    for name in PAGES:
        page.goto(f"file://{site}/{name}")
        page.add_style_tag(content=ALL_DRAWN)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], name
        small = page.evaluate(
            """() => [...document.querySelectorAll('.exhibit figure svg, .lab figure svg')].filter(svg => {
                 const text = svg.querySelector('text'); return text && text.getBoundingClientRect().height < 9 })
               .map(svg => svg.getAttribute('aria-label'))"""
        )
        assert not small, (name, small)
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation(browser, site, scheme):
    axe = (ROOT / "tests/node_modules/axe-core/axe.min.js").read_text("utf-8")
    context = browser.new_context(color_scheme=scheme, viewport=LAPTOP)
    page = context.new_page()
    for name in PAGES:
        page.goto(f"file://{site}/{name}")
        page.add_style_tag(content=ALL_DRAWN)
        page.evaluate(axe)
        violations = page.evaluate("axe.run().then(r => r.violations.map(v => [v.id, v.nodes[0].html]))")
        assert violations == [], name
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_figures_contrast_with_the_page(browser, site, scheme):
    """Ink and series colours of the figures against the page: at least 4.5 and 3 (WCAG 2.2, 1.4.3 and 1.4.11)."""
    context = browser.new_context(color_scheme=scheme)
    page = context.new_page()
    page.goto(f"file://{site}/index.html")
    ratios = page.evaluate(
        """() => {
          const rgb = c => { const p = document.createElement('span'); p.style.color = c; document.body.append(p);
            const v = getComputedStyle(p).color.match(/[\\d.]+/g).slice(0, 3).map(Number); p.remove(); return v };
          const luminance = c => { const [r, g, b] = rgb(c).map(v => { v /= 255;
            return v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4 });
            return .2126 * r + .7152 * g + .0722 * b };
          const paper = luminance('var(--md-default-bg-color)');
          const ratio = c => { const l = luminance(c);
            return (Math.max(l, paper) + .05) / (Math.min(l, paper) + .05) };
          const names = ['ink', 0, 1, 2, 3, 4, 5, 6, 7];
          return Object.fromEntries(names.map(n => [n, ratio(`var(--figure-${n})`)]))
        }"""
    )
    assert ratios.pop("ink") >= 4.5
    assert min(ratios.values()) >= 3, ratios
    context.close()


def test_copy_button_copies_the_whole_script(browser, address, project):
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{address}/residual/skip.html")
    page.locator("#residual-scalar_chain .exhibit-copy").click()
    assert page.evaluate("navigator.clipboard.readText()") == project.snippets["residual/scalar_chain"].source
    context.close()


@pytest.mark.parametrize("source", ["disk", "server"])
def test_search_finds_a_page(browser, site, address, source):
    own = f"file://{site}" if source == "disk" else address
    context = browser.new_context(viewport=LAPTOP)
    page = context.new_page()
    page.goto(f"{own}/index.html")
    page.locator("input.md-search__input").fill("forget bias")
    result = page.locator(".md-search-result__link").first
    result.wait_for(timeout=20_000)
    assert "through-time" in result.get_attribute("href")
    assert "\\sigma" not in page.locator(".md-search-result__list").inner_text()
    context.close()
