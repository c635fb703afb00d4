"""The file of licences: what it holds, and that none goes missing unnoticed."""

from __future__ import annotations

from importlib.metadata import distribution

import pytest

from exhibits.licences import licences
from exhibits.publish import prepare
from exhibits.site import leave_out
from exhibits.source import Shipped
from tests.tool.conftest import edit, files, problems, write

OWN = Shipped("Dice", "LICENCE")
THEME = Shipped("Theme", "licenses/LICENSE", "mkdocs-material")


def test_each_text_stands_below_its_name_and_those_of_bundles_come_last(tmp_path):
    write(tmp_path, {"LICENCE": "\nRoll them.\n\n"})
    made = {"assets/die.js": b"say(6)", "assets/licences.json": b'{"d6": "Permission is granted."}'}
    found = licences(tmp_path, (OWN, THEME), made)
    text = found.pop("LICENSES.txt").decode()
    assert found == {"assets/die.js": b"say(6)"}
    rule = "=" * 80
    assert text.startswith(f"{rule}\nDice\n{rule}\n\nRoll them.\n\n\n{rule}\nTheme\n{rule}\n\nCopyright (c) ")
    assert text.endswith(f"\n\n\n{rule}\nd6\n{rule}\n\nPermission is granted.\n") and "Martin Donath" in text


def test_a_site_that_names_none_has_no_such_file(tmp_path):
    assert licences(tmp_path, (), {"a.js": b"1"}) == {"a.js": b"1"}


def test_every_licence_that_is_not_there_is_a_problem_at_its_line(tmp_path, monkeypatch):
    settings = [OWN, THEME, Shipped("Board", "licenses/NONE", "mkdocs-material"), Shipped("Cup", "L", "no-such-cup")]
    write(tmp_path, {"exhibits.toml": "".join(f'{{ of = "{one.of}" }}\n' for one in settings)})
    words = "; readers must get it, find where it is now"
    assert problems(lambda: licences(tmp_path, tuple(settings), {})) == [
        f"exhibits.toml:1: the licence of Dice is not there: no LICENCE{words}",
        f"exhibits.toml:3: the licence of Board is not there: no licenses/NONE in the package mkdocs-material{words}",
        f"exhibits.toml:4: the licence of Cup is not there: no L in the package no-such-cup{words}",
    ]
    write(tmp_path, {"LICENCE": "x"})
    # Named in the package's record, but deleted from disk.
    monkeypatch.setattr(type(distribution("mkdocs-material")), "locate_file", lambda self, path: tmp_path / path)
    (found,) = problems(lambda: licences(tmp_path, (OWN, THEME), {}))
    assert found.startswith("exhibits.toml:2: the licence of Theme is not there")


def test_it_lies_among_the_pages_and_a_missing_one_stops_the_build(dice):
    write(dice, {"LICENCE": "Roll them."})
    edit(dice, "exhibits.toml", "[site]", '[site]\nlicences = [{ of = "Dice", file = "LICENCE" }]')
    prepare(dice)
    assert b"Roll them." in files(dice / "build/docs")["LICENSES.txt"]
    (dice / "LICENCE").unlink()
    (found,) = problems(lambda: prepare(dice))
    assert found.startswith("exhibits.toml:18: the licence of Dice is not there: no LICENCE; ")


def test_what_no_page_loads_is_left_out(tmp_path):
    write(tmp_path, {"a/one.js": "1", "a/two.js": "2", "b.js": "3"})
    leave_out(tmp_path, ("a/*.js",))
    assert files(tmp_path) == {"b.js": b"3"}
    assert problems(lambda: leave_out(tmp_path, ("b.js", "a/*"))) == [
        "exhibits.toml:1: left_out: the generator wrote no file that fits a/*"
    ]


@pytest.mark.parametrize("wrong", ['{ of = "Dice" }', '{ of = "Dice", file = "x", licence = "MIT" }'])
def test_an_entry_says_what_and_where(wrong, dice):
    edit(dice, "exhibits.toml", "[site]", f"[site]\nlicences = [{wrong}]")
    (found,) = problems(lambda: prepare(dice))
    assert found.startswith("exhibits.toml:18: ")
