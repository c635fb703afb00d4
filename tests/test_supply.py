"""What is installed is what was looked at: pins, hashes, and no script of a package that runs by itself."""

from __future__ import annotations

import json
import re
import tomllib

import pytest

from tests.conftest import ROOT

LISTS = ["requirements.txt", "tests/zensical.txt", "node.txt", "bench.txt"]
PIN = re.compile(r"([\w.-]+)==([\w.]+)((?: \\\n    --hash=sha256:[0-9a-f]{64})*)\n")


def pins(name: str) -> dict[str, tuple[str, int]]:
    """Version and number of hashes by package."""
    text = (ROOT / name).read_text("utf-8")
    found = {m[1].lower().replace("_", "-"): (m[2], m[3].count("--hash")) for m in PIN.finditer(text)}
    rest = [line for line in PIN.sub("", text).splitlines() if line and not line.startswith("#")]
    assert rest == [], "options, hosts and packages without a version do not belong here"
    return found


@pytest.mark.parametrize("name", LISTS)
def test_every_python_package_is_pinned_with_hashes(name):
    found = pins(name)
    assert found and [package for package, (_, hashes) in found.items() if not hashes] == []


def test_what_the_project_asks_for_is_what_is_pinned():
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["dependency-groups"]
    asked = dict(re.split("==", entry.lower()) for group in groups.values() for entry in group)
    versions = {package: version for package, (version, _) in pins("requirements.txt").items()}
    assert asked.pop("torch") and "torch" not in versions, "its file differs by index"
    assert {package: versions.get(package) for package in asked} == asked


def test_pip_checks_the_hashes_of_all_but_torch_and_the_project_itself():
    makefile = (ROOT / "Makefile").read_text("utf-8").replace("\\\n", "")
    installs = re.findall(r"(?:pip install|\$\(PIP_PINNED[^)]*\)\S*)[^\n|&;]*", makefile)
    unchecked = [line for line in installs if "PINNED" not in line and "--require-hashes" not in line]
    assert len(installs) == 8, "torch twice, the project twice, three lists, and what these share"
    assert all("$(TORCH)" in line or "--no-deps --editable ." in line for line in unchecked), unchecked


@pytest.mark.parametrize("folder", ["", "tests"])
def test_node_packages_are_locked_by_content_and_run_nothing_when_installed(folder):
    assert "ignore-scripts=true" in (ROOT / folder / ".npmrc").read_text("utf-8").splitlines()
    lock = json.loads((ROOT / folder / "package-lock.json").read_text("utf-8"))
    asked = json.loads((ROOT / folder / "package.json").read_text("utf-8"))["dependencies"]
    packages = lock["packages"]
    assert packages.pop("")["dependencies"] == asked, "npm ci would refuse"
    for name, package in packages.items():
        assert package["integrity"].startswith("sha512-") and "resolved" not in package, name
