"""Put small faults into snippets, theory and judge, one at a time, and see whether anything turns red.

A fault is caught by the run (it fails), by a claim (the judge complains), by the printed output, or by a test.
Faults that change nothing are listed with a reason in one file, and reviewed.
"""

from __future__ import annotations

import ast
import copy
import os
import random
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from math import comb
from pathlib import Path
from typing import cast

import msgspec
from msgspec import Struct

from exhibits.judge import changed_output, over_seeds
from exhibits.model import Claim, Job, Problem, ProblemsFound, Run, Snippet
from exhibits.publish import BUILD
from exhibits.run import Report, Runner, run, snippet_job, theory_job
from exhibits.source import read
from exhibits.store import Store

EQUIVALENT = "tests/equivalent.toml"
JUDGE = "src/exhibits/judge.py"  # only where the tool's own source is part of the checkout
PARTS = ("snippets", "theory", "judge")
CHANCE = 0.01
GUARD = 1e-4  # a number below it keeps a quotient finite, or is the step of a difference
RED, BY_CLAIM_OR_RUN = 0.95, 0.85  # goals; in the judge every fault must turn something red
OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Pow: ast.Mult, ast.MatMult: ast.Mult,
}  # fmt: skip
COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.GtE, ast.LtE: ast.Gt, ast.Gt: ast.LtE, ast.GtE: ast.Lt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip


class Mutant(Struct, frozen=True):
    """One fault: where, what, and the file's text with it."""

    file: str
    line: int
    what: str
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}"


class Outcome(Struct, frozen=True):
    """What caught a fault: "run", "claim", "output", "test"; "" for nothing, "equivalent" where nothing can."""

    mutant: Mutant
    caught: str


class Equivalent(Struct, frozen=True, forbid_unknown_fields=True):
    """A fault that changes nothing that counts: file, what (as reported), the line's text, and why."""

    file: str
    what: str
    text: str
    reason: str


def faults(node: ast.AST, swaps: dict[str, str], left_alone: tuple[str, ...]) -> Iterator[tuple[ast.AST, ast.AST, str]]:
    """Every fault below `node`: the node, what stands in its place, and words for it."""
    if isinstance(node, ast.Call) and ast.unparse(node.func) in left_alone:
        return
    if isinstance(node, ast.BinOp):
        replaced = OPERATORS.get(type(node.op))
        if replaced:
            yield node, ast.BinOp(node.left, replaced(), node.right), f"{_name(node.op)} → {_name(replaced())}"
        if isinstance(node.op, ast.Add | ast.Mult | ast.Pow):
            yield node, node.left, f"right side of {_name(node.op)} dropped"
        if isinstance(node.op, ast.Add | ast.Mult):
            yield node, node.right, f"left side of {_name(node.op)} dropped"
    # A number that stands alone, a size, a rate or a slope, is a choice and no fault, and so is what guards a division.
    # Factors, exponents and what something is compared with are faults.
    operands = [node.left, node.right] if isinstance(node, ast.BinOp) else []
    operands += [node.left, *node.comparators] if isinstance(node, ast.Compare) else []
    for number in operands:
        if isinstance(number, ast.Constant) and type(number.value) in (int, float):
            value = cast(float, number.value)
            for new in sorted({value + 1, value * 2} - {value}) if abs(value) >= GUARD or value == 0 else ():
                yield number, ast.Constant(new), f"{value} → {new}"
    if isinstance(node, ast.Constant) and type(node.value) is bool:
        yield node, ast.Constant(not node.value), f"{node.value} → {not node.value}"
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in COMPARISONS:
        other = COMPARISONS[type(node.ops[0])]
        yield node, ast.Compare(node.left, [other()], node.comparators), f"{_name(node.ops[0])} → {_name(other())}"
    if isinstance(node, ast.BoolOp):
        swapped: ast.boolop = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield node, ast.BoolOp(swapped, node.values), f"{_name(node.op)} → {_name(swapped)}"
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.Not):
        yield node, node.operand, f"{_name(node.op)} dropped"
    if isinstance(node, ast.IfExp):
        yield node, ast.IfExp(node.test, node.orelse, node.body), "branches of a conditional swapped"
    if isinstance(node, ast.Attribute) and node.attr in swaps:
        yield node, ast.Attribute(node.value, swaps[node.attr], node.ctx), f"{node.attr} → {swaps[node.attr]}"
    if isinstance(node, ast.Name) and node.id in swaps:
        yield node, ast.Name(swaps[node.id], node.ctx), f"{node.id} → {swaps[node.id]}"
    for below in ast.iter_child_nodes(node):
        # Text for readers, annotations and format specifications are no computation.
        if not isinstance(below, ast.FormattedValue | ast.JoinedStr | ast.arguments):
            yield from faults(below, swaps, left_alone)
        elif isinstance(below, ast.JoinedStr):
            for inserted in below.values:
                if isinstance(inserted, ast.FormattedValue):
                    yield from faults(inserted.value, swaps, left_alone)


