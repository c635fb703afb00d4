"""How costs are measured: seconds of a command, the floor of a run, tables for a page."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from msgspec import Struct

from exhibits.model import Problem, ProblemsFound
from exhibits.run import Results
from exhibits.source import SETTINGS, Source

EXHIBITS = (sys.executable, "-m", "exhibits")
# Of the sites that are made up to be measured. Material writes all of a flat navigation on every page, so that pages
# cost their number squared; pruned, a page holds its own section alone.
CONFIG = """\
site_name: Scripts
docs_dir: build/docs
site_dir: !ENV [SITE_DIR, site]
use_directory_urls: false
theme: {name: material, font: false, features: [navigation.prune]}
extra_css: [assets/style.css]
markdown_extensions: [exhibits.weave, pymdownx.superfences]
"""
ERROR = re.compile(r"error\b", re.I)


class Table(Struct, frozen=True):
    """Rows of a page, each as long as the head; a title above, a sentence below ("" for none)."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""

    def __str__(self) -> str:
        """In Markdown."""
        lines = (self.head, ("---",) * len(self.head), *self.rows)
        body = "".join(f"| {' | '.join(line)} |\n" for line in lines)
        return f"### {self.title}\n\n{body}" + (f"\n{self.note}\n" if self.note else "")


def seconds(*command: str, cwd: Path, **variables: str) -> float:
    """Seconds of a command.

    Raises:
        ProblemsFound: it ended with an error; a line of what it said tells why.
    """
    started = time.perf_counter()
    ran = subprocess.run(command, cwd=cwd, capture_output=True, text=True, env=os.environ | variables)
    if ran.returncode:
        said = (ran.stdout + ran.stderr).strip().splitlines() or [f"exit code {ran.returncode}"]
        why = next((line for line in reversed(said) if ERROR.search(line)), said[-1]).strip()
        raise ProblemsFound([Problem(SETTINGS, 1, f"{' '.join(command)} in {cwd.name} ended with an error: {why}")])
    return time.perf_counter() - started


def imports(source: Source) -> float:
    """Seconds in which Python imports what the jobs share."""
    code = "".join(f"import {module}\n" for module in source.settings.run.preload)
    return min(seconds(sys.executable, "-c", code, cwd=Path(source.root)) for _ in range(2))


def bare(source: Source, count: int = 40) -> float:
    """Seconds that a process without any work costs where the jobs' imports are there."""
    code = (
        "import multiprocessing as mp, time\n"
        "if __name__ == '__main__':\n"
        "    context = mp.get_context('forkserver')\n"
        f"    context.set_forkserver_preload({list(source.settings.run.preload)!r})\n"
        "    def one():\n        p = context.Process(target=int); p.start(); p.join()\n"
        "    one()\n    began = time.perf_counter()\n"
        f"    for _ in range({count}): one()\n"
        f"    print((time.perf_counter() - began) / {count})\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "bare.py"
        script.write_text(code)
        return float(subprocess.run([sys.executable, script], capture_output=True, text=True, check=True).stdout)


def floor(source: Source, results: Results, jobs: int) -> float:
    """Seconds that running `results` must cost here."""
    return imports(source) + (results.compute + jobs * bare(source)) / (os.cpu_count() or 1)
