"""What changes under other versions of the libraries: every claim whose verdict or number differs between two runs."""

from __future__ import annotations

import math
import platform
from collections.abc import Iterable
from pathlib import Path

import msgspec
from msgspec import Struct

from exhibits.model import Problem, ProblemsFound, Verdict
from exhibits.store import installed, write_whole
from exhibits.summary import code, plain

SAME = 1e-9  # relative; below it two numbers differ by the order of a sum alone


class Noted(Struct, frozen=True):
    """One claim as a run found it: its place, mean and spread over seeds, and why it fails, if it does."""

    file: str
    line: int
    mean: float
    spread: float
    complaint: str


class Record(Struct, frozen=True):
    """One run: the versions it used, and what it found of each claim."""

    versions: dict[str, str]
    claims: dict[str, Noted]


def recorded(verdicts: Iterable[Verdict], libraries: Iterable[str]) -> Record:
    """What the report compares."""
    found = {"Python": platform.python_version(), "processor": platform.machine()}
    found |= {name: installed(name) or "absent" for name in libraries}
    claims = {v.claim.id: Noted(v.claim.file, v.claim.line, v.mean, v.spread, v.complaint) for v in verdicts}
    return Record(found, claims)


def keep(record: Record, path: Path) -> None:
    write_whole(path, msgspec.json.encode(record))


def kept(path: Path) -> Record:
    """A record from a file.

    Raises:
        ProblemsFound: there is none, or it is damaged.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=Record)
    except (OSError, msgspec.DecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise ProblemsFound([Problem(str(path), 1, f"no record of a run (exhibits run --record): {reason}")]) from None


def report(before: Record, after: Record) -> str:
    """Markdown that names each claim whose verdict or number changed, worst first; empty where none did."""
    pairs = {name: (old, after.claims[name]) for name, old in before.claims.items() if name in after.claims}
    lost = sorted(before.claims.keys() ^ after.claims.keys())
    turned = [name for name, (old, new) in pairs.items() if bool(old.complaint) != bool(new.complaint)]
    moved = [name for name, (old, new) in pairs.items() if not _same(old.mean, new.mean) and name not in turned]
    moved.sort(key=lambda name: -_distance(*pairs[name]))
    if not (turned or moved or lost):
        return ""
    changed = [f"{n} {v} → {after.versions[n]}" for n, v in before.versions.items() if after.versions.get(n, v) != v]
    title = f"# Claims under {', '.join(changed) or 'the same versions'}"
    parts = [title, f"{len(pairs)} claims compared: {len(turned)} other verdicts, {len(moved)} other numbers."]
    if turned:
        rows = [
            f"| {code(n)} | {_place(new)} | {_verdict(old)} | {_verdict(new)} |" for n, old, new in _of(pairs, turned)
        ]
        parts.append("\n".join(["| claim | place | before | now |", "|---|---|---|---|", *rows]))
    if moved:
        rows = [
            f"| {code(n)} | {_place(new)} | {old.mean:.6g} ± {old.spread:.2g} | {new.mean:.6g} ± {new.spread:.2g} "
            f"| {_distance(old, new):.2g} |"
            for n, old, new in _of(pairs, moved)
        ]
        head = ["| claim | place | before | now | distance in spreads |", "|---|---|---|---|---|"]
        parts.append("\n".join([*head, *rows]))
    if lost:
        parts.append("In one of the runs alone: " + ", ".join(map(code, lost)) + ".")
    return "\n\n".join(parts) + "\n"


def _of(pairs: dict[str, tuple[Noted, Noted]], names: list[str]) -> Iterable[tuple[str, Noted, Noted]]:
    return ((name, *pairs[name]) for name in names)


def _same(a: float, b: float) -> bool:
    return math.isclose(a, b, rel_tol=SAME) or (math.isnan(a) and math.isnan(b))


def _distance(old: Noted, new: Noted) -> float:
    """Between the means, in units of the larger spread; endless where there is none."""
    spread = max(old.spread, new.spread)
    return abs(new.mean - old.mean) / spread if spread else math.inf


def _place(noted: Noted) -> str:
    return code(f"{noted.file}:{noted.line}")


def _verdict(noted: Noted) -> str:
    return plain(noted.complaint) or f"holds, {noted.mean:.6g} ± {noted.spread:.2g}"
