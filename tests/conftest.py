"""Fixtures: the repository, what contributors wrote in it, and its built site."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from exhibits.source import Source, read

ROOT = Path(__file__).resolve().parent.parent


def build(folder: Path) -> subprocess.CompletedProcess:
    """`python -m exhibits site` in `folder`, as make site does it."""
    return subprocess.run([sys.executable, "-m", "exhibits", "site"], cwd=folder, capture_output=True, text=True)


@pytest.fixture(scope="session")
def site() -> Path:
    """The built site; building fails on changed outputs, failing claims, dead links and orphans."""
    result = build(ROOT)
    if result.returncode:  # nothing else is worth testing
        pytest.exit("make site failed:\n" + result.stdout + result.stderr, returncode=1)
    return ROOT / "site"


@pytest.fixture(scope="session")
def source() -> Source:
    """What contributors wrote."""
    return read(ROOT)


def find_browser() -> str | None:
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def pytest_terminal_summary(terminalreporter) -> None:
    if find_browser() is None:
        terminalreporter.write_line("skipped without Chromium: all browser tests below tests/site (install chromium)")


@pytest.fixture(scope="session")
def browser():
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
