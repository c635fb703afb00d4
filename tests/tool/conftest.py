"""A tiny site on dice, to be broken in one place at a time. Nothing here imports torch."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from exhibits import cli, store
from exhibits.model import Page, ProblemsFound
from exhibits.publish import prepare

DICE = Path(__file__).parent / "dice"
ROOT = DICE.parents[2]
CLAIMS, INDEX, THROWS = "snippets/throws/claims.toml", "docs/index.md", "docs/throws.md"
MEAN, COUNT, LAB = "snippets/throws/mean.py", "snippets/throws/count.py", "docs/labs/two.ipynb"


def exhibits(*arguments: str, cwd: Path, timeout: float = 120, **options) -> subprocess.CompletedProcess:
    """One command of the tool, in a process of its own."""
    command = [sys.executable, "-m", "exhibits", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=timeout, **options)


def edit(folder: Path, name: str, old: str, new: str) -> None:
    """Replace what occurs in a file; "" appends."""
    path = folder / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new) if old else text + new, "utf-8")


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def problems(action: Callable[[], object]) -> list[str]:
    """What `action` complains about, a line each; it must."""
    with pytest.raises(ProblemsFound) as caught:
        action()
    return [str(problem) for problem in caught.value.problems]


def files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def page(text: str, path: str = "page.md") -> Page:
    return Page(path, f"docs/{path}", text)


@pytest.fixture(scope="session", autouse=True)
def _measured():
    """Jobs keep coverage's variable, so that the lines that run in their processes count."""
    store.KEPT = (*store.KEPT, "COVERAGE_PROCESS_CONFIG")


@pytest.fixture
def draft(tmp_path) -> Path:
    """The dice as their author wrote them; nothing has run."""
    return Path(shutil.copytree(DICE, tmp_path / "dice", dirs_exist_ok=True))


@pytest.fixture(scope="session")
def prepared(tmp_path_factory) -> Path:
    folder = Path(shutil.copytree(DICE, tmp_path_factory.mktemp("prepared") / "dice"))
    (folder / "node_modules").symlink_to(ROOT / "node_modules")  # KaTeX
    prepare(folder)
    return folder


@pytest.fixture(scope="session")
def built(prepared, tmp_path_factory) -> Path:
    folder = Path(shutil.copytree(prepared, tmp_path_factory.mktemp("built") / "dice", symlinks=True))
    result = exhibits("site", cwd=folder)
    assert result.returncode == 0, result.stdout + result.stderr
    return folder


@pytest.fixture
def dice(prepared, tmp_path) -> Path:
    """A copy of the prepared dice, results and all."""
    return Path(shutil.copytree(prepared, tmp_path / "dice", symlinks=True))


@pytest.fixture
def command(dice, monkeypatch, capsys):
    """Run a command on the dice in this process; returns status, output and errors."""
    monkeypatch.chdir(dice)
    monkeypatch.setattr(cli, "interruptible", lambda: None)

    def run(*arguments: str) -> tuple[int, list[str], str]:
        status = cli.main(list(arguments))
        out, err = capsys.readouterr()
        return status, out.splitlines(), err

    return run


@pytest.fixture
def site(built, tmp_path) -> Path:
    """A copy of the dice with their built site."""
    return Path(shutil.copytree(built, tmp_path / "site-of-dice", symlinks=True))
