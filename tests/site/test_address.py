"""What follows from a configured address and repository, and what must not stand there without them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys

import pytest
from bs4 import BeautifulSoup
from PIL import Image

from tests.conftest import ROOT
from tests.site.conftest import served, violations
from tests.site.test_browser import watch
from tests.site.test_pages import PAGES

CHAPTERS = {"argument", "gradients", "scale", "residual", "activations", "practice", "transformers"}
SETTINGS = {
    "SITE_URL": "https://example.org/vanish/",
    "REPO_URL": "https://github.com/o/r",
    "EDIT_URI": "edit/main/docs/",
}


@pytest.fixture(scope="module")
def published(site, tmp_path_factory):
    """The same pages, built by MkDocs with an address and a repository."""
    folder = tmp_path_factory.mktemp("published") / "vanish"
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    environment = os.environ | SETTINGS
    result = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
    yield folder
    shutil.rmtree(folder)


def head(folder, page: str) -> BeautifulSoup:
    return BeautifulSoup((folder / page).read_text("utf-8").partition("</head>")[0], "html.parser").head


def card(folder, page: str) -> dict[str, str]:
    return {tag["property"]: tag["content"] for tag in head(folder, page).select("meta[property^='og:']")}


@pytest.mark.parametrize("page", PAGES)
def test_card_says_what_the_page_is(page, site, published):
    bare, full = card(site, page), card(published, page)
    assert bare["og:description"] == head(site, page).select_one("meta[name=description]")["content"]
    assert "Why gradients vanish" in bare["og:title"] and "<" not in bare["og:title"]
    assert "og:url" not in bare and "og:image" not in bare
    image = full["og:image"].removeprefix(SETTINGS["SITE_URL"])
    assert full == bare | {
        "og:url": SETTINGS["SITE_URL"] + page,
        "og:image": SETTINGS["SITE_URL"] + f"assets/cards/{picture(page)}.png",
        "og:image:type": "image/png",
        "og:image:width": "1200",
        "og:image:height": "630",
        "og:image:alt": full["og:image:alt"],
    }
    with Image.open(published / image) as drawn:
        assert drawn.size == (1200, 630)
    assert len(full["og:image:alt"]) > 60 and "{{" not in full["og:image:alt"]
    kinds = [head(folder, page).select_one("meta[name='twitter:card']")["content"] for folder in (site, published)]
    assert kinds == ["summary", "summary_large_image"]


def picture(page: str) -> str:
    """The card of a page: its chapter's, in either language, or that of the site."""
    folder = re.split(r"[/.]", page.removeprefix("zh/"))[0]
    return folder if folder in CHAPTERS else "index"


def test_cards_of_chapters_differ(published):
    cards = [path.read_bytes() for path in (published / "assets/cards").iterdir()]
    assert len(set(cards)) == len(cards) == len(CHAPTERS) + 1


def test_titles_of_cards_differ(site):
    assert len({card(site, page)["og:title"] for page in PAGES}) == len(PAGES)


def test_sitemap_lists_every_page(published):
    listed = re.findall(r"<loc>(.*?)</loc>", (published / "sitemap.xml").read_text("utf-8"))
    assert {address.removeprefix(SETTINGS["SITE_URL"]) for address in listed} == set(PAGES)


def test_addresses_of_twins_are_absolute_where_the_site_has_one(published):
    for page in ("argument/judged.html", "zh/argument/judged.html"):
        links = {tag["hreflang"]: tag["href"] for tag in head(published, page).select("link[hreflang]")}
        assert links == {code: SETTINGS["SITE_URL"] + folder + "argument/judged.html" for code, folder in
                         (("en", ""), ("zh", "zh/"))}  # fmt: skip
    assert not head(published, "gradients/gain.html").select("link[hreflang]")


def test_edit_links_only_where_a_repository_is_configured(site, published):
    for page in PAGES:
        assert 'rel="edit"' not in (site / page).read_text("utf-8")
        button = BeautifulSoup((published / page).read_text("utf-8"), "html.parser").select_one("a[rel=edit]")
        source = button["href"].removeprefix("https://github.com/o/r/edit/main/")
        assert (ROOT / source).exists(), source


def test_a_configured_repository_causes_no_request_elsewhere(browser, published):
    with served(published.parent) as own:
        context = browser.new_context()
        wrong = watch(context, own)
        page = context.new_page()
        page.goto(f"{own}/vanish/index.html", wait_until="networkidle")
        assert page.locator(".md-source").first.get_attribute("href") == SETTINGS["REPO_URL"]
        assert not wrong
        context.close()


def test_unknown_address_leads_to_every_chapter(browser, published):
    with served(published) as own:
        # The host serves /vanish/, as a project's pages do; the server here stands for it.
        context = browser.new_context()
        page = context.new_page()
        page.route("**/vanish/**", lambda route: route.continue_(url=route.request.url.replace("/vanish/", "/", 1)))
        page.goto(f"{own}/vanish/no/such/page.html", wait_until="networkidle")
        assert violations(page) == []
        links = [a.get_attribute("href") for a in page.locator("article li a, .md-content li a").all()]
        assert len(links) >= 8
        for link in links:
            assert page.goto(own + link).status == 200, link
        context.close()
