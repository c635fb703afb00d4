"""Where a reader lands who follows a link to a place within a page, reloads, or goes back."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import unquote, urlsplit

import pytest

from tests.site.test_pages import PAGES

LAPTOP = {"width": 1280, "height": 800}
BELOW = 60  # pixels below the header within which a landing place begins
LONG = ["argument/judged.html", "scale/batchnorm.html", "labs/transformer.html"]

# Tops of what the fragments name, from the header's lower edge, each after its jump. At the end of a page there is no
# way on: then it counts if it can be seen.
TOPS = """ids => {
  const found = ids.map(id => document.getElementById(id));
  const header = document.querySelector(".md-header").getBoundingClientRect().bottom;
  return Object.fromEntries(found.map((element, place) => {
    if (location.hash !== "#" + ids[place]) location.hash = ids[place];
    const top = element.getBoundingClientRect().top - header;
    const end = scrollY + innerHeight >= document.documentElement.scrollHeight - 2;
    return [ids[place], [top, end && top < innerHeight - header - 20]];
  }));
}"""
FRAMES = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


@pytest.fixture(scope="module")
def fragments(site) -> dict[str, list[str]]:
    """Places that internal links name, by page, the last of each page first."""
    html = {page: (site / page).read_text("utf-8") for page in PAGES}
    named: dict[str, dict[str, None]] = {}
    for page, text in html.items():
        for href in set(re.findall(r'<a\b[^>]*?\bhref="([^"]*#[^"]+)"', text)):
            url = urlsplit(unescape(href))
            if url.scheme or url.netloc or url.fragment.startswith("__"):  # __: what the theme's labels toggle
                continue
            target = (site / page).parent / unquote(url.path) if url.path else site / page
            named.setdefault(target.resolve().relative_to(site).as_posix(), {})[unquote(url.fragment)] = None
    places = {page: {id_: html[page].find(f'id="{id_}"') for id_ in ids} for page, ids in named.items()}
    return {page: sorted(ids, key=ids.__getitem__, reverse=True) for page, ids in places.items()}


def astray(tops: dict[str, list]) -> dict[str, list]:
    return {id_: found for id_, found in tops.items() if not (-2 <= found[0] <= BELOW or found[1] and found[0] >= -2)}


def test_every_internal_link_lands_on_its_place(browser, site, fragments):
    """The last place of each page by a fresh load, the worst case; then all others by jumps."""
    assert sum(map(len, fragments.values())) > 1000
    context = browser.new_context(viewport=LAPTOP)
    page = context.new_page()
    wrong = {}
    for name, ids in fragments.items():
        page.goto("about:blank")
        page.goto(f"file://{site}/{name}#{ids[0]}")
        page.evaluate(FRAMES)
        if found := astray(page.evaluate(TOPS, ids)):
            wrong[name] = found
    context.close()
    assert not wrong


@pytest.mark.parametrize("name", LONG)
def test_the_first_jump_from_the_top_lands(name, browser, site, fragments):
    context = browser.new_context(viewport=LAPTOP)
    page = context.new_page()
    for id_ in (fragments[name][0], fragments[name][len(fragments[name]) // 2]):
        page.goto("about:blank")
        page.goto(f"file://{site}/{name}")
        assert page.evaluate("document.documentElement.classList.contains('lazy')")
        page.evaluate("id => { location.hash = id }", id_)
        page.evaluate(FRAMES)
        assert not astray(page.evaluate(TOPS, [id_])), id_
    context.close()


@pytest.mark.parametrize("name", LONG)
def test_reload_and_back_return_to_the_same_place(name, browser, site):
    context = browser.new_context(viewport=LAPTOP)
    page = context.new_page()
    page.goto(f"file://{site}/{name}")
    place = "() => document.querySelector('#place').getBoundingClientRect().top"
    mark = "() => { [...document.querySelectorAll('article > p')].at(-9).id = 'place' }"
    page.evaluate(mark)
    for _ in range(60):  # as a wheel goes: what it passes is laid out on the way
        page.mouse.wheel(0, 700)
        page.evaluate(FRAMES)
        if page.evaluate(place) < 500:
            break
    page.wait_for_timeout(300)
    before = page.evaluate(place)
    assert -300 < before < 800 and page.evaluate("scrollY") > 2000
    for way in ("reload", "back"):
        if way == "reload":
            page.reload()
        else:
            page.goto(f"file://{site}/reference/notation.html")
            page.go_back()
        page.evaluate(FRAMES)
        page.evaluate(mark)
        assert abs(page.evaluate(place) - before) < 30, way
    context.close()
