"""Judge claims: theory and rivals against what the snippets measured under several seeds."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Sequence
from math import sqrt
from statistics import mean, stdev

import msgspec

from exhibits.model import Claim, Problem, Rival, Snippet, Verdict
from exhibits.run import Results
from exhibits.source import Source

NUMERAL = re.compile(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?", re.I)
OUTPUT_TOLERANCE = 2e-3
CONFIDENCE = 0.999
# A tolerance wider than this many standard deviations over seeds must give a reason (`why`).
WIDEST = 8.0
# A bound further than this factor from what was measured proves little and must give a reason, too.
REACH = 10.0
NOISE = 1e-12  # of a sum's rounding, which is no spread over seeds
ROUNDING = {"float32": 2.0**-23, "float64": 2.0**-52}
SUPERSCRIPT = str.maketrans("−0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
SIGN = {None: "≈", "upper": "≤", "lower": "≥"}


def readable(value: float, form: str) -> str:
    """`value` in the format `form`, with a true minus and powers of ten as readers write them.

    Raises:
        ValueError: `form` is no format for numbers.
    """
    mantissa, _, exponent = format(value, form).replace("-", "−").partition("e")
    if not re.search("[1-9a-z]", mantissa):
        mantissa = mantissa.lstrip("−")  # a zero has no sign, however the value was rounded
    if not exponent or not int(exponent.replace("−", "-")):
        return mantissa
    return f"{mantissa} × 10{exponent.lstrip('+').replace('−0', '−').lstrip('0').translate(SUPERSCRIPT)}"


def student(degrees: int, confidence: float = CONFIDENCE) -> float:
    """Two-sided quantile t of Student's distribution: P(|T| ≤ t) = confidence.

    Raises:
        ValueError: fewer than one degree of freedom.
    """
    from scipy.special import stdtrit

    if degrees < 1:
        raise ValueError("Student's t needs at least two values")
    return float(stdtrit(degrees, (1 + confidence) / 2))


def satisfies(claim: Claim, value: float, theory: float, allowed: float) -> bool:
    """Whether one value agrees with theory as the claim says."""
    if claim.bound == "upper":
        return value <= theory
    if claim.bound == "lower":
        return value >= theory
    return abs(value - theory) <= allowed


def admitted(claim: Claim, theory: float) -> float:
    """Largest admitted distance from theory; 0 for a bound."""
    if claim.rel_tol is not None:
        return claim.rel_tol * abs(theory)
    if claim.ulps is not None:
        return claim.ulps * ROUNDING[claim.dtype] * max(abs(theory), 1.0)
    return claim.abs_tol or 0.0


def verdict(claim: Claim, values: tuple[float, ...], steps: tuple[float, ...], theory: dict[str, float]) -> Verdict:
    """Judge one claim.

    Args:
        values: measured, by seed.
        steps: value of the claim's `steps`, by seed; empty where it has none.
        theory: value of each expression over the theory.
    """
    average, spread = mean(values), stdev(values) if len(values) > 1 else 0.0
    idle = next((value for value in steps if not (math.isfinite(value) and value > 0)), None)
    complaint = f"took no step in some seed: {claim.steps} is {idle:g}" if idle is not None else ""
    if claim.theory is None:
        return Verdict(claim, None, values, average, spread, complaint=_about(claim, complaint))
    expected = theory[claim.theory]
    allowed = admitted(claim, expected)
    error = spread / sqrt(len(values))
    certain = student(len(values) - 1) * error if spread else 0.0
    rivals = tuple(
        Rival(name, theory[formula], abs(average - theory[formula]) / error if error else 0.0)
        for name, formula in claim.rivals.items()
    )
    holding = sum(satisfies(claim, value, expected, allowed) for value in values)
    judged = Verdict(claim, expected, values, average, spread, allowed, holding, rivals)
    complaint = complaint or _disagreement(judged, certain) or _unrejected(judged, certain) or _looseness(judged)
    return msgspec.structs.replace(judged, complaint=_about(claim, complaint))


def _about(claim: Claim, complaint: str) -> str:
    return complaint and f"claim {claim.id} {complaint}"


def _disagreement(judged: Verdict, certain: float) -> str:
    """Seeds outside the tolerance, or a mean that theory does not explain."""
    claim, theory = judged.claim, judged.theory or 0.0
    needed = judged.seeds if claim.share is None else claim.share
    if needed > judged.seeds:
        return f"asks for {needed} seeds that hold, but its snippet draws nothing and has {judged.seeds}"
    if judged.holding < needed:
        outside = [v for v in judged.values if not satisfies(claim, v, theory, judged.allowed)]
        worst = max(outside, key=lambda value: abs(value - theory))
        within = "" if claim.bound else f" within {judged.allowed:.2g}"
        seeds = f", in {judged.holding} of {judged.seeds} seeds" if judged.seeds > 1 else ""
        return f"fails: measured {worst:.6g} should be {SIGN[claim.bound]} {theory:.6g} ({claim.theory}){within}{seeds}"
    exact = claim.bound or claim.ulps is not None or claim.bias or claim.share is not None
    if judged.spread and not exact and abs(judged.bias) > certain + NOISE * abs(theory):
        return (
            f"has a mean of {judged.mean:.6g} over {judged.seeds} seeds, {abs(judged.bias) / certain:.1f} times as far "
            f"from {theory:.6g} as chance explains ({certain:.2g}): a better theory, or `bias` with the reason"
        )
    return ""


def _unrejected(judged: Verdict, certain: float) -> str:
    """A rival that tolerance or spread cannot tell from theory."""
    claim, theory = judged.claim, judged.theory or 0.0
    for rival in judged.rivals:
        if satisfies(claim, rival.value, theory, judged.allowed):
            return f"admits its rival “{rival.name}” ({rival.value:.6g}): narrow the tolerance or measure better"
        if abs(judged.mean - rival.value) <= certain:
            return (
                f"does not reject its rival “{rival.name}” ({rival.value:.6g}): the mean {judged.mean:.6g} is "
                f"{rival.errors:.1f} standard errors away, {student(judged.seeds - 1):.1f} are needed: more seeds, or "
                "measure better"
            )
    return ""


def _looseness(judged: Verdict) -> str:
    """A tolerance or a bound that is further than what was measured explains, without a reason."""
    claim, theory = judged.claim, judged.theory or 0.0
    if claim.why or claim.ulps is not None:
        return ""
    if claim.bound:
        near = theory and judged.mean and 1 / REACH <= judged.mean / theory <= REACH
        far = f"is bounded by {theory:.3g} but measured {judged.mean:.3g}: out of reach; say in `why` what it shows"
        return "" if near else far
    # A spread of s still leaves the mean uncertain by s/√n: room for a bias that the seeds cannot see.
    room = WIDEST * judged.spread * (1 + 1 / sqrt(judged.seeds)) + 1e-3 * abs(theory)
    if judged.allowed > room:
        return (
            f"has a tolerance of {judged.allowed:.2g}, more than {WIDEST:g} times the spread {judged.spread:.2g} over "
            "seeds: narrow it, or say in `why` what explains the rest"
        )
    return ""


def judge(source: Source, results: Results) -> dict[str, Verdict]:
    """Verdict by claim id."""
    found = {}
    for name, claim in source.claims.items():
        if claim.snippet not in results.seeds:
            continue
        found[name] = over_seeds(claim, results.seeds[claim.snippet], results.theory)
    return found


def over_seeds(claim: Claim, seeds: Sequence[dict[str, float]], theory: dict[str, float]) -> Verdict:
    """Judge one claim by the values of its snippet's expressions under each seed."""
    steps = tuple(values[claim.steps] for values in seeds) if claim.steps else ()
    return verdict(claim, tuple(values[claim.measured] for values in seeds), steps, theory)


