"""Judge claims: theory against what the snippets measured under several seeds."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from math import sqrt
from statistics import mean, stdev

from exhibits.project import Claim, Problem, Project

NUMERAL = re.compile(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?", re.I)
OUTPUT_TOLERANCE = 2e-3
# A tolerance wider than this many standard deviations over seeds must give a reason (`why`).
WIDEST = 8.0
SUPERSCRIPT = str.maketrans("−0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def readable(value: float, form: str) -> str:
    """`value` in the format `form`, with a true minus and powers of ten as readers write them.

    Raises:
        ValueError: `form` is no format for numbers.
    """
    mantissa, _, exponent = format(value, form).replace("-", "−").partition("e")
    if not exponent:
        return mantissa
    return f"{mantissa} × 10{exponent.lstrip('+').replace('−0', '−').lstrip('0').translate(SUPERSCRIPT)}"


@dataclass(frozen=True)
class Verdict:
    """One claim with its numbers: theory (None for a measurement), values by seed and what is wrong."""

    claim: Claim
    theory: float | None
    values: tuple[float, ...]

    @property
    def measured(self) -> float:
        """Mean over seeds."""
        return mean(self.values)

    @property
    def spread(self) -> float:
        """Standard deviation over seeds; 0 for a snippet that draws no random number."""
        return stdev(self.values) if len(self.values) > 1 else 0.0

    @property
    def allowed(self) -> float:
        """Largest admitted distance between theory and a measured value."""
        claim = self.claim
        return claim.tolerance * abs(self.theory) if claim.relative else claim.tolerance

    @property
    def complaint(self) -> str:
        """Why the claim fails; empty if it holds."""
        if self.theory is None:
            return ""
        worst = max(self.values, key=self._excess)
        if self._excess(worst) > self.allowed:
            sign = {"": "≈", "upper": "≤", "lower": "≥"}[self.claim.bound]
            return (
                f"claim {self.claim.id} fails: measured {worst:.6g} should be {sign} {self.theory:.6g} "
                f"({self.claim.theory}) within {self.allowed:.2g}"
            )
        # A spread of s still leaves the mean uncertain by s/√n: room for a bias that 8 seeds cannot see.
        room = WIDEST * self.spread * (1 + 1 / sqrt(len(self.values))) + 1e-3 * abs(self.theory)
        if not self.claim.bound and self.allowed > room and not self.claim.why:
            return (
                f"claim {self.claim.id} has a tolerance of {self.allowed:.2g}, more than {WIDEST:g} times the "
                f"spread {self.spread:.2g} over seeds: narrow it, or say in `why` what explains the rest"
            )
        return ""

    def _excess(self, value: float) -> float:
        return {"": abs(value - self.theory), "upper": value - self.theory, "lower": self.theory - value}[
            self.claim.bound
        ]


def judge(project: Project, outcome: dict) -> dict[str, Verdict]:
    """Verdict by claim id on the results of `run.run_project`."""
    return {
        name: Verdict(
            claim,
            None if claim.theory is None else outcome["theory"][claim.theory],
            tuple(values[claim.measured] for values in outcome["seeds"][claim.snippet]),
        )
        for name, claim in project.claims.items()
    }


def failures(verdicts: dict[str, Verdict]) -> list[Problem]:
    return [Problem(v.claim.file, v.claim.line, v.complaint) for v in verdicts.values() if v.complaint]


def same_line(got: str, expected: str) -> bool:
    """Equal words, and numbers equal to 0.2 % or to one and a half units of their last printed digit."""
    if NUMERAL.sub("#", got).split() != NUMERAL.sub("#", expected).split():
        return False
    pairs = zip(NUMERAL.findall(got), NUMERAL.findall(expected), strict=True)
    return all(_close(a, b) for a, b in pairs)


def _close(a: str, b: str) -> bool:
    if not re.search(r"[.e]", a + b, re.I):
        return a == b  # counts and labels are exact
    mantissa, _, exponent = b.lower().partition("e")
    unit = 10.0 ** (int(exponent or 0) - len(mantissa.partition(".")[2]))
    return abs(float(a) - float(b)) <= max(OUTPUT_TOLERANCE * abs(float(b)), 1.5 * unit)


def changed_outputs(project: Project, runs: dict) -> list[Problem]:
    """Snippets whose output is not the committed one, each with a diff."""
    problems = []
    for name, snippet in project.snippets.items():
        got, file = runs[name]["stdout"], project.relative(snippet.expected)
        if not snippet.expected.exists():
            if got:
                problems.append(Problem(file, 1, "no expected output yet; look at it, then take it: make accept"))
            continue
        old, new = snippet.expected.read_text("utf-8").splitlines(), got.splitlines()
        differing = [i for i, (a, b) in enumerate(zip(new, old, strict=False)) if not same_line(a, b)]
        if differing or len(old) != len(new):
            line = differing[0] if differing else min(len(old), len(new))
            diff = "\n".join(list(difflib.unified_diff(old, new, "expected", "now", lineterm="", n=1))[2:])
            problems.append(Problem(file, line + 1, f"output of {name} changed (make accept takes it):\n{diff}"))
    return problems
