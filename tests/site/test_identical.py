"""This site once more, in another folder and under another hash seed: the same bytes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from tests.conftest import ROOT

TIMES = {"build.json", "build.js"}  # the only files that differ, and no part of the archive
LEFT = (".venv", ".cache", "node_modules", "site", "tests", "build")


def test_a_second_build_elsewhere_gives_the_same_bytes(site, tmp_path):
    copy = shutil.copytree(ROOT, tmp_path / "else where" / "copy", ignore=shutil.ignore_patterns(*LEFT))
    shutil.copytree(ROOT / "build/results", copy / "build/results")
    (copy / "node_modules").symlink_to(ROOT / "node_modules")
    command = [sys.executable, "-m", "exhibits", "site", "--workers", "1"]
    seed = os.environ | {"PYTHONHASHSEED": "3"}
    result = subprocess.run(command, cwd=copy, env=seed, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
    names = [
        {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()} for folder in (site, copy / "site")
    ]
    assert names[0] == names[1] and names[0] >= TIMES
    differing = [name for name in names[0] if (site / name).read_bytes() != (copy / "site" / name).read_bytes()]
    assert set(differing) <= TIMES, sorted(differing)
