"""Snippets as readers take them: what they may import, how long and how wide they are."""

from __future__ import annotations

import ast
import re
import sys

import pytest

from tests.conftest import ROOT

SCRIPTS = sorted((ROOT / "snippets").glob("*/*.py"))
ALLOWED_IMPORTS = {"torch", "matplotlib", "sklearn"}
WIDTH = 80  # characters that a page shows without scrolling


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_snippet_is_one_that_readers_can_take(path, source):
    snippet = source.snippets[f"{path.parent.name}/{path.stem}"]
    tree = ast.parse(snippet.code)
    assert ast.get_docstring(tree), "a docstring says what it shows"
    imported = {a.name.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for a in node.names}
    imported |= {node.module.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert imported <= ALLOWED_IMPORTS | sys.stdlib_module_names
    lines = [line for line in snippet.computation.splitlines() if line.strip()]
    # The diagnosis tool has its own limit, in test_diagnose.py.
    assert len(lines) <= 60 or snippet.demonstration
    assert "rcParams" not in snippet.code, "style comes from outside"
    if "matplotlib" in imported:
        assert snippet.plotting.rstrip().endswith("plt.show()")
    assert not re.search(r"\bopen\(|\bexhibits\b", snippet.code)
    wide = [n for n, line in enumerate(snippet.code.splitlines(), 1) if len(line) > WIDTH]
    assert not wide, f"lines {wide} are cut in the page"
    assert all(len(line) <= WIDTH for line in (snippet.expected or "").splitlines()), "its output is cut in the page"
