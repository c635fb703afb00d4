"""Execute jobs: a fresh process each, on any `concurrent.futures` executor, only where no result is stored."""

from __future__ import annotations

import multiprocessing as mp
import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from importlib.machinery import ModuleSpec
from multiprocessing.connection import wait
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import msgspec
import psutil
from msgspec import Struct

from exhibits.model import Claim, Failure, Job, Limits, Part, Problem, ProblemsFound, Run, Snippet
from exhibits.source import Source, parts_of
from exhibits.store import Store, key, variables
from exhibits.worker import enter, uses

LOOK = 0.05  # seconds between two looks at what a job uses
THEORY = "theory"
Report = Callable[[str], None]


class Results(Struct, frozen=True):
    """What everything that ran gave.

    Attributes:
        snippets: as readers see them, by name.
        seeds: every seed's values by snippet, the readers' first.
        labs: by name.
        theory: value by expression.
        ran: names of the jobs that were not stored.
        used: keys of all results.
        compute: seconds that all jobs together took when they ran.
    """

    snippets: dict[str, Run]
    seeds: dict[str, tuple[dict[str, float], ...]]
    labs: dict[str, Run]
    theory: dict[str, float]
    ran: tuple[str, ...]
    used: frozenset[str]
    compute: float


def launch(job: Job) -> Run | list[Failure]:
    """Run one job in a process of its own and hold it to its limits, its children included."""
    with tempfile.TemporaryDirectory(prefix="exhibits-", ignore_cleanup_errors=True) as folder:
        context = mp.get_context("forkserver")
        process = context.Process(target=enter, args=(job, folder), daemon=True)
        process.start()
        excess = _watched(process, Path(folder), job.limits)
        left = _end_group(process)
        try:
            result = msgspec.json.decode((Path(folder) / "result.json").read_bytes(), type=Run | list[Failure])
        except (FileNotFoundError, msgspec.DecodeError):
            result = [Failure(1, f"ended without a result (exit code {process.exitcode})")]
    if excess:
        return [Failure(1, excess)]
    if left and isinstance(result, Run):
        return [Failure(1, "left a process running")]
    return result


def _watched(process: ForkServerProcess, folder: Path, limits: Limits) -> str:
    """Wait until `process` ends; kill it when it exceeds a limit and say which, else return ""."""
    deadline = time.monotonic() + limits.seconds
    try:
        watched = psutil.Process(process.pid)
    except psutil.NoSuchProcess:
        return ""
    while not wait([process.sentinel], timeout=LOOK):
        excess = _excess(watched, folder, limits)
        if time.monotonic() > deadline:
            excess = f"still running after its time limit of {limits.seconds:g} s"
        if excess:
            _end_group(process)
            return excess
    process.join()
    return ""


def _excess(process: psutil.Process, folder: Path, limits: Limits) -> str:
    try:
        family = [process, *process.children(recursive=True)]
        memory = sum(member.memory_info().rss for member in family) / 2**20
    except psutil.NoSuchProcess:
        return ""
    if memory > limits.memory:
        return f"used {memory:.0f} MiB, more than {limits.memory}"
    if len(family) > limits.processes:
        return f"ran {len(family)} processes at once, more than {limits.processes}"
    written = sum(path.stat().st_size for name in ("stdout", "stderr") if (path := folder / name).exists())
    if written > limits.output:
        return f"printed more than {limits.output} bytes"
    return ""


def _end_group(process: ForkServerProcess) -> bool:
    """Kill what still runs in a job's session; returns whether anything but the ended job itself did."""
    assert process.pid
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return False
    finally:
        process.join()
    return True


