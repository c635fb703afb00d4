"""The built pages, read as files."""

from __future__ import annotations

import re
import zipfile
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup

from tests.conftest import ROOT

SOURCES = sorted(p.relative_to(ROOT / "docs") for p in (ROOT / "docs").rglob("*") if p.suffix in (".md", ".ipynb"))
PAGES = [p.with_suffix(".html").as_posix() for p in SOURCES]


@pytest.mark.parametrize("page", PAGES)
def test_links_and_anchors_lead_somewhere(page, soups, site):
    for tag in soups[page].find_all(["a", "link", "script", "img"]):
        url = urlsplit(tag.get("href") or tag.get("src") or "")
        if url.scheme or url.netloc or not (url.path or url.fragment):
            continue
        target = (site / page).parent / unquote(url.path) if url.path else site / page
        if target.is_dir():
            target = target / "index.html"
        assert target.exists(), f"{page} links to {url.geturl()}"
        if url.fragment and target.suffix == ".html":
            other = soups.get(target.resolve().relative_to(site).as_posix())
            anchor = unquote(url.fragment)
            assert other is None or anchor.startswith("__") or other.find(id=anchor), f"{page} links to {url.geturl()}"


@pytest.mark.parametrize("page", PAGES)
def test_nothing_is_loaded_from_another_host(page, soups):
    for tag in soups[page].find_all(["link", "script", "img", "iframe", "source"]):
        url = tag.get("src") or tag.get("href") or ""
        assert not re.match(r"(https?:)?//", url) or tag.get("rel") == ["canonical"], str(tag)[:200]


def test_style_sheets_load_nothing_from_another_host(site):
    for sheet in site.rglob("*.css"):
        assert not re.search(r"(url\(|@import)\s*['\"]?(https?:)?//", sheet.read_text("utf-8")), sheet


@pytest.mark.parametrize("page", PAGES)
def test_no_markup_is_left_over(page, soups):
    article = BeautifulSoup(str(soups[page].find("article")), "html.parser")
    for tag in article.find_all(["code", "pre", "annotation", "button", "script"]):
        tag.decompose()
    text = article.get_text()
    for leftover in (r"\(", r"\[", "$$", "{{", "///", r"\frac", r"\E[", "katex-error"):
        assert leftover not in text, leftover


@pytest.mark.parametrize("page", PAGES)
def test_page_tells_what_it_is(page, soups):
    soup = soups[page]
    assert len(soup.find_all("h1")) == 1
    description = soup.find("meta", attrs={"name": "description"})
    assert description and 40 <= len(description["content"]) <= 250
    ids = [tag["id"] for tag in soup.find_all(id=True)]
    assert len(ids) == len(set(ids)), "ids are unique"


@pytest.mark.parametrize("page", PAGES)
def test_figures_say_what_they_show(page, soups):
    for drawing in soups[page].select(".exhibit .drawing, .lab .drawing"):
        assert drawing["role"] == "img"
        assert len(drawing["aria-label"]) > (30 if page.startswith("zh/") else 60), (
            "a Chinese word is a character or two"
        )
        assert all(svg.find("text") for svg in drawing.find_all("svg", recursive=False)), "text is text"
        caption = drawing.find_parent("figure").find("figcaption")
        assert drawing.find_parent(class_="lab") or caption.get_text(strip=True)


@pytest.mark.parametrize("page", PAGES)
def test_copy_button_and_download_give_the_whole_script(page, soups, site):
    for exhibit in soups[page].select(".exhibit"):
        link = exhibit.select_one(".exhibit-links a[download]")
        script = ((site / page).parent / link["href"]).read_text("utf-8")
        copied = [button["data-clipboard-text"] for button in exhibit.select("[data-clipboard-text]")]
        assert not copied or "".join(copied).split() == script.split()


@pytest.mark.parametrize(("page", "source"), list(zip(PAGES, SOURCES, strict=True)))
def test_formulas_are_typeset(page, source, soups):
    source = (ROOT / "docs" / source).read_text("utf-8")
    formulas = soups[page].select(".math")
    assert all(f.select_one("math") and f.select_one(".katex-html") for f in formulas)
    after = [str(f.next_sibling)[:1] for f in soups[page].select("span.math") if f.next_sibling]
    assert not set(after) & set(".,;:)?!。，、；：）？！"), "a line may begin with it"
    if "$" in re.sub(r"^```.*?^```$", "", source, flags=re.M | re.S):
        assert formulas


def test_gallery_shows_every_figure(soups, site, book):
    images = soups["reference/gallery.html"].select(".gallery a img")
    assert len(images) == sum(map(len, book.drawings.values()))
    for image in images:
        drawing = (site / "reference" / image["src"]).read_text("utf-8")
        assert drawing.startswith("<svg") and "var(" not in drawing
        assert len(image["alt"]) > 60


def test_archive_holds_the_whole_site(site):
    with zipfile.ZipFile(site / "why-gradients-vanish.zip") as archive:
        packed = {name for name in archive.namelist() if not name.endswith("/")}
    files = {p.relative_to(site).as_posix() for p in site.rglob("*") if p.is_file()}
    assert packed == files - {"why-gradients-vanish.zip", "build.json", "build.js"}, "times are no part of it"
    assert "search/search_index.js" in packed


def test_chapter_pages_cite_and_ask_first(source):
    for page, text in ((path, page.text) for path, page in source.pages.items()):
        if page.split("/")[0] in {"gradients", "scale", "residual", "activations"}:
            assert "/// predict" in text, page
            assert "**What you need:**" in text, page
            assert '!!! abstract "Proved, measured, folklore"' in text, page
            assert "/// exhibit |" in text, page
            assert "{{" in text, page
