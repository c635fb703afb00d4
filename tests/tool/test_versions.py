"""Claims under other versions: what the report names, and what it leaves out."""

from __future__ import annotations

import msgspec
import pytest

from exhibits.model import ProblemsFound
from exhibits.versions import Noted, Record, kept, report
from tests.tool.conftest import CLAIMS, MEAN, edit

OLD = {
    "steady": Noted("claims.toml", 1, 2.0, 0.0, ""),
    "near": Noted("claims.toml", 11, 3.0, 0.1, ""),
    "far": Noted("claims.toml", 21, 4.0, 0.1, ""),
    "turned": Noted("claims.toml", 31, 5.0, 0.1, ""),
}


def after(**changed: Noted) -> str:
    return report(Record({"torch": "2.13.0"}, OLD), Record({"torch": "2.14.0"}, OLD | changed))


def test_no_change_no_report():
    assert after() == ""
    assert after(near=Noted("claims.toml", 11, 3.0 + 1e-12, 0.1, "")) == ""


def test_changed_verdicts_come_first_and_numbers_by_their_distance():
    text = after(
        turned=Noted("claims.toml", 31, 9.0, 0.1, "claim turned fails: measured 9 should be ≈ 5 (a | b) within `1`"),
        near=Noted("claims.toml", 11, 3.1, 0.2, ""),
        far=Noted("claims.toml", 21, 4.9, 0.1, ""),
    )
    assert text.startswith(
        "# Claims under torch 2.13.0 → 2.14.0\n\n4 claims compared: 1 other verdicts, 2 other numbers."
    )
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    assert rows == [
        "| `turned` | `claims.toml:31` | holds, 5 ± 0.1 "
        "| claim turned fails: measured 9 should be ≈ 5 (a \\| b) within \\`1\\` |",
        "| `far` | `claims.toml:21` | 4 ± 0.1 | 4.9 ± 0.1 | 9 |",
        "| `near` | `claims.toml:11` | 3 ± 0.1 | 3.1 ± 0.2 | 0.5 |",
    ]


def test_a_number_without_spread_is_endlessly_far():
    assert "| 2 ± 0 | 2.5 ± 0 | inf |" in after(steady=Noted("claims.toml", 1, 2.5, 0.0, ""))


def test_claims_of_one_run_alone_are_named():
    text = after(new=Noted("claims.toml", 41, 1.0, 0.0, ""))
    assert text.endswith("In one of the runs alone: `new`.\n")


@pytest.mark.parametrize("content", [None, b"{", b'{"versions": {}}'])
def test_no_record(tmp_path, content):
    path = tmp_path / "before.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ProblemsFound) as found:
        kept(path)
    assert str(found.value.problems[0]).startswith(f"{path}:1: no record of a run (exhibits run --record): ")


def test_two_runs_of_the_dice(command, dice):
    """A run that fails notes its claims, too: it is the one that the report is for."""
    assert command("run", "--record", "before.json")[0] == 0
    edit(dice, MEAN, "2000", "2001")
    edit(dice, CLAIMS, '"2 * 6"', '"2 * 7"')
    assert command("run", "--record", "after.json")[0] == 1
    status, out, err = command("compare", "before.json", "after.json", "report.md")
    assert (status, out[0], err) == (0, "2 claims compared: 1 other verdicts, 1 other numbers.", "")
    text = (dice / "report.md").read_text("utf-8")
    assert text.startswith("# Claims under the same versions\n")
    assert f"| `both-dice` | `{CLAIMS}:13` | holds, 12 ± 0 | claim both-dice fails: measured 12 should be ≈ 14" in text
    assert f"| `mean-throw` | `{CLAIMS}:2` | 3.5" in text
    record = msgspec.json.decode((dice / "before.json").read_bytes(), type=Record)
    assert record.versions.keys() >= {"Python", "processor"}
    assert command("compare", "before.json", "before.json", "report.md")[1][0] == "no verdict and no number changed"
    assert (dice / "report.md").read_text("utf-8") == ""