@contextmanager
def local(run_variables: dict[str, str], preload: list[str], workers: int | None = None) -> Iterator[Executor]:
    """One thread a core; each waits for the process of its job, all forked from one server that knows no user setting.

    Only PYTHONPATH reaches that server, or another installed copy of this tool might be the one that runs the jobs.
    Leaving by an exception, Ctrl-C for example, ends every process.
    """
    context = mp.get_context("forkserver")
    context.set_forkserver_preload(["exhibits.worker", *preload])
    saved = dict(os.environ)
    path = {"PYTHONPATH": saved["PYTHONPATH"]} if "PYTHONPATH" in saved else {}
    os.environ.clear()
    os.environ.update(run_variables | path)
    try:
        # Starts the server, which keeps this environment for all its children.
        process = context.Process(target=int)
        process.start()
        process.join()
    finally:
        os.environ.clear()
        os.environ.update(saved)
    main = sys.modules["__main__"]
    spec = main.__spec__
    # To multiprocessing this name says that a job need not import the program that started it.
    main.__spec__ = ModuleSpec("exhibits.__main__", None)
    executor = ThreadPoolExecutor(workers or os.cpu_count() or 1, thread_name_prefix="job")
    try:
        yield executor
    except BaseException:
        executor.shutdown(wait=False, cancel_futures=True)
        end_children()
        raise
    finally:
        executor.shutdown(cancel_futures=True)
        main.__spec__ = spec


