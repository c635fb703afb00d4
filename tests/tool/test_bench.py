"""What builds cost: ratios on a copy, and the tables that a page keeps."""

from __future__ import annotations

import re

import pytest

from exhibits import bench as bench_module
from exhibits.bench import bench, heading
from exhibits.measure import Table, seconds
from tests.tool.conftest import THROWS, edit, files, problems

NUMBER = r"\d[\d,.]*"


@pytest.mark.slow
def test_bench_writes_every_ratio_where_the_settings_say(dice, monkeypatch):
    monkeypatch.setattr(bench_module, "ROUNDS", 1)
    edit(dice, "exhibits.toml", "[chapters]", 'bench = "throws.md"\n[chapters]')
    edit(dice, THROWS, "", "\n<!-- bench -->\nstale\n<!-- end of bench -->\n\nThe end.\n")
    before, lines = files(dice / "snippets"), []
    bench(dice, lines.append, (2, 4))
    text = (dice / THROWS).read_text("utf-8")
    titles = re.findall(r"^### (.*)", text, re.M)
    assert titles == ["This site", "Growth: runs", "Growth: pages"], "no other tool and generator is named"
    rows = [tuple(row[2:-2].split(" | ")) for row in re.findall(r"^\| .* \|$", text, re.M)]
    found = dict(row for row in rows if len(row) == 2 and "---" not in row)
    assert [f"{what}: {cost}" for what, cost in found.items() if what != "what"] == lines[:5]
    alone = rf"{NUMBER} s, {NUMBER} of the generator alone"
    assert re.fullmatch(rf"{alone} \({NUMBER} s\)", found["nothing changed"])
    assert re.fullmatch(f"{alone}, jobs run: 0", found["a colour of figures changed"])
    assert re.fullmatch(f"{alone}, jobs run: 0", found["prose of a page changed"])
    assert re.fullmatch(f"{alone}, jobs run: 1", found["a script changed (throws/count)"])
    assert re.fullmatch(rf"{NUMBER} s for 10 jobs, {NUMBER} of its floor", found["cold run of 2 scripts"])
    assert [row[0] for row in rows if len(row) in (4, 5) and row[0][0].isdigit()] == [
        "2",
        "4",
        "2, mkdocs",
        "4, mkdocs",
    ]
    assert text.count(lines[-1]) == 1 and lines[-1].startswith("Growth from 2 to 4")
    assert text.endswith("<!-- end of bench -->\n\nThe end.\n") and "stale" not in text
    assert re.search(r"^Measured on \d{4}-\d\d-\d\d, with \d+ processors", text, re.M)
    assert files(dice / "snippets") == before, "a copy was edited"


def test_a_page_without_a_place_is_one_problem(dice):
    edit(dice, "exhibits.toml", "[chapters]", 'bench = "throws.md"\n[chapters]')
    (found,) = problems(lambda: bench(dice, lambda text: None, (1, 2)))
    assert found.startswith("docs/throws.md:1: has no “<!-- bench -->” and")


def test_a_command_that_fails_says_why(tmp_path):
    (found,) = problems(lambda: seconds("sh", "-c", "echo first; echo last; exit 3", cwd=tmp_path))
    assert found.endswith("ended with an error: last")


def test_an_error_is_told_by_the_line_that_names_it(tmp_path):
    (found,) = problems(
        lambda: seconds("sh", "-c", "echo ValueError: no; echo Please report this; exit 1", cwd=tmp_path)
    )
    assert found.endswith(f"in {tmp_path.name} ended with an error: ValueError: no")


def test_one_part_is_reported_and_not_written(dice, monkeypatch):
    edit(dice, "exhibits.toml", "[chapters]", 'bench = "throws.md"\n[chapters]')
    edit(dice, THROWS, "", "\n<!-- bench -->\nkept\n<!-- end of bench -->\n")
    monkeypatch.setattr(bench_module.growth, "tables", lambda sizes, *given: [Table("G", ("a",), ((str(sizes),),))])
    bench(dice, lambda text: None, (1, 2), ("growth",))
    assert "kept" in (dice / THROWS).read_text("utf-8")


def test_a_heading_names_no_commit_where_there_is_none(tmp_path):
    text = heading(tmp_path, 0.5)
    assert "commit" not in text and "load 0.5 at the start" in text


def test_a_table_has_a_title_a_head_rows_and_perhaps_a_note():
    assert str(Table("T", ("a", "b"), (("1", "2"),))) == "### T\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n"
    assert str(Table("T", ("a",), (), "Note.")).endswith("| --- |\n\nNote.\n")
