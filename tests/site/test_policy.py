"""The Content-Security-Policy in every page: what it names, and that browsers keep to it without harm to the site."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import shutil

import pytest
from bs4 import BeautifulSoup

from tests.site.conftest import search, served
from tests.site.test_browser import LAPTOP, watch
from tests.site.test_explorables import approach

# A page of each kind, and what is done there.
KINDS = {
    "index.html": "draw",
    "play.html": "draw",
    "residual/skip.html": "draw",
    "reference/claims.html": "filter",
    "reference/gallery.html": "search",
    "labs/repair.html": "search",
    "zh/argument/interview.html": "search",
    "zh/index.html": "search",
    "404.html": "search",
}
INJECTED = {
    "text": "<script>document.documentElement.dataset.injected = 1</script>",
    "attribute": """<img src="missing.png" onerror="document.documentElement.dataset.injected = 1">""",
}


def pages(site) -> list[str]:
    return sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html"))


def test_every_page_names_its_own_inline_scripts_and_no_other(site, source):
    for name in pages(site):
        head, *_ = BeautifulSoup((site / name).read_text("utf-8"), "html.parser").select("head")
        charset, meta = head.find_all("meta")[:2]
        assert charset["charset"] == "utf-8" and meta["http-equiv"] == "Content-Security-Policy", name
        assert head.find(True, recursive=False).find_next_sibling() == meta, "before anything that it governs"
        directives = dict(part.split(" ", 1) for part in meta["content"].split("; "))
        plain, *hashes = directives.pop("script-src").split(" ")
        assert plain == "'self'" and directives == {
            key: value for key, value in source.settings.site.policy.items() if key != "script-src"
        }
        inline = head.find_parent("html").select("script:not([src]):not([type])")
        codes = {hashlib.sha256(script.string.encode()).digest() for script in inline}
        assert set(hashes) == {f"'sha256-{base64.b64encode(code).decode()}'" for code in codes} and len(hashes) >= 3


def act(page, kind: str) -> None:
    """What a reader does on a page of this kind, until it shows."""
    if kind == "draw":
        approach(page)
        page.locator(".explorable-chart .mark").first.wait_for(state="attached")
    if kind == "filter":
        page.get_by_label("Words").fill("relu")
    search(page, "gradient" if "/zh/" not in page.url else "梯度")
    page.locator(".md-search-result__item > a.md-search-result__link").first.wait_for()


@pytest.mark.parametrize("place", ["disk", "server"])
def test_nothing_that_readers_do_violates_it(browser, site, address, place):
    own = f"file://{site}" if place == "disk" else address
    context = browser.new_context(viewport=LAPTOP)
    wrong = watch(context, own)
    page = context.new_page()
    for name, kind in KINDS.items():
        if name == "404.html" and place == "disk":
            continue  # a host alone shows it, from whose root its addresses lead
        page.goto(f"{own}/{name}", wait_until="load")
        act(page, kind)
        assert not wrong, (name, wrong)
    context.close()


@pytest.mark.parametrize("place", ["disk", "server"])
def test_an_injected_script_runs_only_without_it(browser, site, tmp_path, place):
    shutil.copytree(site, tmp_path / "site", copy_function=os.link)
    file = tmp_path / "site" / "gradients/gain.html"
    html = file.read_text("utf-8")
    bare, count = re.subn(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", html)
    assert count == 1
    with served(tmp_path / "site") as address:
        own = f"file://{tmp_path}/site" if place == "disk" else address
        for how, injected in INJECTED.items():
            for text, ran in ((html, None), (bare, "1")):
                file.unlink()  # a link to the site's own
                file.write_text(text.replace("<article", injected + "<article"), "utf-8")
                page = browser.new_page()
                page.goto(f"{own}/gradients/gain.html", wait_until="load")
                page.wait_for_timeout(100)
                assert page.evaluate("document.documentElement.dataset.injected ?? null") == ran, how
                page.close()
