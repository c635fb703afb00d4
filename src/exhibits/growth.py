"""What a site costs that grows: made-up ones of trivial scripts, a page each, runs and pages apart."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Sequence
from math import log
from pathlib import Path

from msgspec import Struct

from exhibits.costs import DATA
from exhibits.measure import CONFIG, EXHIBITS, Table, floor, seconds
from exhibits.publish import BUILD
from exhibits.run import Report, run
from exhibits.source import SETTINGS, read
from exhibits.store import Store, write_whole

SIZES = (100, 300, 1000, 3000)
FAR_JOBS, FAR_WORKERS = 100_000, 100
MKDOCS = ("mkdocs", "build", "--strict")

SNIPPET = '''"""Throw a die, script {n}."""

import random

import matplotlib.pyplot as plt

random.seed({n})
throws = [random.randint(1, 6) for _ in range(2000)]
print(len(throws))

# %% Plot
plt.plot(throws[:20], label="throws")
plt.legend()
plt.show()
'''
PAGE = "# Page {n}\n\n/// exhibit | {name}\n    alt: Twenty throws of a die, script {n}.\n\nThrows.\n///\n"
# Fifteen pages a section and fifteen sections a chapter keep the navigation of each page as large as it was.
SECTION, CHAPTER = 15, 225
SITE = """\
[run]
preload = ["matplotlib.pyplot"]
libraries = ["matplotlib"]
generators = [{{ state = "random.getstate()", seeds = ["random.seed"] }}]
[site]
generator = {generator}
[palette]
light = ["#222222", "#dddddd", "#0072b2"]
dark = ["#dddddd", "#444444", "#5cb3f0"]
"""


class Pages(Struct, frozen=True):
    """Pages under one generator, in seconds.

    Attributes:
        prepared, generated: a first build's two parts: all before the generator, and the rest.
        unchanged, edited: one more build, and one after an edit of a page.
    """

    generator: str
    prepared: float
    generated: float
    unchanged: float
    edited: float


class Growth(Struct, frozen=True):
    """A made-up site of trivial scripts, a page each.

    Attributes:
        run, floor: seconds of the first run and what it must cost: imports, own compute and a bare process a job.
        pages: of each generator.
    """

    size: int
    run: float
    floor: float
    pages: tuple[Pages, ...]


def grown(size: int, folder: Path, generators: Sequence[tuple[str, ...]] = (MKDOCS,)) -> Growth:
    """A made-up site of `size` scripts, run once and built by each generator from its own copy."""
    made = {"mkdocs.yml": CONFIG, "docs/index.md": "# Throws\n\nEvery page throws.\n"}
    for n in range(size):
        name = f"throws{n // CHAPTER}/s{n}"
        made |= {f"snippets/{name}.py": SNIPPET.format(n=n), f"snippets/{name}.out": "2000\n"}
        made[f"docs/c{n // CHAPTER}/g{n // SECTION}/p{n}.md"] = PAGE.format(n=n, name=name)
    made[SETTINGS] = SITE.format(generator=json.dumps(MKDOCS))
    for name, text in made.items():
        write_whole(folder / "runs" / name, text)
    source = read(folder / "runs")
    ran = seconds(*EXHIBITS, "run", cwd=folder / "runs")
    results = run(source, Store(folder / "runs" / BUILD / "results"), stored=True)
    least = floor(source, results, sum(cost.jobs for cost in results.costs))
    found = []
    for generator in generators:
        shutil.copytree(folder / "runs", copy := folder / Path(generator[0]).name)
        write_whole(copy / SETTINGS, SITE.format(generator=json.dumps(generator)))
        found.append(built(copy))
    return Growth(size, ran, least, tuple(found))


def built(folder: Path) -> Pages:
    """Pages of a made-up site whose scripts have run."""
    site = (*EXHIBITS, "site")
    first = seconds(*site, cwd=folder)
    step = re.search(r'"generate": ([\d.]+)', (folder / "site" / DATA).read_text("utf-8"))
    generated = float(step[1]) if step else 0.0
    unchanged = seconds(*site, cwd=folder)
    page = folder / "docs/c0/g0/p0.md"
    write_whole(page, page.read_text("utf-8") + "\nMore.\n")
    return Pages(folder.name, first - generated, generated, unchanged, seconds(*site, cwd=folder))


def tables(sizes: tuple[int, ...], root: Path, second: tuple[str, ...], folder: Path, report: Report) -> list[Table]:
    """Runs and pages of made-up sites, under the second generator too where `root` has it."""
    generators: list[tuple[str, ...]] = [MKDOCS]
    if second and (root / second[0]).exists():
        generators.append((str((root / second[0]).absolute()), *second[1:]))
    elif second:
        report(f"growth under one generator: {second[0]} is not there")
    found: list[Growth] = []
    runs: list[tuple[str, ...]] = []
    pages: list[tuple[str, ...]] = []
    for size in sizes:
        one = grown(size, folder / str(size), generators)
        shutil.rmtree(folder / str(size))
        found.append(one)
        runs.append((f"{size:,}", f"{one.run:.1f} s", f"{one.floor:.1f} s", f"{one.run / one.floor:.2f}"))
        for of in one.pages:
            costs = (of.prepared, of.generated, of.unchanged, of.edited)
            pages.append((f"{size:,}, {of.generator}", *(f"{cost:.1f} s" for cost in costs)))
        for row in (runs[-1], *pages[-len(generators) :]):
            report(f"growth: {', '.join(row)}")
    note = projection(found)
    report(note)
    return [
        Table("Growth: runs", ("trivial scripts", "run", "floor", "run / floor"), tuple(runs)),
        Table(
            "Growth: pages",
            ("pages, generator", "prepared", "generated", "nothing changed", "one page edited"),
            tuple(pages),
            note,
        ),
    ]


def projection(found: list[Growth]) -> str:
    """How each part grows between the two largest sites, and what would break first if it went on like that."""
    smaller, larger = found[-2:]

    def power(one: float, other: float) -> float:
        return log(other / one) / log(larger.size / smaller.size)

    parts = {"runs": (smaller.run, larger.run)}
    for one, other in zip(smaller.pages, larger.pages, strict=True):
        parts[f"pages generated by {one.generator}"] = (one.generated, other.generated)
        parts[f"an unchanged build for {one.generator}"] = (one.unchanged, other.unchanged)
    powers = {name: power(*times) for name, times in parts.items()}
    far = {name: times[1] * (FAR_JOBS / larger.size) ** max(powers[name], 1.0) for name, times in parts.items()}
    far["runs"] *= (os.cpu_count() or 1) / FAR_WORKERS
    worst = max(far, key=far.__getitem__)
    grows = "; ".join(f"{name} by the power {powers[name]:.1f}, {far[name] / 3600:.2g} h" for name in parts)
    return (
        f"Growth from {smaller.size:,} to {larger.size:,}, and what {FAR_JOBS:,} would take at that rate, "
        f"with {FAR_WORKERS} workers for the runs: {grows}. First to break: {worst}."
    )
