"""What one build cost, as `build.json` for machines and `build.js` for the page that draws it.

Two builds of equal sources take different times, so these two files differ where everything else is the same bytes.
They are not in the archive for that reason. A page opened from disk may run a script and may not read a JSON file.
"""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from exhibits.model import Book
from exhibits.publish import Prepared
from exhibits.run import Cost
from exhibits.store import write_whole

DATA, SCRIPT = "build.json", "build.js"
CALL = "showBuild"  # the page's function that takes the data


class Entry(Struct, frozen=True):
    """A snippet, a lab or the theory: its cost, and the place that shows it, "" for none."""

    name: str
    page: str
    seconds: float
    first: float
    peak: float
    jobs: int
    ran: int


class BuildReport(Struct, frozen=True):
    """One build.

    Attributes:
        date: when it ended, UTC.
        machine: system, Python and number of processors.
        seconds: what the whole build took.
        steps: what each step took, in order, in seconds.
        jobs, ran: how many results it used, and how many of them were not stored before.
        pages, woven: how many pages there are, and how many were parsed again.
        compute: seconds that all jobs took when they ran, in this build or earlier.
        entries: by name, the costliest first.
    """

    date: str
    machine: dict[str, str | int]
    seconds: float
    steps: dict[str, float]
    jobs: int
    ran: int
    pages: int
    woven: int
    compute: float
    entries: tuple[Entry, ...]


def summary(prepared: Prepared, steps: dict[str, float]) -> BuildReport:
    costs = prepared.results.costs
    return BuildReport(
        date=datetime.now(UTC).isoformat(timespec="seconds"),
        machine={
            "system": f"{platform.system()} {platform.machine()}",
            "python": platform.python_version(),
            "processors": os.cpu_count() or 1,
        },
        seconds=round(sum(steps.values()), 2),
        steps={name: round(value, 2) for name, value in steps.items()},
        jobs=sum(cost.jobs for cost in costs),
        ran=sum(cost.ran for cost in costs),
        pages=len(prepared.book.facts),
        woven=prepared.woven,
        compute=round(prepared.results.compute, 1),
        entries=tuple(_entry(prepared.book, cost) for cost in sorted(costs, key=lambda c: (-c.seconds, c.name))),
    )


def _entry(book: Book, cost: Cost) -> Entry:
    page, anchor = cost.name if cost.name in book.labs else "", ""
    if cost.name in book.snippets:
        page, anchor = (book.home(cost.name) or "").removesuffix(".md"), f"#{book.snippets[cost.name].slug}"
    return Entry(
        name=cost.name,
        page=f"{page}.html{anchor}" if page else "",
        seconds=round(cost.seconds, 3),
        first=round(cost.first, 3),
        peak=round(cost.peak),
        jobs=cost.jobs,
        ran=cost.ran,
    )


def write(folder: Path, prepared: Prepared, steps: dict[str, float]) -> None:
    """Put both files into a built site."""
    data = msgspec.json.format(msgspec.json.encode(summary(prepared, steps)), indent=1).decode()
    write_whole(folder / DATA, f"{data}\n")
    write_whole(folder / SCRIPT, f"{CALL}({data});\n")
