"""Call the site generator on the prepared folder, and swap its result in only when everything passed."""

from __future__ import annotations

import ctypes
import fcntl
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager, suppress
from importlib.metadata import distributions
from pathlib import Path

from exhibits import costs
from exhibits.model import Problem, ProblemsFound
from exhibits.policy import protect
from exhibits.publish import BUILD, Laps, Prepared, prepare
from exhibits.run import Report
from exhibits.source import SETTINGS, line_of, require_settings
from exhibits.store import KEEP_DAYS, digest, write_whole

EPOCH = "315532800"  # 1980, where dates of archives begin: what a generator would date with the day of the build
AT_FDCWD, RENAME_EXCHANGE = -100, 2  # see renameat2(2)
DEAD_LINK = re.compile(r"'(?P<page>[^']+\.md)' contains (?:a|an)\b[^']*'(?P<link>[^']*)'(?P<rest>.*)")
LEVEL = re.compile(r"(DEBUG|INFO|WARNING|ERROR|CRITICAL) +- ")
HEADER = re.compile(r'pages exist in the docs directory, but are not included in the "nav"')  # its pages follow
SETTLE = 0.2  # seconds without a change after which a saved file counts as saved


@contextmanager
def only_build(root: Path, report: Report) -> Iterator[None]:
    """Hold the site's lock; a second build waits until the first has ended, and says so.

    Raises:
        ProblemsFound: `root` is no site's folder; nothing is written there.
    """
    require_settings(root)
    folder = root / BUILD
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            report("another build of this site is running; waiting for it to end")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def build(
    root: Path,
    report: Report,
    *,
    workers: int | None = None,
    executor: Executor | None = None,
    keep_days: int = KEEP_DAYS,
) -> Prepared:
    """Prepare, generate into a folder beside the site, swap it in.

    Raises:
        ProblemsFound: the last good site is untouched.
    """
    root = root.resolve()
    with only_build(root, report):
        target = (root / "site").resolve()
        staged, old = target.with_name(f".{target.name}-new"), target.with_name(f".{target.name}-old")
        if old.exists() and not target.exists():  # a build was killed in the middle of its swap
            os.replace(old, target)
        prepared = prepare(root, report, workers=workers, executor=executor, keep_days=keep_days)
        laps = Laps(prepared.steps)
        for folder in (staged, old):  # of a build that was killed
            shutil.rmtree(folder, ignore_errors=True)
        wanted, built = fingerprint(prepared), root / BUILD / "built"
        if target.is_dir() and built.is_file() and built.read_text("utf-8") == wanted + _listing(target):
            if prepared.results.ran:
                costs.write(target, prepared, laps.steps)
                write_whole(built, wanted + _listing(target))
            report(f"site: {root / 'site' / 'index.html'} (nothing changed)")
            return prepared
        try:
            settings = prepared.source.settings.site
            generate(prepared, staged)
            laps("generate")
            leave_out(staged, settings.left_out)
            if settings.policy:
                protect(staged, settings.policy)
            if settings.archive:
                archive(staged, settings.archive)
            laps("pack")
            costs.write(staged, prepared, laps.steps)
            swap(staged, target, old)
            write_whole(built, wanted + _listing(target))
        finally:
            for folder in (staged, old):
                shutil.rmtree(folder, ignore_errors=True)
        report(f"site: {root / 'site' / 'index.html'}")
        return prepared


def fingerprint(prepared: Prepared) -> str:
    """Digest of all that the generator's result depends on: the prepared folder, its settings, what is installed."""
    root, parts = Path(prepared.source.root), []
    config = (root / "mkdocs.yml").read_text("utf-8")
    for folder in (root / BUILD / "docs", root / "theme"):
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            parts += [path.relative_to(root).as_posix(), hashlib.sha256(path.read_bytes()).hexdigest()]
    installed = sorted(f"{found.name} {found.version}" for found in distributions())
    asked = [f"{name}={os.environ.get(name)}" for name in re.findall(r"\b[A-Z][A-Z_]{3,}\b", config)]
    code = [path.read_text("utf-8") for path in sorted(Path(__file__).parent.rglob("*.py"))]
    return digest(config, prepared.source.settings.site, *parts, *installed, *asked, *code)


def _listing(folder: Path) -> str:
    """Names and sizes of a built site's files, by which a damaged one is told."""
    found = sorted(
        (path.relative_to(folder).as_posix(), path.stat().st_size) for path in folder.rglob("*") if path.is_file()
    )
    return digest(*found)


def generate(prepared: Prepared, folder: Path) -> None:
    """Run the generator; what it complains about is a problem at the line of the page's source.

    Raises:
        ProblemsFound: it ended with an error.
    """
    source = prepared.source
    command = source.settings.site.generator
    environment = {"SOURCE_DATE_EPOCH": EPOCH} | os.environ | {"SITE_DIR": str(folder)}
    executable = shutil.which(command[0], path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}")
    if executable is None:
        raise ProblemsFound([Problem("exhibits.toml", 1, f"the generator {command[0]} is not installed")])
    ran = subprocess.run(
        [executable, *command[1:]], cwd=source.root, env=environment, capture_output=True, text=True, errors="replace"
    )
    if ran.returncode:
        lines = _complaints([line for line in (ran.stdout + ran.stderr).splitlines() if line.strip()])
        ended = Problem("mkdocs.yml", 1, f"{command[0]} ended with exit code {ran.returncode}")
        raise ProblemsFound([_complaint(prepared, line) for line in lines] or [ended])