def _name(operator: ast.AST) -> str:
    return type(operator).__name__


def mutants(file: str, text: str, swaps: dict[str, str], left_alone: tuple[str, ...] = ()) -> list[Mutant]:
    """Every fault of one file, each with the whole text that has it."""
    tree, found, lines = ast.parse(text), [], text.encode().splitlines(keepends=True)
    for old, new, what in faults(tree, swaps, left_alone):
        assert isinstance(old, ast.expr) and old.end_lineno and old.end_col_offset is not None
        start = sum(map(len, lines[: old.lineno - 1])) + old.col_offset
        end = sum(map(len, lines[: old.end_lineno - 1])) + old.end_col_offset
        fault = f"({ast.unparse(ast.fix_missing_locations(copy.deepcopy(new)))})"
        data = text.encode()
        found.append(Mutant(file, old.lineno, what, (data[:start] + fault.encode() + data[end:]).decode()))
    return [mutant for mutant in found if _parses(mutant.text)]


def _parses(text: str) -> bool:
    try:
        ast.parse(text)
    except SyntaxError:  # inside an f-string, say, where brackets may not stand
        return False
    return True


class Bench:
    """Everything that catching faults needs, from one good build.

    Args:
        report: called with one line for each fault.
    """

    def __init__(self, root: Path, report: Report) -> None:
        self.source = read(root)
        self.root = Path(self.source.root)
        self.report = report
        self.results = run(self.source, Store(self.root / BUILD / "results"), report)
        self.swaps = self.source.settings.mutate.swaps
        self.equivalent = _equivalent(self.root)

    def drawn(self, part: str, sample: int | None, seed: int) -> list[Mutant]:
        """Faults of one part, all or a sample."""
        alone = self.source.settings.mutate.left_alone
        if part == "snippets":
            files = {s.file: s.unplotted for s in self.source.snippets.values()}
        elif part == "theory":
            names = {n: n.replace(".", "/") for n in self.source.theory}
            files = {self._module_file(path): self.source.theory[n] for n, path in names.items()}
        else:
            files = {JUDGE: Path(__file__).with_name("judge.py").read_text("utf-8")}
        found = [m for file, text in files.items() for m in mutants(file, text, self.swaps, alone)]
        return found if sample is None else random.Random(seed).sample(found, min(sample, len(found)))

    def _module_file(self, path: str) -> str:
        package = self.root / path / "__init__.py"
        return f"{path}/__init__.py" if package.is_file() else f"{path}.py"

    def try_all(self, part: str, chosen: list[Mutant]) -> list[Outcome]:
        catch: dict[str, Callable[[Mutant], str]] = {
            "snippets": self._snippet, "theory": self._theory, "judge": self._judge,
        }  # fmt: skip

        def attempt(mutant: Mutant) -> Outcome:
            caught = "equivalent" if self._is_equivalent(mutant) else catch[part](mutant)
            self.report(f"  {caught or 'SURVIVES':10} {mutant}")
            return Outcome(mutant, caught)

        with ThreadPoolExecutor(os.cpu_count() or 1 if part == "judge" else 1) as pool:
            return list(pool.map(attempt, chosen))

    def _is_equivalent(self, mutant: Mutant) -> bool:
        line = (self.root / mutant.file).read_text("utf-8").splitlines()[mutant.line - 1].strip()
        return any((e.file, e.what, e.text) == (mutant.file, mutant.what, line) for e in self.equivalent)

    def _snippet(self, mutant: Mutant) -> str:
        snippet = next(s for s in self.source.snippets.values() if s.file == mutant.file)
        plotting = f"\n# %% Plot\n{snippet.plotting}\n" if snippet.plotting else ""
        changed = msgspec.structs.replace(
            snippet, code=mutant.text + plotting, computation=mutant.text, demonstration=""
        )
        claims = [claim for claim in self.source.claims.values() if claim.snippet == snippet.name]
        with tempfile.TemporaryDirectory() as folder:
            runner = Runner(self.source, Store(Path(folder)), lambda text: None)
            return self._caught(runner, changed, claims)

    def _caught(self, runner: Runner, snippet: Snippet, claims: list[Claim]) -> str:
        first = snippet_job(self.source, snippet, claims)
        results, problems = runner.execute([first])
        if problems:
            return "run"
        if self._complaints(claims, [results[first]]):
            return "claim"
        shifted = [snippet_job(self.source, snippet, claims, k) for k in range(1, snippet.seeds)]
        more: dict[Job, Run] = {}
        if claims and results[first].seeded:
            more, problems = runner.execute(shifted)
            if problems:
                return "run"
            if self._complaints(claims, [results[first], *(more[job] for job in shifted)]):
                return "claim"
        return "output" if changed_output(snippet, results[first].stdout) else ""

    def _complaints(self, claims: list[Claim], runs: list[Run]) -> bool:
        """Whether the judge complains; one seed alone is judged by its tolerance, not by what a mean could tell."""
        judged = [over_seeds(claim, [r.values for r in runs], self.results.theory) for claim in claims]
        if len(runs) > 1 or not runs[0].seeded:
            return any(v.complaint for v in judged)
        return any(v.theory is not None and not v.holding and v.claim.share is None for v in judged)

    def _theory(self, mutant: Mutant) -> str:
        module = next(n for n in self.source.theory if self._module_file(n.replace(".", "/")) == mutant.file)
        source = msgspec.structs.replace(self.source, theory=self.source.theory | {module: mutant.text})
        with tempfile.TemporaryDirectory() as folder:
            job = theory_job(source)
            results, problems = Runner(source, Store(Path(folder)), lambda text: None).execute([job])
            if problems:
                return "run"
            values = results[job].values
            pairs = ((claim, self.results.seeds[claim.snippet]) for claim in self.source.claims.values())
            if any(over_seeds(claim, seeds, values).complaint for claim, seeds in pairs):
                return "claim"
            return self._tested(mutant, Path(folder), self.source.settings.run.theory, "tests/theory")

    def _judge(self, mutant: Mutant) -> str:
        with tempfile.TemporaryDirectory() as folder:
            return self._tested(mutant, Path(folder), "src/exhibits", "tests/tool/test_judge.py")

    def _tested(self, mutant: Mutant, folder: Path, package: str, tests: str) -> str:
        """ "test" if the tests fail with the fault in a copy of a package, else ""."""
        here = self.root / package
        shutil.copytree(here, folder / here.name, ignore=shutil.ignore_patterns("__pycache__"))
        inside = (self.root / mutant.file).relative_to(here)
        (folder / here.name / inside).write_text(mutant.text, "utf-8")
        # Neither Python nor pytest may put this folder, with the package as it should be, before the copy.
        command = [
            sys.executable,
            "-P",
            "-m",
            "pytest",
            "--import-mode=append",
            "-x",
            "-q",
            "-p",
            "no:cacheprovider",
            tests,
        ]
        environment = os.environ | {"PYTHONPATH": f"{folder}{os.pathsep}{self.root}"}
        try:
            ran = subprocess.run(command, cwd=self.root, env=environment, capture_output=True, timeout=300)
        except subprocess.TimeoutExpired:
            return "test"
        return "test" if ran.returncode == 1 or ran.returncode == 2 else ""


