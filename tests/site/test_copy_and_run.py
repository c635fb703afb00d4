"""Every runnable block of the built pages, as the copy button gives it, in a clean interpreter and an empty folder."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from exhibits.judge import same_line

CLEAN = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}


def blocks(site: Path) -> dict[str, tuple[str, str | None]]:
    """(script, shown output) by a name for messages."""
    found = {}
    for page in sorted(site.rglob("*.html")):
        soup = BeautifulSoup(page.read_text("utf-8"), "html.parser")
        name = page.relative_to(site).as_posix()
        for exhibit in soup.select(".exhibit:has([data-clipboard-text])"):
            output = exhibit.select_one("samp")
            script = "\n".join(button["data-clipboard-text"] for button in exhibit.select("[data-clipboard-text]"))
            found[f"{name}#{exhibit['id']}"] = (script, output.get_text() if output else None)
        for number, code in enumerate(soup.select(".language-python code"), 1):
            found[f"{name}, block {number}"] = (code.get_text(), None)
    return found


def run(script: str, folder: Path) -> subprocess.CompletedProcess:
    folder.mkdir()
    # One thread, as the two scripts at a time share the cores; no display.
    environment = CLEAN | {"MPLBACKEND": "agg", "OMP_NUM_THREADS": "1", "PYTHONUTF8": "1"}
    return subprocess.run(
        [sys.executable, "-I", "-W", "ignore:FigureCanvasAgg", "-"],
        input=script, cwd=folder, env=environment, capture_output=True, text=True, timeout=300,
    )  # fmt: skip


@pytest.fixture(scope="session")
def copied(site, tmp_path_factory) -> dict:
    scripts, folder = blocks(site), tmp_path_factory.mktemp("copied")
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = pool.map(run, (s for s, _ in scripts.values()), (folder / str(i) for i in range(len(scripts))))
    return {name: (output, result) for (name, (_, output)), result in zip(scripts.items(), results, strict=True)}


def test_every_snippet_is_among_the_blocks(copied, source):
    assert len(copied) >= len(source.snippets)


def test_copied_code_runs_and_prints_what_the_page_shows(copied):
    wrong = []
    for name, (shown, result) in copied.items():
        if result.returncode or result.stderr:
            wrong.append(f"{name}: {result.stderr.strip().splitlines()[-1:]}")
        elif shown is not None:
            pairs = list(zip(result.stdout.splitlines(), shown.splitlines(), strict=False))
            same_length = len(result.stdout.splitlines()) == len(shown.splitlines())
            if not same_length or not all(same_line(*pair) for pair in pairs):
                wrong.append(f"{name} prints something else:\n{result.stdout}")
    assert not wrong, "\n".join(wrong)
