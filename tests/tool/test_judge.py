"""Verdicts on numbers made by hand, and how outputs and numbers are compared and written."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from exhibits.judge import (
    admitted,
    changed_output,
    changed_outputs,
    failures,
    judge,
    readable,
    same_line,
    satisfies,
    student,
    verdict,
)
from exhibits.model import Claim, Limits, Output, Run, Snippet

ONE_TO_FIVE = (9.0, 9.5, 10.0, 10.5, 11.0)  # mean 10, spread √0.625, standard error √0.125 = 0.3536, t 8.610


def claim(**fields) -> Claim:
    wanted = {"id": "c", "says": "S", "snippet": "a/b", "kind": "sampling", "measured": "m", "file": "f", "line": 3}
    return Claim(**(wanted | {"theory": "t"} | fields))


def judged(values, theory=10.0, *, steps=(), rival=None, **fields):
    rivals = {} if rival is None else {"wrong": "r"}
    return verdict(claim(rivals=rivals, **fields), tuple(values), tuple(steps), {"t": theory, "r": rival})


# values, theory, fields of the claim; what the complaint begins with, "" if the claim holds.
VERDICTS = {
    "exact": ([10.0], 10, {"abs_tol": 0}, ""),
    "not exact": (
        [10.5],
        10,
        {"abs_tol": 0},
        "claim c fails: measured 10.5 should be ≈ 10 (t) within 0",
    ),
    "at the edge of an absolute tolerance": ([10.5], 10, {"abs_tol": 0.5, "why": "w"}, ""),
    "below, at the edge": ([9.5], 10, {"abs_tol": 0.5, "why": "w"}, ""),
    "outside an absolute tolerance": (
        [10.75],
        10,
        {"abs_tol": 0.5},
        "claim c fails: measured 10.75 should be ≈ 10 (t) within 0.5",
    ),
    "inside a relative tolerance of something negative": ([-11.0], -10, {"rel_tol": 0.1, "why": "w"}, ""),
    "outside a relative tolerance": ([-11.1], -10, {"rel_tol": 0.1}, "claim c fails: measured -11.1 should be ≈ -10"),
    "the worst of the failing seeds is named": (
        [10.0, 10.1, 13.0, 6.0],
        10,
        {"abs_tol": 1},
        "claim c fails: measured 6 should be ≈ 10 (t) within 1, in 2 of 4 seeds",
    ),
    "one of two seeds outside": (
        [10.0, 12.0],
        10,
        {"abs_tol": 1},
        "claim c fails: measured 12 should be ≈ 10 (t) within 1, in 1 of 2 seeds",
    ),
    "one seed outside": (
        [10.0, 10.1, 9.9, 12.0],
        10,
        {"abs_tol": 1},
        "claim c fails: measured 12 should be ≈ 10 (t) within 1, in 3 of 4 seeds",
    ),
    "mean as chance explains": (ONE_TO_FIVE, 10 + 8.6 * 0.125**0.5, {"abs_tol": 6, "why": "w"}, ""),
    "mean further than chance explains": (
        ONE_TO_FIVE,
        10 + 8.7 * 0.125**0.5,
        {"abs_tol": 6, "why": "w"},
        "claim c has a mean of 10 over 5 seeds, 1.0 times as far from 13.0759 as chance explains (3): a better theory",
    ),
    "mean further below": (
        ONE_TO_FIVE,
        10 - 20 * 0.125**0.5,
        {"abs_tol": 9, "why": "w"},
        "claim c has a mean of 10 over 5 seeds, 2.3 times as far from 2.92893",
    ),
    "an explained bias": (ONE_TO_FIVE, 14, {"abs_tol": 6, "why": "w", "bias": "finite width"}, ""),
    "arithmetic over seeds has a mean, too": (
        ONE_TO_FIVE,
        14,
        {"abs_tol": 6, "kind": "arithmetic"},
        "claim c has a mean",
    ),
    "upper bound": ([9.0], 10, {"bound": "upper"}, ""),
    "upper bound reached": ([10.0], 10, {"bound": "upper"}, ""),
    "upper bound exceeded": ([10.5], 10, {"bound": "upper"}, "claim c fails: measured 10.5 should be ≤ 10 (t)"),
    "lower bound": ([11.0], 10, {"bound": "lower"}, ""),
    "lower bound reached": ([10.0], 10, {"bound": "lower"}, ""),
    "lower bound missed": ([9.5], 10, {"bound": "lower"}, "claim c fails: measured 9.5 should be ≥ 10 (t)"),
    "one seed beyond a bound": (
        [9.0, 9.5, 10.5],
        10,
        {"bound": "upper"},
        "claim c fails: measured 10.5 should be ≤ 10 (t), in 2 of 3 seeds",
    ),
    "a bound needs no mean near theory": ([6.0, 6.1, 5.9], 10, {"bound": "upper"}, ""),
    "upper bound within reach": ([1.0], 10, {"bound": "upper"}, ""),
    "upper bound out of reach": (
        [0.99],
        10,
        {"bound": "upper"},
        "claim c is bounded by 10 but measured 0.99: out of reach; say in `why`",
    ),
    "lower bound within reach": ([100.0], 10, {"bound": "lower"}, ""),
    "lower bound out of reach": ([101.0], 10, {"bound": "lower"}, "claim c is bounded by 10 but measured 101"),
    "out of reach with a reason": ([0.1], 10, {"bound": "upper", "why": "sub-exponential"}, ""),
    "bound of 0": ([-1.0], 0, {"bound": "upper"}, "claim c is bounded by 0 but measured -1"),
    "bound of the other sign": ([-1.0], 10, {"bound": "upper"}, "claim c is bounded by 10 but measured -1"),
    "measured 0": ([0.0], 10, {"bound": "upper"}, "claim c is bounded by 10 but measured 0"),
    "rounding of float64": ([1 + 2.0**-51], 1, {"ulps": 2}, ""),
    "more than rounding of float64": ([1 + 3 * 2.0**-52], 1, {"ulps": 2}, "claim c fails: measured 1 should be ≈ 1"),
    "rounding of float32": ([1 + 2.0**-22], 1, {"ulps": 2, "dtype": "float32"}, ""),
    "more than rounding of float32": ([1 + 3 * 2.0**-23], 1, {"ulps": 2, "dtype": "float32"}, "claim c fails"),
    "rounding of something large": ([1024 + 2.0**-41], 1024, {"ulps": 2}, ""),
    "rounding near 0 is that of 1": ([2.0**-51], 0, {"ulps": 2}, ""),
    "rounding has no spread to explain": ([1.0, 1 + 2.0**-51, 1 + 2.0**-51], 1, {"ulps": 1000}, ""),
    "a share of the seeds": ([10.0, 10.2, 9.8, 20.0], 10, {"abs_tol": 1, "share": 3}, ""),
    "too small a share": (
        [10.0, 10.2, 30.0, 20.0],
        10,
        {"abs_tol": 1, "share": 3},
        "claim c fails: measured 30 should",
    ),
    "a share of more seeds than there are": (
        [10.0],
        10,
        {"abs_tol": 1, "share": 3},
        "claim c asks for 3 seeds that hold, but its snippet draws nothing and has 1",
    ),
    "a share of none": ([30.0, 20.0, 25.0], 10, {"abs_tol": 1, "share": 0}, ""),
    "a tolerance as wide as chance": (ONE_TO_FIVE, 10, {"abs_tol": 9.16}, ""),
    "a tolerance wider than chance": (
        ONE_TO_FIVE,
        10,
        {"abs_tol": 9.17},
        "claim c has a tolerance of 9.2, more than 8 times the spread 0.79 over seeds: narrow it, or say in `why`",
    ),
    "a wide tolerance with a reason": (ONE_TO_FIVE, 10, {"abs_tol": 9.6, "why": "w"}, ""),
    "a thousandth without randomness": ([-10.0], -10, {"abs_tol": 0.01}, ""),
    "more than that": ([-10.0], -10, {"abs_tol": 0.011}, "claim c has a tolerance of 0.011, more than 8 times"),
}


@pytest.mark.parametrize("case", VERDICTS)
def test_verdict(case):
    values, theory, fields, complaint = VERDICTS[case]
    found = judged(values, theory, **fields).complaint
    assert found.startswith(complaint) and bool(found) == bool(complaint)


# values, theory, rival, fields; beginning of the complaint.
RIVALS = {
    "far away": (ONE_TO_FIVE, 10, 20, {"abs_tol": 2}, ""),
    "inside the tolerance": (
        ONE_TO_FIVE,
        10,
        12,
        {"abs_tol": 2},
        "claim c admits its rival “wrong” (12): narrow the tolerance or measure better",
    ),
    "just outside the tolerance but within chance": (
        ONE_TO_FIVE,
        10,
        12.9,
        {"abs_tol": 2},
        "claim c does not reject its rival “wrong” (12.9): the mean 10 is 8.2 standard errors away, 8.6 are needed",
    ),
    "below, within chance": (ONE_TO_FIVE, 10, 7.1, {"abs_tol": 2}, "claim c does not reject its rival “wrong” (7.1)"),
    "rejected at 99.9 %": (ONE_TO_FIVE, 10, 13.05, {"abs_tol": 2}, ""),
    "not quite rejected": (ONE_TO_FIVE, 10, 13.04, {"abs_tol": 2}, "claim c does not reject"),
    "without randomness": ([10.0], 10, 11, {"abs_tol": 0}, ""),
    "equal to theory": ([10.0], 10, 10, {"abs_tol": 0}, "claim c admits its rival"),
    "on the wrong side of a bound": ([9.0], 10, 11, {"bound": "upper"}, ""),
    "on the right side of a bound": ([9.0], 10, 8, {"bound": "upper"}, "claim c admits its rival “wrong” (8)"),
    "on the right side of a lower bound": ([11.0], 10, 12, {"bound": "lower"}, "claim c admits its rival “wrong” (12)"),
}


@pytest.mark.parametrize("case", RIVALS)
def test_rivals_must_be_rejected(case):
    values, theory, rival, fields, complaint = RIVALS[case]
    found = judged(values, theory, rival=rival, **fields)
    assert found.complaint.startswith(complaint) and bool(found.complaint) == bool(complaint)
    assert found.rivals[0].name == "wrong" and found.rivals[0].value == rival


@pytest.mark.parametrize(("off", "holds"), [(0.7e-12, True), (1.5e-12, False)])
def test_rounding_of_a_sum_is_no_bias(off, holds):
    values = [1e6 * (1 + off + tiny) for tiny in (-1e-15, 1e-15, -2e-15, 2e-15)]
    assert (judged(values, 1e6, rel_tol=1e-10, why="w").complaint == "") is holds


def test_a_theory_of_nothing_is_zero():
    assert "measured 0.75 should be ≈ 0 (t)" in judged([0.75], 0.0, abs_tol=0.5).complaint
    assert "admits its rival" in judged([0.1], 0.0, abs_tol=0.5, why="w", rival=0.3).complaint


def test_a_verdict_carries_its_numbers():
    found = judged(ONE_TO_FIVE, 10.5, rel_tol=0.2, why="w", rival=14)
    assert (found.theory, found.values, found.mean, found.seeds) == (10.5, ONE_TO_FIVE, 10, 5)
    assert found.spread == pytest.approx(0.625**0.5) and found.allowed == pytest.approx(2.1)
    assert (found.holding, found.bias) == (5, -0.5)
    assert found.rivals[0].errors == pytest.approx(4 / 0.125**0.5)
    assert judged([10.0], rival=14, abs_tol=0).rivals[0].errors == 0


def test_failing_comes_before_rivals_and_these_before_a_loose_tolerance():
    assert "fails" in judged([99.0], rival=10, abs_tol=5).complaint
    assert "admits" in judged([10.0], rival=10, abs_tol=5).complaint
    assert "tolerance" in judged([10.0], rival=99, abs_tol=5).complaint


@pytest.mark.parametrize(("steps", "shown"), [((1.0, 0.0), "0"), ((-1.0, 2.0), "-1"), ((1.0, float("nan")), "nan"),
                                              ((float("inf"),), "inf")])  # fmt: skip
def test_a_training_that_took_no_step_fails(steps, shown):
    complaint = f"claim c took no step in some seed: s is {shown}"
    found = verdict(claim(abs_tol=0.0, steps="s"), (10.0, 10.0), steps, {"t": 10.0})
    assert found.complaint == complaint
    measured = verdict(claim(theory=None, steps="s"), (10.0, 10.0), steps, {})
    assert measured.complaint == complaint and measured.theory is None


def test_a_training_that_took_steps_holds_and_idleness_comes_first():
    assert verdict(claim(abs_tol=0.0, steps="s"), (10.0,), (0.1,), {"t": 10.0}).complaint == ""
    assert "took no step" in verdict(claim(abs_tol=0.0, steps="s"), (99.0,), (0.0,), {"t": 10.0}).complaint


def test_a_measurement_is_not_judged():
    found = verdict(claim(theory=None), (1.0, 3.0), (), {})
    assert (found.theory, found.mean, found.complaint) == (None, 2, "") and found.spread == pytest.approx(2**0.5)


def test_what_is_admitted():
    assert admitted(claim(rel_tol=0.1), -10.0) == 1 and admitted(claim(abs_tol=0.1), -10.0) == 0.1
    assert admitted(claim(rel_tol=0.0), 5.0) == 0 and admitted(claim(bound="upper"), 5.0) == 0
    assert admitted(claim(ulps=3), 0.5) == 3 * 2.0**-52 and admitted(claim(ulps=3), -8.0) == 24 * 2.0**-52
    assert admitted(claim(ulps=3, dtype="float32"), 0.5) == 3 * 2.0**-23


def test_bounds_have_two_sides():
    assert satisfies(claim(bound="upper"), 1, 2, 0) and not satisfies(claim(bound="upper"), 3, 2, 0)
    assert satisfies(claim(bound="lower"), 3, 2, 0) and not satisfies(claim(bound="lower"), 1, 2, 0)


@pytest.mark.parametrize(
    ("degrees", "confidence", "quantile"),
    [(1, 0.999, 636.619), (2, 0.999, 31.599), (3, 0.999, 12.924), (4, 0.999, 8.610), (5, 0.999, 6.869),
     (6, 0.999, 5.959), (7, 0.999, 5.408), (8, 0.999, 5.041), (15, 0.999, 4.073), (30, 0.999, 3.646),
     (1, 0.95, 12.706), (5, 0.95, 2.571), (10, 0.9, 1.812)],
)  # fmt: skip
def test_quantiles_of_students_distribution_as_tables_print_them(degrees, confidence, quantile):
    assert student(degrees, confidence) == pytest.approx(quantile, abs=6e-4)


def test_the_quantile_is_that_of_99_9_percent_and_needs_two_values():
    assert student(7) == student(7, 0.999)
    with pytest.raises(ValueError, match="at least two values"):
        student(0)


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [(1.2345, ".3g", "1.23"), (-0.5, ".1f", "−0.5"), (5.2e47, ".2g", "5.2 × 10⁴⁷"), (-2e-7, ".0e", "−2 × 10⁻⁷"),
     (3e9, ".1e", "3.0 × 10⁹"), (0.61, ".0%", "61%"), (2e-17, ".2g", "2 × 10⁻¹⁷"), (1e-10, ".0e", "1 × 10⁻¹⁰"),
     (8, "d", "8"), (1.0, ".0e", "1"), (-0.001, ".2f", "0.00"), (-1e-9, ".0%", "0%")],
)  # fmt: skip
def test_numbers_are_written_as_readers_write_them(value, form, text):
    assert readable(value, form) == text


def test_a_format_that_is_none():
    with pytest.raises(ValueError):
        readable(1.0, ".2q")


@pytest.mark.parametrize(
    ("got", "expected", "same"),
    [
        ("loss 0.1234", "loss 0.1235", True),
        ("loss 0.1234", "loss 0.1240", False),
        ("loss 0.12350", "loss 0.12337", True),  # 0.1 %
        ("loss 0.12375", "loss 0.12337", False),  # 0.3 %
        ("loss 0.1", "loss 0.2", True),  # one unit of the last digit
        ("loss 0.1", "loss 0.3", False),
        ("loss 0.1234", "error 0.1234", False),
        ("3 layers", "4 layers", False),
        ("1000 layers", "1001 layers", False),
        ("1.5e-30", "1.6e-30", True),
        ("1.5e-30", "1.7e-30", False),
        ("1.5E-30", "1.6e-30", True),
        ("2e5", "3e5", True),
        ("2e5", "4e5", False),
        ("a 1.0 b 2.0", "a 1.0 b", False),
        ("a 1.0 b 2.0", "a 1.0 b 3.0", False),
        ("x  1.00", "x 1.00", True),
        ("-0.5", "0.5", False),
        ("-1000.5", "-1001.0", True),
        ("3", "3.0", True),
        ("3.4", "3", False),
        ("3.0", "5", False),
        ("", "", True),
    ],
)
def test_outputs_compare_numbers_by_tolerance_and_words_exactly(got, expected, same):
    assert same_line(got, expected) is same


def snippet(expected: str | None) -> Snippet:
    return Snippet("a/b", "snippets/a/b.py", "", "", "", "", expected, (), Limits(), 8)


def test_an_output_changed_at_its_first_changed_line():
    assert changed_output(snippet("a 1.0\nb 2.0\n"), "a 1.0\nb 2.0\n") is None
    assert changed_output(snippet("a 1.0000\n"), "a 1.0001\n") is None
    problem = changed_output(snippet("a 1\nb 2\nc 3\nd 4\n"), "a 1\nb 5\nc 3\nd 9\n")
    assert (problem.file, problem.line) == ("snippets/a/b.out", 2)
    assert problem.message.startswith(
        "output of a/b changed (make accept takes it):\n@@ -1,4 +1,4 @@\n a 1\n-b 2\n+b 5\n"
    )
    assert changed_output(snippet("a\nb\n"), "a\n").line == 2 and changed_output(snippet("a\n"), "a\nb\nc\n").line == 2
    assert changed_output(snippet("a\n"), "").line == 1


def test_an_output_never_seen_needs_to_be_taken():
    assert changed_output(snippet(None), "") is None
    assert str(changed_output(snippet(None), "x\n")).startswith(
        "snippets/a/b.out:1: no expected output yet; look at it"
    )


def run(text: str = "", **values: float) -> Run:
    return Run((Output(text),), values, True, 0.0, 0.0)


def test_claims_are_judged_on_the_seeds_of_their_snippet_that_ran():
    claims = {"c": claim(abs_tol=1.0, why="w", steps="s"), "other": claim(id="other", snippet="not/run")}
    seeds = {"a/b": ({"m": 10.0, "s": 1.0}, {"m": 10.5, "s": 1.0})}
    verdicts = judge(SimpleNamespace(claims=claims), SimpleNamespace(seeds=seeds, theory={"t": 10.0}))
    assert list(verdicts) == ["c"] and verdicts["c"].values == (10.0, 10.5) and failures(verdicts) == []
    seeds = {"a/b": ({"m": 10.0, "s": 1.0}, {"m": 12.0, "s": 1.0})}
    verdicts = judge(SimpleNamespace(claims=claims), SimpleNamespace(seeds=seeds, theory={"t": 10.0}))
    (problem,) = failures(verdicts)
    assert str(problem).startswith("f:3: claim c fails: measured 12")
    seeds = {"a/b": ({"m": 10.0, "s": 0.0},)}
    verdicts = judge(SimpleNamespace(claims=claims), SimpleNamespace(seeds=seeds, theory={"t": 10.0}))
    assert "took no step" in verdicts["c"].complaint


def test_every_changed_output_is_found():
    source = SimpleNamespace(snippets={"a/b": snippet("x\n"), "a/c": snippet("y\n")})
    results = SimpleNamespace(snippets={"a/b": run("x\n"), "a/c": run("z\n")})
    (problem,) = changed_outputs(source, results)
    assert problem.message.startswith("output of a/b changed")
