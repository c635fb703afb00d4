"""Fixtures: the repository, its built site, what it was built from, a browser."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import msgspec
import pytest

from exhibits.cli import main
from exhibits.model import Book
from exhibits.source import Source, read

os.environ.pop("GITHUB_STEP_SUMMARY", None)  # what tests break on purpose is nobody's news
ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def site() -> Path:
    """The built site; building fails on changed outputs, failing claims, dead links and orphans."""
    here = Path.cwd()
    os.chdir(ROOT)
    try:
        if main(["site"]):  # nothing else is worth testing
            pytest.exit("make site failed", returncode=1)
    finally:
        os.chdir(here)
    return ROOT / "site"


@pytest.fixture(scope="session")
def source() -> Source:
    return read(ROOT)


@pytest.fixture(scope="session")
def book(site: Path) -> Book:
    """What the site's pages were made from."""
    return msgspec.json.decode((ROOT / "build" / "book.json").read_bytes(), type=Book)


def find_browser() -> str | None:
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


NO_CLUSTER = "" if find_spec("distributed") else "no Dask: pip install exhibits[dask]"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if NO_CLUSTER:
        terminalreporter.write_line(f"skipped: tests/tool/test_cluster.py ({NO_CLUSTER})")
    if find_browser() is None:
        terminalreporter.write_line("skipped without Chromium: all browser tests below tests/site (install chromium)")


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    path = find_browser()
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("no Chromium, but in CI nothing is skipped")
        pytest.skip("no Chromium on this system")
    from playwright.sync_api import sync_playwright

    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=flags)
        yield chromium
        chromium.close()
