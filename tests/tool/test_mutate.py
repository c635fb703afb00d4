"""Faults: what is changed, what is left alone, and what catches them on the site about dice."""

from __future__ import annotations

import pytest

from exhibits.model import ProblemsFound
from exhibits.mutate import Bench, Mutant, Outcome, missing, mutants, mutate, scored

SWAPS = {"relu": "tanh", "fan_in": "fan_out"}


def whats(code: str) -> list[str]:
    return sorted(mutant.what for mutant in mutants("x.py", code, SWAPS, ("seed",)))


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("y = x + f(x)", ["Add → Sub", "left side of Add dropped", "right side of Add dropped"]),
        ("y = 2 / n", ["2 → 3", "2 → 4", "Div → Mult"]),
        ("y = n**2", ["2 → 3", "2 → 4", "Pow → Mult", "right side of Pow dropped"]),
        (
            "y = 0.5 * x",
            ["0.5 → 1.0", "0.5 → 1.5", "Mult → Div", "left side of Mult dropped", "right side of Mult dropped"],
        ),
        ("y = a < 0", ["0 → 1", "Lt → GtE"]),
        ("y = x + 1e-8", ["Add → Sub", "left side of Add dropped", "right side of Add dropped"]),
        ("y = relu(x, mode=fan_in)", ["fan_in → fan_out", "relu → tanh"]),
        ("y = a and not b", ["And → Or", "Not dropped"]),
        ("y = a if b else c", ["branches of a conditional swapped"]),
        ('print(f"{a * b:.3f}")', ["Mult → Div", "left side of Mult dropped", "right side of Mult dropped"]),
    ],
)
def test_each_kind_of_fault(code, expected):
    assert whats(code) == expected


@pytest.mark.parametrize(
    "code", ["size = 400", "rate = 0.5", "seed(1 + 2)", '"""Text 2 * 3."""', "def f(x: int = 3) -> int: ..."]
)
def test_sizes_seeds_and_text_are_left_alone(code):
    assert whats(code) == []


def test_a_fault_stands_where_it_says_and_nothing_else_changes():
    (minus, *_) = mutants("x.py", "a = 1\nb = é + c  # Add\n", {})
    assert (minus.line, minus.what, minus.text) == (2, "Add → Sub", "a = 1\nb = (é - c)  # Add\n")


@pytest.mark.parametrize(
    ("share", "goal", "number", "below"),
    [
        (0.95, 0.95, 300, False),
        (0.9, 0.95, 300, True),
        (0.75, 0.95, 8, False),
        (0.5, 0.95, 8, True),
        (0.9, 1.0, 10, True),
    ],
)
def test_a_small_sample_fails_only_where_luck_does_not_explain_it(share, goal, number, below):
    assert missing(share, goal, number) is below


def test_scores_leave_equivalent_faults_out():
    fault = Mutant("x.py", 1, "w", "")
    outcomes = [Outcome(fault, caught) for caught in ("claim", "run", "output", "", "equivalent")]
    assert scored(outcomes) == (0.75, 0.5)


def test_claims_and_theory_catch_faults_on_dice(dice, monkeypatch):
    monkeypatch.chdir(dice)
    bench = Bench(dice, lambda text: None)
    snippets = bench.try_all("snippets", [m for m in bench.drawn("snippets", None, 0) if m.what.startswith("Div")])
    theory = bench.try_all("theory", bench.drawn("theory", 2, 0))
    assert {outcome.caught for outcome in snippets + theory} == {"claim"} and len(theory) == 2


def test_a_surviving_fault_is_named_unless_it_is_listed_as_equivalent(dice, monkeypatch):
    monkeypatch.chdir(dice)
    script = dice / "snippets/throws/count.py"
    script.write_text('"""Count."""\n\nfaces = 12\nunused = 1.5 * faces\nprint("faces", faces)\n', "utf-8")
    with pytest.raises(ProblemsFound) as found:
        mutate(dice, lambda text: None, ("snippets",), None, 0)
    assert any("count.py:4: nothing catches this fault: 1.5 → 2.5" in str(p) for p in found.value.problems)
    (dice / "tests").mkdir()
    place = 'file = "snippets/throws/count.py"\ntext = "unused = 1.5 * faces"\nreason = "unused"\n'
    whats = ["1.5 → 2.5", "1.5 → 3.0", "Mult → Div", "left side of Mult dropped", "right side of Mult dropped"]
    listed = [f'[[mutant]]\nwhat = "{what}"\n{place}' for what in whats]
    (dice / "tests/equivalent.toml").write_text("\n".join(listed), "utf-8")
    mutate(dice, lambda text: None, ("snippets",), None, 0)
