"""MkDocs with Material, and Zensical, its successor, build the same site from the same prepared folder."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from tests.conftest import ROOT
from tests.site.test_pages import PAGES

ENVIRONMENT = ROOT / "tests/.zensical"
# What both sites hold in equal number on every page, by CSS selector within the article.
COUNTED = {
    "exhibits": ".exhibit",
    "formulas": ".math",
    "numbers": "a.claim",
    "claims": ".claims tr[id]",
    "cards": ".gallery a",
    "terms": "a.term",
    "back links": ".back-links a",
    "theorems": ".theorem",
    "predictions": ".predict[data-words] > details",
    "answers": ".interview[data-words] details",
    "lab cells": ".lab",
    "downloads": "a[download]",
    "figures": "figure svg",
    "headings": "h1, h2, h3, h4",
    "tables": "table",
    "code": "pre",
    "heads": ".page-head",
    "feet": ".page-foot",
}
# Where the two differ, and why.
KNOWN = {
    "search": "each generator has a search index of its own form",
    "404.html": "Zensical's 404 page does not list the chapters, as its templates do not know the navigation there",
    "sitemap.xml.gz": "MkDocs alone compresses its sitemap",
    "archive": "made by this tool after the build",
}


@pytest.fixture(scope="module")
def other(site, tmp_path_factory) -> Path:
    """The site that Zensical builds."""
    copy = tmp_path_factory.mktemp("zensical")
    for name in ("mkdocs.yml", "exhibits.toml"):
        shutil.copy(ROOT / name, copy)
    for name in ("build/docs", "theme"):
        shutil.copytree(ROOT / name, copy / name)
    shutil.copy(ROOT / "build/book.json", copy / "build")
    environment = os.environ | {"SITE_DIR": str(copy / "site"), "PATH": f"{ENVIRONMENT}/bin:{os.environ['PATH']}"}
    ran = subprocess.run(
        [ENVIRONMENT / "bin/zensical", "build", "--strict"], cwd=copy, env=environment, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "No issues found" in ran.stdout + ran.stderr
    return copy / "site"


def article(folder: Path, page: str) -> BeautifulSoup:
    return BeautifulSoup((folder / page).read_text("utf-8"), "html.parser").find("article")


@pytest.mark.parametrize("page", PAGES)
def test_pages_hold_the_same(page, site, other):
    one, two = article(site, page), article(other, page)
    for what, selector in COUNTED.items():
        assert len(one.select(selector)) == len(two.select(selector)), what
    links = [Counter(tag["href"] for tag in side.select("a[href]:not(.headerlink)")) for side in (one, two)]
    assert links[0] == links[1]
    for side in (one, two):
        for tag in side.select(".headerlink"):
            tag.decompose()
    texts = [" ".join(side.get_text(" ").split()) for side in (one, two)]
    assert texts[0] == texts[1]


@pytest.mark.parametrize("page", [page for page in PAGES if page.startswith("zh/") or f"zh/{page}" in PAGES])
def test_languages_are_the_same(page, site, other):
    found = []
    for folder in (site, other):
        soup = BeautifulSoup((folder / page).read_text("utf-8"), "html.parser")
        links = soup.select("link[rel=alternate][hreflang], a.site-language")
        found.append((soup.html["lang"], [(tag["hreflang"], tag["href"].removeprefix("./")) for tag in links]))
        assert (
            soup.select_one(".md-top").get_text(strip=True) == {"en": "Back to top", "zh": "回到页面顶部"}[found[-1][0]]
        )
    assert found[0] == found[1] and len(found[0][1]) == (1 if page == "zh/transformers.html" else 3)


def test_files_beside_the_pages_are_the_same(site, other):
    for kind in ("*.py", "*.ipynb", "*.svg", "*.woff2", "style.css", "explore.js", "assets/cards/*.png"):
        names = [sorted(p.relative_to(folder).as_posix() for p in folder.rglob(kind)) for folder in (site, other)]
        if kind in ("*.svg",):
            names = [[name for name in found if name.startswith("figures/")] for found in names]
        assert names[0] == names[1] and names[0], kind
        for name in names[0]:
            assert (site / name).read_bytes() == (other / name).read_bytes(), name
