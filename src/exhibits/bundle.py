"""Files for readers' browsers that scripts of the site make with Node, kept until one of their sources changes."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from exhibits.model import Problem, ProblemsFound
from exhibits.source import SETTINGS, Bundled, line_of
from exhibits.store import Store, digest
from exhibits.tex import find_node

FAILED = re.compile(r"Error:|\[ERROR\]")  # Node's own words and esbuild's


def bundle(root: Path, settings: tuple[Bundled, ...], store: Store, used: set[str]) -> dict[str, bytes]:
    """What all scripts made, now or earlier, by its place among the pages.

    Raises:
        ProblemsFound: a script ended with an error or made nothing, a glob finds nothing, or there is no Node.
    """
    files: dict[str, bytes] = {}
    for asked in settings:
        key = "bundle-" + digest(asked, *_sources(root, asked))
        used.add(key)
        made = store.once(key, dict[str, bytes], lambda asked=asked: _made(root, asked))  # type: ignore[misc]
        files |= {asked.place + name: data for name, data in made.items()}
    return files


def _sources(root: Path, asked: Bundled) -> list[str]:
    """Name and content of each source of a script, itself among them."""
    parts = []
    for pattern in (asked.script, *asked.sources):
        found = sorted(path for path in root.glob(pattern) if path.is_file())
        if not found:
            raise ProblemsFound([_problem(root, pattern, f"no file fits {pattern}")])
        parts += [f"{path.relative_to(root).as_posix()}\0{digest(path.read_bytes())}" for path in found]
    return parts


def _made(root: Path, asked: Bundled) -> dict[str, bytes]:
    node = find_node()
    if node is None:
        raise ProblemsFound([_problem(root, asked.script, "Node is missing; make installs it")])
    with TemporaryDirectory() as folder:
        ran = subprocess.run(
            [node, asked.script], cwd=root, env=os.environ | {"OUT": folder}, capture_output=True, text=True
        )
        paths = sorted(path for path in Path(folder).rglob("*") if path.is_file())
        files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
    if ran.returncode or not files:
        reason = next((line for line in ran.stderr.splitlines() if FAILED.search(line)), "it made no file")
        raise ProblemsFound([Problem(asked.script, 1, f"cannot bundle: {reason.strip()}")])
    return files


def _problem(root: Path, word: str, message: str) -> Problem:
    return Problem(SETTINGS, line_of((root / SETTINGS).read_text("utf-8"), word), message)
