"""The page of what the build cost, drawn in the browser from the build's own report."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.site.conftest import violations
from tests.site.test_browser import ALL_DRAWN

PAGE = "reference/build.html"


@pytest.fixture(scope="module")
def report(site) -> dict:
    return json.loads((site / "build.json").read_text("utf-8"))


def opened(browser, address: str, **options):
    page = browser.new_context(**options).new_page()
    page.goto(address)
    return page


def test_the_page_draws_what_the_build_wrote(browser, site, report):
    page = opened(browser, f"file://{site}/{PAGE}")
    page.locator(".build-figure").wait_for()
    steps, slowest, everything = page.locator(".build-table").all()
    assert steps.locator("tbody td:first-child").all_inner_texts() == list(report["steps"])
    names = [entry["name"] for entry in report["entries"]]
    assert slowest.locator("tbody td:first-child").all_inner_texts() == names[:10]
    page.locator(".build summary").click()
    assert everything.locator("tbody td:first-child").all_inner_texts() == names
    assert page.locator(".build-figure rect").count() == len(names)
    said = page.locator(".build > p").inner_text().replace(",", "")
    for number in (report["jobs"], report["ran"], report["pages"], report["machine"]["processors"]):
        assert re.search(rf"\b{number}\b", said), number
    hrefs = everything.locator("a").evaluate_all("links => links.map(l => l.href)")
    assert len(hrefs) == len(names) - 1, "the theory has no page"
    for href in hrefs:
        path, _, anchor = unquote(href).removeprefix("file://").partition("#")
        assert f'id="{anchor}"' in Path(path).read_text("utf-8") or not anchor, href
    page.add_style_tag(content=ALL_DRAWN)
    assert violations(page, ".build") == []


def test_every_snippet_and_lab_is_reported_the_costliest_first(report, source):
    names = [entry["name"] for entry in report["entries"]]
    assert sorted(names) == sorted([*source.snippets, *source.labs, "theory"])
    times = [entry["seconds"] for entry in report["entries"]]
    assert times == sorted(times, reverse=True) and times[0] > 0
    assert report["compute"] == pytest.approx(sum(times), abs=0.2)
    assert all(entry["peak"] > 10 for entry in report["entries"])


def test_it_says_so_where_there_is_no_script_and_no_report(browser, site, tmp_path):
    page = opened(browser, f"file://{site}/{PAGE}", java_script_enabled=False)
    assert "need a script" in page.locator(".build").inner_text()
    with zipfile.ZipFile(site / "why-gradients-vanish.zip") as archive:
        archive.extractall(tmp_path)
    page = opened(browser, f"file://{tmp_path}/{PAGE}")
    page.locator(".build", has_text="This copy of the site has no report").wait_for()
