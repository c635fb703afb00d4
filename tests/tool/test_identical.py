"""Equal sources give equal bytes, the archive included; only the report of what the build cost differs."""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from exhibits.site import archive
from tests.tool.conftest import exhibits, files, write
from tests.tool.test_site import untimed

pytestmark = pytest.mark.slow
# How the dice are built once more: whether from an empty store, with which options, in which environment.
BUILDS = {
    "again": (False, [], {}),
    "under another hash seed": (False, [], {"PYTHONHASHSEED": "1"}),
    "cold, with 1 worker": (True, ["--workers", "1"], {"PYTHONHASHSEED": "2"}),
    "cold, with 2 workers": (True, ["--workers", "2"], {"TZ": "Asia/Tokyo"}),
    "cold, with 4 workers": (True, ["--workers", "4"], {"PYTHONHASHSEED": "random"}),
}


@pytest.mark.parametrize("case", BUILDS)
def test_another_build_elsewhere_gives_the_same_bytes(case, built, tmp_path):
    cold, options, variables = BUILDS[case]
    folder = Path(shutil.copytree(built, tmp_path / "another folder" / "dice", symlinks=True))
    shutil.rmtree(folder / ("build" if cold else "site"))
    result = exhibits("site", *options, cwd=folder, env=os.environ | variables)
    assert result.returncode == 0, result.stdout + result.stderr
    expected, found = untimed(built), untimed(folder)
    assert [name for name in expected | found if expected.get(name) != found.get(name)] == []
    assert json.loads((folder / "site/build.json").read_text())["ran"] == (11 if cold else 0)


def test_no_file_knows_the_day_of_the_build(built):
    today = datetime.now(UTC).strftime("%Y-%m-%d").encode()
    assert [name for name, data in files(built / "site").items() if today in data] == ["build.js", "build.json"]
    stamp = (built / "site/sitemap.xml.gz").read_bytes()[4:8]
    assert datetime.fromtimestamp(int.from_bytes(stamp, "little"), UTC).year == 1980


def test_four_shards_merged_by_copying_give_the_same_bytes(built, tmp_path):
    merged = Path(shutil.copytree(built, tmp_path / "merged", symlinks=True))
    shutil.rmtree(merged / "build")
    shutil.rmtree(merged / "site")
    for number in range(1, 5):
        folder = Path(shutil.copytree(built, tmp_path / str(number), symlinks=True))
        shutil.rmtree(folder / "build/results")
        result = exhibits("run", "--shard", f"{number}/4", cwd=folder)
        assert result.returncode == 0, result.stdout + result.stderr
        shutil.copytree(folder / "build/results", merged / "build/results", dirs_exist_ok=True)
    result = exhibits("site", cwd=merged)
    assert result.returncode == 0, result.stdout + result.stderr
    assert untimed(merged) == untimed(built)
    assert json.loads((merged / "site/build.json").read_text())["ran"] == 0, "the shards ran everything"


def test_an_archive_of_equal_files_is_equal_and_without_itself(tmp_path):
    for name in ("one", "two"):
        write(tmp_path / name, {"b.txt": "b", "a/c.txt": "c"})
        os.utime(tmp_path / name / "b.txt", (len(name), 10**9 + (name == "one")))
        archive(tmp_path / name, "all.zip")
    assert (tmp_path / "one/all.zip").read_bytes() == (tmp_path / "two/all.zip").read_bytes()
    assert zipfile.ZipFile(tmp_path / "one/all.zip").namelist() == ["a/c.txt", "b.txt"]
