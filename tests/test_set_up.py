"""What `make` says where it cannot set up: one line with the reason, whatever pip or npm wrote."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

NOWHERE = "http://127.0.0.1:9"  # nothing listens there


@pytest.fixture
def clone(tmp_path) -> Path:
    """What a fresh clone has for setting up."""
    for name in ("Makefile", "requirements.txt", "node.txt", "pyproject.toml", "package.json", "package-lock.json"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "programs").mkdir()
    return tmp_path


def program(clone: Path, name: str, text: str) -> Path:
    path = clone / "programs" / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def made(clone: Path, *arguments: str, **environment: str) -> list[str]:
    """What `make` says on stderr, without its own last line; it must fail."""
    path = f"{clone}/programs:{os.environ['PATH']}"
    # Nor is it the inner `make` of the one that runs these tests.
    own = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "MAKE", "MFLAGS"))}
    ran = subprocess.run(
        ["make", "--no-print-directory", *arguments], cwd=clone, capture_output=True, text=True, timeout=120,
        env=own | {"PATH": path} | environment,
    )  # fmt: skip
    lines = ran.stderr.splitlines()
    assert ran.returncode == 2 and lines[-1].startswith("make: *** ["), ran.stderr
    return lines[:-1]


def test_an_old_python_is_refused_before_anything_is_made(clone):
    """The same interpreter, which believes to be 3.10."""
    old = program(clone, "old", f'shift; exec {sys.executable} -c "import sys; sys.version_info = (3, 10, 9); $1"')
    assert made(clone, ".venv/ready", f"PYTHON={old}") == ["needs Python 3.11 or newer; choose one with PYTHON=…"]
    assert not (clone / ".venv").exists()


def test_without_network_pip_is_one_line(clone):
    without = {"PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": NOWHERE, "PIP_RETRIES": "0", "HTTPS_PROXY": NOWHERE}
    (line,) = made(clone, ".venv/ready", f"PYTHON={sys.executable}", **without)
    assert line.startswith("cannot set up .venv: ") and "torch==" in line
    assert line.endswith("; is the network there? build/set-up.log has the rest")
    assert not (clone / ".venv/ready").exists()


def test_without_network_npm_is_one_line(clone):
    (clone / ".venv").mkdir()
    (clone / ".venv/ready").touch()
    quick = {"npm_config_registry": NOWHERE, "npm_config_fetch_retries": "0", "npm_config_cache": f"{clone}/cache"}
    (line,) = made(clone, "node_modules/ready", **quick)
    assert line.startswith("cannot set up node_modules: npm error code ECONNREFUSED; is the network there?")
    assert not (clone / "node_modules/ready").exists()


def test_without_npm_its_python_wheel_brings_it(clone, tmp_path):
    """A path that holds what `make` calls and no more; the wheel's pip is one that notes what it is asked for."""
    (clone / ".venv/bin").mkdir(parents=True)
    (clone / ".venv/ready").touch()
    for name in ("sh", "make", "grep", "tail", "touch", "mkdir", "chmod"):
        (clone / "programs" / name).symlink_to(Path(str(shutil.which(name))).resolve())
    npm = r'printf "#!/bin/sh\necho npm \$* >>asked; mkdir -p node_modules\n" >.venv/bin/npm; chmod +x .venv/bin/npm'
    pip = clone / ".venv/bin/pip"
    pip.write_text(f"#!/bin/sh\necho pip $* >>asked\n{npm}\n")
    pip.chmod(0o755)
    own = {"PATH": str(clone / "programs"), "HOME": str(tmp_path)}
    ran = subprocess.run(["make", "node_modules/ready"], cwd=clone, capture_output=True, text=True, env=own, timeout=60)
    assert ran.returncode == 0, ran.stderr
    first, second = (clone / "asked").read_text().splitlines()
    assert first.startswith("pip install") and first.endswith("--requirement node.txt")
    assert second.startswith("npm ci ") and (clone / "node_modules/ready").exists()
