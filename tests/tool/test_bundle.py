"""Scripts that make files for browsers: what they make, when they run again, what is said where they cannot."""

from __future__ import annotations

import pytest

from exhibits import bundle as module
from exhibits.bundle import bundle
from exhibits.source import Bundled
from exhibits.store import Store
from tests.tool.conftest import problems, write

SCRIPT = """\
import { readFileSync, writeFileSync } from "node:fs";
writeFileSync(`${process.env.OUT}/die.js`, `say(${readFileSync("parts/faces.txt", "utf-8")})`);
"""
ASKED = (Bundled("parts/make.mjs", ("parts/*.txt",), "assets/"),)


@pytest.fixture
def folder(tmp_path):
    settings = '[[site.bundled]]\nscript = "parts/make.mjs"\nsources = ["parts/*.txt"]\n'
    write(tmp_path, {"parts/make.mjs": SCRIPT, "parts/faces.txt": "6", "exhibits.toml": settings})
    return tmp_path


def made(folder):
    return bundle(folder, ASKED, Store(folder / "store"), set())


def test_a_script_runs_once_and_again_when_a_source_changes(folder, monkeypatch):
    assert made(folder) == {"assets/die.js": b"say(6)"}
    with monkeypatch.context() as patched:
        patched.setattr(module, "find_node", lambda: pytest.fail("ran again"))
        assert made(folder) == {"assets/die.js": b"say(6)"}
    write(folder, {"parts/faces.txt": "8"})
    assert made(folder) == {"assets/die.js": b"say(8)"}
    write(folder, {"parts/make.mjs": SCRIPT.replace("say", "tell")})
    assert made(folder) == {"assets/die.js": b"tell(8)"}


def test_no_script_no_file(tmp_path):
    assert bundle(tmp_path, (), Store(tmp_path), set()) == {}


@pytest.mark.parametrize(
    ("script", "reason"),
    [("throw new Error('no dice')", "Error: no dice"), ("nonsense nonsense", "SyntaxError:"), ("1", "it made no file")],
)
def test_a_script_that_fails_is_one_line(script, reason, folder):
    write(folder, {"parts/make.mjs": script})
    (line,) = problems(lambda: made(folder))
    assert line.startswith(f"parts/make.mjs:1: cannot bundle: {reason}")


def test_what_is_missing_is_named_at_its_line(folder, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(module, "find_node", lambda: None)
        assert problems(lambda: made(folder)) == ["exhibits.toml:2: Node is missing; make installs it"]
    (folder / "parts/faces.txt").unlink()
    assert problems(lambda: made(folder)) == ["exhibits.toml:3: no file fits parts/*.txt"]