def end_children() -> None:
    """Kill every process that descends from this one."""
    for child in psutil.Process().children(recursive=True):
        try:
            os.killpg(child.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            child.kill()


def snippet_job(source: Source, snippet: Snippet, claims: list[Claim], shift: int = 0) -> Job:
    """What readers see for shift 0; the computation alone, drawing nothing, under a shifted seed."""
    return Job(
        name=snippet.name,
        file=snippet.file,
        parts=(Part(snippet.computation if shift else snippet.code),),
        expressions=tuple(sorted({e for claim in claims for e in claim.over_snippet})),
        shift=shift,
        allow=snippet.allow,
        limits=snippet.limits,
        setup=source.setup(draws=not shift and "matplotlib" in snippet.code),
        root=source.root,
    )


def theory_job(source: Source) -> Job:
    """Every claim's theory and rivals, evaluated in the namespace of the site's theory and nothing else."""
    package = source.settings.run.theory or "math"
    return Job(
        name=THEORY,
        file=f"{package}/__init__.py",
        parts=(Part(f"from {package} import *"),),
        expressions=tuple(sorted({e for claim in source.claims.values() for e in claim.over_theory})),
        setup=source.setup(theory=True),
        root=source.root,
    )


def lab_jobs(source: Source) -> dict[str, Job]:
    return {
        name: Job(
            name=name,
            file=lab.file,
            parts=parts_of(lab.code),
            echo=True,
            limits=lab.limits,
            setup=source.setup(draws=True),
            root=source.root,
        )
        for name, lab in source.labs.items()
    }


class Runner:
    """Executes jobs and stores what they give.

    Args:
        store: where results are kept.
        environment: digest that every key contains.
        report: called with one line of progress after each job that ran.
        executor: any executor; None for processes of this machine.
        workers: how many jobs at once, on this machine.
    """

    def __init__(
        self, source: Source, store: Store, report: Report, executor: Executor | None = None, workers: int | None = None
    ) -> None:
        self.source, self.store, self.report = source, store, report
        self.executor, self.workers = executor, workers
        self.environment = store.environment(source.settings.run)
        self.durations = store.get("durations", dict[str, float]) or {}
        self.ran: list[str] = []
        self.used: set[str] = {"durations"}

    def execute(self, jobs: list[Job]) -> tuple[dict[Job, Run], list[Problem]]:
        """Results of all jobs, stored or fresh, and the problems of those that failed."""
        keys = {job: key(job, self.environment) for job in jobs}
        self.used |= set(keys.values())
        results = {job: known for job in jobs if (known := self.store.get(keys[job], Run)) is not None}
        # A job never seen before may be long: first.
        missing = [job for job in jobs if job not in results]
        missing.sort(key=lambda job: -self.durations.get(job.name, 1e9))
        problems: list[Problem] = []
        if not missing:
            return results, problems
        started, wanted = time.monotonic(), self.source.settings.run
        preload = [m for m in wanted.preload if any(uses(job, m.split(".")[0]) for job in missing)]
        with self._executor(preload) as executor:
            futures: dict[Future[Run | list[Failure]], Job] = {executor.submit(launch, job): job for job in missing}
            for number, future in enumerate(as_completed(futures), 1):
                job, outcome = futures[future], future.result()
                if isinstance(outcome, Run):
                    results[job] = outcome = msgspec.structs.replace(outcome, environment=self.environment)
                    self.durations[job.name] = outcome.seconds
                    self.store.put(keys[job], outcome)
                    self.ran.append(job.title)
                    verdict = f"{outcome.seconds:.1f} s"
                else:
                    problems += [self._problem(job, failure) for failure in outcome]
                    verdict = "failed"
                took = time.monotonic() - started
                self.report(f"  [{number}/{len(missing)}, {took:.0f} s] {job.title} {verdict}")
        self.store.put("durations", self.durations)
        return results, problems

    @contextmanager
    def _executor(self, preload: list[str]) -> Iterator[Executor]:
        if self.executor is not None:
            yield self.executor
        else:
            with local(variables(self.source.settings.run), preload, self.workers) as executor:
                yield executor

    def _problem(self, job: Job, failure: Failure) -> Problem:
        """A failing expression belongs to the claim that names it; a failing line to its file."""
        seed = f"with its seeds shifted by {job.setup.stride * job.shift}: " if job.shift else ""
        for claim in self.source.claims.values() if failure.expression else ():
            if job.name in (THEORY, claim.snippet) and failure.expression in (*claim.over_snippet, *claim.over_theory):
                return Problem(claim.file, claim.line, f"claim {claim.id}: {seed}{failure.message}")
        return Problem(job.file, failure.line, seed + failure.message)


def run(
    source: Source,
    store: Store,
    report: Report = lambda text: None,
    *,
    executor: Executor | None = None,
    workers: int | None = None,
    only: tuple[str, ...] = (),
) -> Results:
    """Run everything, or the snippets that `only` names.

    Raises:
        ProblemsFound: a job failed; nothing about it was stored.
    """
    runner = Runner(source, store, report, executor, workers)
    claims: dict[str, list[Claim]] = {name: [] for name in source.snippets}
    for claim in source.claims.values():
        claims[claim.snippet].append(claim)
    snippets = {name: s for name, s in source.snippets.items() if not only or name in only}
    first = {name: snippet_job(source, snippet, claims[name]) for name, snippet in snippets.items()}
    labs = {} if only else lab_jobs(source)
    theory = theory_job(source)
    results, problems = runner.execute([*first.values(), *labs.values(), theory])
    # Only now is it known which snippets draw random numbers.
    shifted = {
        name: [snippet_job(source, snippets[name], claims[name], shift) for shift in range(1, snippets[name].seeds)]
        for name, job in first.items()
        if job.expressions and job in results and results[job].seeded
    }
    more, later = runner.execute([job for jobs in shifted.values() for job in jobs])
    problems += later
    if problems:
        raise ProblemsFound(problems)
    everything = results | more
    return Results(
        snippets={name: results[job] for name, job in first.items()},
        seeds={name: tuple(everything[j].values for j in (job, *shifted.get(name, []))) for name, job in first.items()},
        labs={name: results[job] for name, job in labs.items()},
        theory=results[theory].values,
        ran=tuple(runner.ran),
        used=frozenset(runner.used),
        compute=sum(result.seconds for result in everything.values()),
    )


def interruptible() -> None:
    """Let SIGTERM end this process as Ctrl-C does: with its children."""

    def end(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, end)
    if sys.platform != "win32":
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)
