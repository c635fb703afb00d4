"""Ratios of what a run costs to what it must cost, all taken in one go on one machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from exhibits.project import Project
from exhibits.run import run_project

ROUNDS = 5


def seconds(*command: str, cwd: Path) -> float:
    started = time.perf_counter()
    subprocess.run(command, cwd=cwd, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def bench(project: Project) -> None:
    """Print the three ratios of the design: cold run, nothing changed, one snippet edited."""
    site = (sys.executable, "-m", "exhibits", "site")
    subprocess.run(site, cwd=project.root, check=True, stdout=subprocess.DEVNULL)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        skipped = shutil.ignore_patterns(".git", ".venv", "site", "node_modules")
        shutil.copytree(project.root, copy, ignore=skipped)
        (copy / "node_modules").symlink_to(project.root / "node_modules")

        mkdocs = (sys.executable, "-m", "mkdocs", "build", "--quiet", "--site-dir", f"{folder}/plain")
        pairs = [(seconds(*site, cwd=copy), seconds(*mkdocs, cwd=copy)) for _ in range(ROUNDS)]
        unchanged, plain = (min(times) for times in zip(*pairs, strict=True))
        print(f"nothing changed: {unchanged:.2f} s, MkDocs alone {plain:.2f} s, ratio {unchanged / plain:.2f}")

        imports = min(seconds(sys.executable, "-c", "import torch, matplotlib.pyplot", cwd=copy) for _ in range(2))
        snippet = min(project.snippets.values(), key=lambda s: len(s.claims))
        edited = copy / "snippets" / f"{snippet.name}.py"
        edited.write_text(edited.read_text("utf-8") + "# edited\n", "utf-8")
        spent = seconds(*site, cwd=copy)
        more = spent - unchanged
        print(f"one snippet edited ({snippet.name}): {spent:.2f} s, {more:.2f} s more; imports {imports:.2f} s")

        shutil.rmtree(copy / ".cache")
        started = time.perf_counter()
        outcome = run_project(Project(copy))
        cold = time.perf_counter() - started
        floor = imports + outcome["compute"] / (os.cpu_count() or 1)
        print(f"cold run of {len(outcome['runs'])} snippets and their seeds: {cold:.0f} s, floor {floor:.0f} s, "
              f"ratio {cold / floor:.2f}")  # fmt: skip
