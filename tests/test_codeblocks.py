"""pytest-codeblocks skips fences with attributes and expands no includes: make sure that it saw every block."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pytest_codeblocks import extract_from_file

from tests.conftest import ROOT

FILES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def collected(path: Path) -> int:
    """How many blocks the plugin runs; it tells them by the exact info string."""
    return sum(block.syntax in {"python", "sh", "bash"} for block in extract_from_file(path))


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_no_python_block_escapes(path: Path):
    text = path.read_text("utf-8")
    fences = re.findall(r"^ *```+ *\{?\.?(?:python|py|pycon|sh|bash|shell)\b", text, re.M)
    assert collected(path) == len(fences)
    assert "--8<--" not in text


def test_blocks_of_readme_and_contributing_are_collected():
    assert [collected(path) for path in FILES[:2]] == [1, 1]
