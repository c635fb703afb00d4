"""The tool as others install it: from a wheel, without torch, on a site of another subject."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from tests.tool.conftest import DICE, ROOT

pytestmark = pytest.mark.slow

IMPORTS = """
import importlib, json, pkgutil, sys
import exhibits
names = [module.name for module in pkgutil.walk_packages(exhibits.__path__, "exhibits.")]
names.remove("exhibits.__main__")
for name in names:
    importlib.import_module(name)
print(json.dumps({"names": names, "loaded": sorted(sys.modules), "file": exhibits.__file__}))
"""


def checked(*command: object, cwd: Path) -> str:
    result = subprocess.run([*map(str, command)], cwd=cwd, capture_output=True, text=True, timeout=600)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    checked(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, ROOT, cwd=folder)
    (built,) = folder.glob("exhibits-*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    """The `bin` folder of an environment with the wheel, its extras and matplotlib."""
    folder = tmp_path_factory.mktemp("environment")
    checked(sys.executable, "-m", "venv", folder / "venv", cwd=folder)
    bin_ = folder / "venv/bin"
    checked(bin_ / "python", "-m", "pip", "install", "--quiet", f"{wheel}[mkdocs,labs]", "matplotlib", cwd=folder)
    return bin_


def test_the_wheel_holds_the_tool_and_nothing_else(wheel):
    with zipfile.ZipFile(wheel) as packed:
        names = packed.namelist()
    assert {name.split("/")[0].split("-")[0] for name in names} == {"exhibits"}
    sources = {str(path.relative_to(ROOT / "src")) for path in (ROOT / "src/exhibits").rglob("*.*")}
    sources = {name for name in sources if "__pycache__" not in name}
    assert sources <= set(names) and "exhibits/katex.mjs" in sources


@pytest.fixture
def clean(monkeypatch):
    for name in ("PYTHONPATH", "SITE_DIR"):
        monkeypatch.delenv(name, raising=False)


def test_importing_every_module_loads_neither_torch_nor_mkdocs(installed, tmp_path, clean):
    found = json.loads(checked(installed / "python", "-c", IMPORTS, cwd=tmp_path))
    assert Path(found["file"]).is_relative_to(installed.parent)
    assert {"exhibits.cli", "exhibits.blocks.theorem", "exhibits.bench", "exhibits.mkdocs"} <= set(found["names"])
    loaded = {name.split(".")[0] for name in found["loaded"]}
    assert not loaded & {"torch", "mkdocs", "material", "matplotlib", "numpy", "nbconvert", "watchdog"}
    assert "torch" not in checked(installed / "python", "-m", "pip", "list", cwd=tmp_path)


def test_dice_become_a_site(installed, tmp_path, clean):
    site = Path(shutil.copytree(DICE, tmp_path / "dice"))
    (site / "node_modules").symlink_to(ROOT / "node_modules")
    out = checked(installed / "exhibits", "site", cwd=site)
    assert "site: done in" in out
    page = BeautifulSoup((site / "site/index.html").read_text("utf-8"), "html.parser")
    number = page.select_one("a.claim")
    assert abs(float(number.get_text()) - 3.5) < 0.2 and number["href"] == "reference/claims.html#mean-throw"
    assert number["title"].startswith("theory 3.5, measured 3.") and number["title"].endswith(
        "(mean of 8 seeds), holds"
    )
    assert page.select_one("figure [role=img] svg") and page.select_one(".katex math")
    lab = BeautifulSoup((site / "site/labs/two.html").read_text("utf-8"), "html.parser")
    assert lab.select_one("samp").get_text() == "True\n7.0\n" and lab.select_one("a.claim").get_text() == "3.5"
    row = BeautifulSoup((site / "site/reference/claims.html").read_text("utf-8"), "html.parser").select_one(
        "tr#both-dice"
    )
    assert "computed two ways" in row.get_text() and "Rules out one die (6, exactly)." in row.get_text()
    assert "jobs run: 0" in checked(installed / "exhibits", "prepare", cwd=site)
