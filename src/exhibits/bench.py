"""What builds cost as ratios, in one go on one machine: this site, other tools, made-up sites that grow."""

from __future__ import annotations

import os
import platform
import random
import re
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from exhibits import growth, others
from exhibits.costs import DATA
from exhibits.measure import EXHIBITS, Table, floor, seconds
from exhibits.model import Problem, ProblemsFound
from exhibits.publish import BUILD
from exhibits.run import Report, Results, run
from exhibits.source import SETTINGS, Source, read
from exhibits.store import Store, write_whole

PARTS = ("site", "others", "growth")
ROUNDS = 3
COLD = 60.0  # seconds of own compute that the cold run may cost; scripts are drawn at random until then
PLACE = re.compile(r"(<!-- bench -->\n).*?(<!-- end of bench -->)", re.S)


def drawn(source: Source, known: Results) -> tuple[str, ...]:
    """Names of snippets, drawn at random, that together cost no more than `COLD`."""
    took = {cost.name: cost.seconds for cost in known.costs if cost.name in source.snippets}
    names: list[str] = []
    for name in random.Random(0).sample(sorted(took), len(took)):
        if sum(map(took.__getitem__, names)) + took[name] <= COLD or not names:
            names.append(name)
    return tuple(names)


def of_site(root: Path, folder: Path, names: tuple[str, ...], report: Report) -> Table:
    """On a copy of this site: nothing changed, style, prose and a script edited, a cold run of some scripts."""
    site, copy, rows = (*EXHIBITS, "site"), folder / "copy", []

    def row(what: str, found: str) -> None:
        report(f"{what}: {found}")
        rows.append((what, found))

    shutil.copytree(root, copy, ignore=shutil.ignore_patterns(".git", ".venv", "site", "node_modules"))
    (copy / "node_modules").symlink_to(root / "node_modules")
    source = read(copy)
    command = source.settings.site.generator
    generator = (str(Path(sys.executable).parent / command[0]), *command[1:])
    seconds(*site, cwd=copy)
    pairs = [
        (seconds(*site, cwd=copy), seconds(*generator, cwd=copy, SITE_DIR=str(folder / "plain"))) for _ in range(ROUNDS)
    ]
    unchanged, alone = (min(times) for times in zip(*pairs, strict=True))
    ratio = sorted(one / other for one, other in pairs)[ROUNDS // 2]
    row("nothing changed", f"{unchanged:.2f} s, {ratio:.2f} of the generator alone ({alone:.2f} s)")

    def edited(what: str, file: Path, old: str, new: str) -> None:
        file.write_text(file.read_text("utf-8").replace(old, new) if old else file.read_text("utf-8") + new, "utf-8")
        spent = seconds(*site, cwd=copy)
        ran = re.search(r'"ran": (\d+)', (copy / "site" / DATA).read_text("utf-8"))
        jobs = int(ran[1]) if ran else 0
        row(what, f"{spent:.2f} s, {spent / alone:.2f} of the generator alone, jobs run: {jobs}")

    last = source.settings.palette.light[-1]
    edited("a colour of figures changed", copy / SETTINGS, f'"{last}"', '"#123456"')
    page = next(iter(source.pages.values()))
    edited("prose of a page changed", copy / page.file, "", "\nOne more sentence.\n")
    snippet = min(source.snippets.values(), key=lambda s: (len(s.code), s.name))
    edited(f"a script changed ({snippet.name})", copy / snippet.file, "", "# edited\n")

    source = read(copy)
    (copy / BUILD / "results").rename(folder / "aside")
    cold = seconds(*EXHIBITS, "run", *names, cwd=copy)
    again = run(source, Store(copy / BUILD / "results"), only=names, stored=True)
    jobs = sum(cost.jobs for cost in again.costs)
    least = floor(source, again, jobs)
    row(f"cold run of {len(names)} scripts", f"{cold:.1f} s for {jobs} jobs, {cold / least:.2f} of its floor")
    return Table("This site", ("what", "cost"), tuple(rows))


def heading(root: Path, load: float) -> str:
    """The day, the commit and the machine that tables are of, and its load before."""
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=root, capture_output=True, text=True)
    system = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    day = datetime.now(UTC).strftime("%Y-%m-%d")
    at = f", commit {commit.stdout.strip()}" if commit.returncode == 0 else ""
    about = f"{os.cpu_count()} processors, {system}, load {load:.1f} at the start"
    return f"Measured on {day}{at}, with {about}.\n"


def bench(root: Path, report: Report, sizes: tuple[int, ...] = growth.SIZES, parts: tuple[str, ...] = PARTS) -> None:
    """Report every ratio and, if none is left out, write them into the page that the settings name.

    Raises:
        ProblemsFound: a build failed, or the page has no place for them.
    """
    source = read(root)
    settings = source.settings.bench
    page = root / "docs" / source.settings.pages.bench
    if source.settings.pages.bench and not PLACE.search(page.read_text("utf-8")):
        place = "“<!-- bench -->” and “<!-- end of bench -->”"
        raise ProblemsFound([Problem(f"docs/{source.settings.pages.bench}", 1, f"has no {place}, a line each")])
    load, tables = os.getloadavg()[0], []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if "site" in parts or "others" in parts:
            seconds(*EXHIBITS, "site", cwd=root)
            known = run(source, Store(root / BUILD / "results"), stored=True)
            names = drawn(source, known)
        if "site" in parts:
            tables.append(of_site(root, folder, names, report))
        if "others" in parts and settings.others:
            snippets = tuple(source.snippets[name] for name in names)
            sample = others.Sample(snippets, known.snippets, source.settings)
            tables += others.tables(sample, root, folder, report)
        if "growth" in parts:
            tables += growth.tables(sizes, root, settings.second, folder, report)
    if source.settings.pages.bench and set(parts) == set(PARTS):
        found = "\n".join(map(str, (heading(root, load), *tables)))
        text = PLACE.sub(lambda match: f"{match[1]}{found}{match[2]}", page.read_text("utf-8"))
        write_whole(page, text)