def _equivalent(root: Path) -> list[Equivalent]:
    """Faults that change nothing, as the site lists them.

    Raises:
        ProblemsFound: the list is malformed.
    """
    path = root / EQUIVALENT
    if not path.is_file():
        return []
    try:
        return msgspec.convert(tomllib.loads(path.read_text("utf-8")).get("mutant", []), list[Equivalent])
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise ProblemsFound([Problem(EQUIVALENT, 1, str(error))]) from None


def scored(outcomes: list[Outcome]) -> tuple[float, float]:
    """Share of faults that anything caught, and that a claim or the run caught, equivalent ones left out."""
    counted = Counter(outcome.caught for outcome in outcomes if outcome.caught != "equivalent")
    total = counted.total() or 1
    return (total - counted[""]) / total, (counted["claim"] + counted["run"]) / total


def missing(share: float, goal: float, number: int) -> bool:
    """Whether a share of `number` faults lies below its goal by more than the luck of a draw explains, at 1 %."""
    caught = round(share * number)
    return (
        sum(comb(number, k) * goal**k * (1 - goal) ** (number - k) for k in range(caught + 1)) < CHANCE and share < goal
    )


def mutate(root: Path, report: Report, parts: tuple[str, ...], sample: int | None, seed: int) -> None:
    """Try faults and report scores.

    Args:
        sample: faults of each part; None for all.
    Raises:
        ProblemsFound: too many faults survive; each is named.
    """
    bench, problems = Bench(root, report), []
    for part in parts:
        outcomes = bench.try_all(part, bench.drawn(part, sample, seed))
        red, strict = scored(outcomes)
        counts = dict(Counter(outcome.caught or "survives" for outcome in outcomes))
        report(f"{part}: {len(outcomes)} faults, {red:.0%} red, {strict:.0%} by a claim or the run: {counts}")
        goal = 1.0 if part == "judge" else RED
        counted = sum(outcome.caught != "equivalent" for outcome in outcomes)
        missed = [missing(red, goal, counted), part == "snippets" and missing(strict, BY_CLAIM_OR_RUN, counted)]
        if any(missed):
            survivors = [o.mutant for o in outcomes if not o.caught]
            problems += [Problem(m.file, m.line, f"nothing catches this fault: {m.what}") for m in survivors]
            problems.append(Problem(EQUIVALENT, 1, f"{part}: {red:.0%} of the faults turn red, the goal is {goal:.0%}"))
    if problems:
        raise ProblemsFound(problems)
