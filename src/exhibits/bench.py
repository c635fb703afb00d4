"""Ratios of what a build costs to what it must cost, all taken in one go on one machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from exhibits.publish import BUILD
from exhibits.run import Report, run
from exhibits.source import read
from exhibits.store import Store

ROUNDS = 5


def seconds(*command: str, cwd: Path, **variables: str) -> float:
    started = time.perf_counter()
    subprocess.run(command, cwd=cwd, check=True, stdout=subprocess.DEVNULL, env=os.environ | variables)
    return time.perf_counter() - started


def bench(root: Path, report: Report) -> None:
    """Report the three ratios of the design: cold run, nothing changed, one snippet edited."""
    site = (sys.executable, "-m", "exhibits", "site")
    seconds(*site, cwd=root)
    source = read(root)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        skipped = shutil.ignore_patterns(".git", ".venv", "site", "node_modules")
        shutil.copytree(root, copy, ignore=skipped)
        (copy / "node_modules").symlink_to(root / "node_modules")
        command = source.settings.site.generator
        generator = (str(Path(sys.executable).parent / command[0]), *command[1:])

        seconds(*site, cwd=copy)
        plain = Path(folder) / "plain"
        pairs = [(seconds(*site, cwd=copy), seconds(*generator, cwd=copy, SITE_DIR=str(plain))) for _ in range(ROUNDS)]
        ratios = sorted(one / other for one, other in pairs)
        unchanged, alone = (min(times) for times in zip(*pairs, strict=True))
        middle = ratios[ROUNDS // 2]
        report(f"nothing changed: {unchanged:.2f} s, generator alone {alone:.2f} s, median ratio {middle:.2f}")

        snippet = min(source.snippets.values(), key=lambda s: sum(c.snippet == s.name for c in source.claims.values()))
        edited = copy / snippet.file
        edited.write_text(edited.read_text("utf-8") + "# edited\n", "utf-8")
        spent = seconds(*site, cwd=copy)
        report(f"one snippet edited ({snippet.name}): {spent:.2f} s, {spent - unchanged:.2f} s more")

        shutil.rmtree(copy / BUILD)
        code = f"import {', '.join(source.settings.run.preload)}"
        imports = min(seconds(sys.executable, "-c", code, cwd=copy) for _ in range(2))
        started = time.perf_counter()
        copied = read(copy)
        results = run(copied, Store(copy / BUILD / "results"))
        cold = time.perf_counter() - started
        floor = imports + results.compute / (os.cpu_count() or 1)
        report(f"cold run of {len(results.ran)} jobs: {cold:.0f} s, floor {floor:.0f} s, ratio {cold / floor:.2f}")