def failures(verdicts: dict[str, Verdict]) -> list[Problem]:
    return [Problem(v.claim.file, v.claim.line, v.complaint) for v in verdicts.values() if v.complaint]


def same_line(got: str, expected: str) -> bool:
    """Equal words, and numbers equal to 0.2 % or to one and a half units of their last printed digit."""
    if NUMERAL.sub("#", got).split() != NUMERAL.sub("#", expected).split():
        return False
    pairs = zip(NUMERAL.findall(got), NUMERAL.findall(expected), strict=True)
    return all(_close(a, b) for a, b in pairs)


def _close(a: str, b: str) -> bool:
    if not re.search(r"[.e]", b, re.I):
        return a == b  # counts and labels are exact
    mantissa, _, exponent = b.lower().partition("e")
    unit = 10.0 ** (int(exponent or 0) - len(mantissa.partition(".")[2]))
    return abs(float(a) - float(b)) <= max(OUTPUT_TOLERANCE * abs(float(b)), 1.5 * unit)


def changed_output(snippet: Snippet, got: str) -> Problem | None:
    """The first line on which a snippet's output is not the committed one, with a diff."""
    file = snippet.file.removesuffix(".py") + ".out"
    if snippet.expected is None:
        message = "no expected output yet; look at it, then take it: make accept"
        return Problem(file, 1, message) if got else None
    old, new = snippet.expected.splitlines(), got.splitlines()
    differing = [i for i, (a, b) in enumerate(zip(new, old, strict=False)) if not same_line(a, b)]
    if not differing and len(old) == len(new):
        return None
    line = differing[0] if differing else min(len(old), len(new))
    diff = "\n".join(list(difflib.unified_diff(old, new, "expected", "now", lineterm="", n=1))[2:])
    return Problem(file, line + 1, f"output of {snippet.name} changed (make accept takes it):\n{diff}")


def changed_outputs(source: Source, results: Results) -> list[Problem]:
    pairs = ((source.snippets[name], run.stdout) for name, run in results.snippets.items())
    return [problem for snippet, got in pairs if (problem := changed_output(snippet, got))]