def _complaints(lines: list[str]) -> list[str]:
    """Warnings and errors of a generator's output, with the pages that one lists below; all of an output without."""
    found, bad = [], False
    for line in lines:
        level = LEVEL.match(line)
        bad = level[1] in ("WARNING", "ERROR", "CRITICAL") if level else bad
        if bad and (level or line.startswith("  - ")) and not HEADER.search(line):
            found.append(line)
    return found or lines


def _complaint(prepared: Prepared, line: str) -> Problem:
    """One line of a generator's output as a problem, with the place of a dead link where it names one."""
    message = LEVEL.sub("", line.strip()).strip()
    pages = prepared.source.pages
    if message.removeprefix("- ") in pages:
        return Problem(pages[message.removeprefix("- ")].file, 1, "is not in the navigation of mkdocs.yml")
    found = DEAD_LINK.search(message)
    if found is None:
        return Problem("mkdocs.yml", 1, message)
    page, link = found["page"], found["link"]
    if page not in pages:
        lab = prepared.source.labs.get(page.removesuffix(".md"))
        return Problem(lab.file if lab else page, line_of(lab.text, link) if lab else 1, message)
    return Problem(pages[page].file, line_of(pages[page].text, link), message)


def leave_out(folder: Path, patterns: tuple[str, ...]) -> None:
    """Remove what the generator wrote and no page loads.

    Raises:
        ProblemsFound: a pattern fits no file.
    """
    for pattern in patterns:
        found = [path for path in folder.glob(pattern) if path.is_file()]
        if not found:
            raise ProblemsFound([Problem(SETTINGS, 1, f"left_out: the generator wrote no file that fits {pattern}")])
        for path in found:
            path.unlink()


def archive(folder: Path, name: str) -> None:
    """Everything in `folder` as one zip in it; equal files give equal bytes."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as packed:
        for path in files:
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), (1980, 1, 1, 0, 0, 0))
            entry.external_attr = 0o644 << 16
            packed.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED, 6)


def swap(staged: Path, target: Path, old: Path) -> None:
    """Put `staged` in the place of `target`, in one step where the system can, else by way of `old`."""
    if not target.exists():
        os.replace(staged, target)
    elif not _exchange(staged, target):
        os.replace(target, old)
        os.replace(staged, target)


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two folders atomically; False where the system cannot."""
    rename = getattr(ctypes.CDLL(None), "renameat2", None)
    return rename is not None and rename(AT_FDCWD, bytes(one), AT_FDCWD, bytes(other), RENAME_EXCHANGE) == 0


def serve(root: Path, report: Report) -> None:
    """Serve the prepared folder with the generator's live reload, and prepare again whenever a source changes."""
    from watchdog.events import FileSystemEvent, FileSystemEventHandler
    from watchdog.observers import Observer

    root = root.resolve()
    with only_build(root, report):
        settings = prepare(root, report).source.settings
        command = settings.site.serve
        executable = Path(sys.executable).parent / command[0]
        server = subprocess.Popen([str(executable), *command[1:]], cwd=root, process_group=0)
        changed = threading.Event()

        class Handler(FileSystemEventHandler):
            def on_any_event(self, event: FileSystemEvent) -> None:
                if event.event_type in ("created", "modified", "deleted", "moved") and not event.is_directory:
                    changed.set()

        observer = Observer()
        scripts = {Path(made.script).parts[0] for made in settings.site.bundled}
        for name in filter(None, ("docs", "snippets", "theme", settings.run.theory, *sorted(scripts))):
            if (root / name).is_dir():
                observer.schedule(Handler(), str(root / name), recursive=True)
        observer.start()
        try:
            while server.poll() is None:
                if not changed.wait(timeout=0.5):
                    continue
                while changed.is_set():  # an editor may write several files, or one in steps
                    changed.clear()
                    threading.Event().wait(SETTLE)
                _again(root, report)
        finally:
            observer.stop()
            with suppress(ProcessLookupError):
                os.killpg(server.pid, signal.SIGTERM)
            server.wait()
    raise SystemExit(f"{command[0]} ended with exit code {server.returncode}")


def _again(root: Path, report: Report) -> None:
    """Prepare once more while serving; problems leave the last good pages."""
    try:
        prepared = prepare(root, report)
    except ProblemsFound as found:
        for problem in found.problems:
            report(str(problem))
        report(f"{len(found.problems)} problem(s); the pages stay as they were")
        return
    report(f"jobs run: {len(prepared.results.ran)}, pages woven: {prepared.woven}, files changed: {prepared.written}")
