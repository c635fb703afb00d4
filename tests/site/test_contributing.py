"""CONTRIBUTING's example, executed literally in a copy of the repository: from snippet to passing tests."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys

import pytest

from tests.conftest import ROOT

LINKED = ("node_modules", "src")
COPIED = (
    "docs",
    "explore",
    "licences",
    "snippets",
    "build",
    "theme",
    "theory",
    "tests",
    "LICENSE",
    "LICENSE-TEXT.md",
    "exhibits.toml",
    "mkdocs.yml",
    "package-lock.json",
    "pyproject.toml",
    "README.md",
    "CONTRIBUTING.md",
)
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)


@pytest.fixture
def copy(site, tmp_path):
    """The repository with its results, so that only what is new runs."""
    for name in LINKED:
        (tmp_path / name).symlink_to(ROOT / name)
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tmp_path / name, ignore=shutil.ignore_patterns("node_modules", ".zensical"))
        else:
            shutil.copy(source, tmp_path)
    return tmp_path


def test_the_example_of_contributing_passes(copy):
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8").split("## 4.")[0]
    script, options, claim, page, line = (match[2] for match in FENCE.finditer(text))
    files = re.findall(r"`((?:snippets|docs)/[\w/.]+)`[,:]", text)
    assert files == ["snippets/gradients/halving.py", "snippets/gradients/claims.toml", "docs/gradients/halving.md"]
    assert "allow" in options, "what a snippet may declare is an example, not part of this one"
    (copy / files[0]).write_text(script, "utf-8")
    with (copy / files[1]).open("a", encoding="utf-8") as claims:
        claims.write("\n" + claim)
    (copy / files[2]).write_text(page, "utf-8")
    navigation = (copy / "mkdocs.yml").read_text("utf-8")
    before = "      - gradients/gain.md\n"
    assert before in navigation
    (copy / "mkdocs.yml").write_text(navigation.replace(before, line + before), "utf-8")

    def run(*command: str) -> str:
        ran = subprocess.run([sys.executable, "-m", *command], cwd=copy, capture_output=True, text=True, env=os.environ)
        assert ran.returncode == 0, ran.stdout[-3000:] + ran.stderr[-3000:]
        return ran.stdout

    assert "took snippets/gradients/halving.out" in run("exhibits", "accept", "gradients/halving")
    run("exhibits", "site")
    passed = run(
        "pytest", "tests/site/test_pages.py", "tests/snippets/test_form.py", "-k", "halving", "-p", "no:cacheprovider"
    )
    assert re.search(r"\b\d\d? passed", passed)
