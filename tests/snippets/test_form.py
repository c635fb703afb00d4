"""Snippets are such as readers can take."""

from __future__ import annotations

import ast
import re
import sys

import pytest

from exhibits.source import read
from tests.conftest import ROOT

SNIPPETS = read(ROOT).snippets
ALLOWED_IMPORTS = {"torch", "matplotlib", "sklearn"} | sys.stdlib_module_names


def imported(tree: ast.Module) -> set[str]:
    """Top-level names of the modules that a script imports."""
    names = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return {name.split(".")[0] for name in names}


@pytest.mark.parametrize("name", SNIPPETS)
def test_snippet_is_one_that_readers_can_take(name):
    snippet = SNIPPETS[name]
    tree = ast.parse(snippet.code)
    assert ast.get_docstring(tree), "a docstring says what it shows"
    assert imported(tree) <= ALLOWED_IMPORTS
    lines = [line for line in snippet.computation.splitlines() if line.strip()]
    # The diagnosis tool has its own limit, in test_diagnose.py; its script also demonstrates it.
    assert len(lines) <= 60 or name == "practice/diagnose"
    assert "rcParams" not in snippet.code, "style comes from outside"
    if "matplotlib" in imported(tree):
        assert snippet.plotting.rstrip().endswith("plt.show()")
    assert not re.search(r"\bopen\(|\bexhibits\b", snippet.code)
