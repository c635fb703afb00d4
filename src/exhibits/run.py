"""Execute jobs: a fresh process each, on any `concurrent.futures` executor, only where no result is stored."""

from __future__ import annotations

import logging
import multiprocessing as mp
import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from contextlib import contextmanager, suppress
from functools import lru_cache
from importlib.machinery import ModuleSpec
from multiprocessing.connection import wait
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from statistics import mean, median

import msgspec
import psutil
from msgspec import Struct

from exhibits.model import Claim, Failure, Job, Limits, Part, Problem, ProblemsFound, Run, Snippet
from exhibits.source import SETTINGS, RunSettings, Source, parts_of
from exhibits.store import Store, digest, key, variables
from exhibits.worker import enter, uses

SOON, LATE = 0.05, 0.5  # seconds between two looks at what a job uses: often at first, as a look costs time, too
THEORY = "theory"
Report = Callable[[str], None]
Outcome = Run | list[Failure]


class Cost(Struct, frozen=True):
    """What a snippet with all its seeds, a lab or the theory took when it ran, now or earlier.

    Attributes:
        seconds: own compute of all its jobs.
        first: own compute of the job that readers see.
        peak: largest resident memory of a job in MiB.
        jobs, ran: how many jobs it has, and how many of them were not stored.
    """

    name: str
    seconds: float
    first: float
    peak: float
    jobs: int
    ran: int


class Results(Struct, frozen=True):
    """What everything that ran gave.

    Attributes:
        snippets: as readers see them, by name.
        seeds: every seed's values by snippet, the readers' first.
        labs: by name.
        theory: value by expression.
        ran: names of the jobs that were not stored.
        used: keys of all results.
        costs: of each snippet, each lab and the theory.
    """

    snippets: dict[str, Run]
    seeds: dict[str, tuple[dict[str, float], ...]]
    labs: dict[str, Run]
    theory: dict[str, float]
    ran: tuple[str, ...]
    used: frozenset[str]
    costs: tuple[Cost, ...]

    @property
    def compute(self) -> float:
        """Seconds that all jobs together took when they ran."""
        return sum(cost.seconds for cost in self.costs)


def launch(job: Job) -> Outcome:
    """Run one job in a process of its own and hold it to its limits, its children included."""
    with tempfile.TemporaryDirectory(prefix="exhibits-", ignore_cleanup_errors=True) as folder:
        context = mp.get_context("forkserver")
        process = context.Process(target=enter, args=(job, folder), daemon=True)
        process.start()
        excess = _watched(process, Path(folder), job.limits)
        left = _end_group(process)
        try:
            result: Outcome = msgspec.json.decode((Path(folder) / "result.json").read_bytes(), type=Outcome)
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
    pause = SOON
    while not wait([process.sentinel], timeout=pause):
        pause = min(1.5 * pause, LATE, max(deadline - time.monotonic(), SOON))
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


def start_server(run_variables: dict[str, str], preload: tuple[str, ...]) -> None:
    """Start the server from which this process forks its jobs, with an environment that knows no user setting.

    Only PYTHONPATH reaches it, or another installed copy of this tool might be the one that runs the jobs.
    A server that runs already stays as it is.
    """
    context = mp.get_context("forkserver")
    # What writes figures, else each job that draws imports it, which costs more than its process.
    drawing = ["matplotlib.backends.backend_svg"] if any(m.split(".")[0] == "matplotlib" for m in preload) else []
    context.set_forkserver_preload(["exhibits.worker", *preload, *drawing])
    saved = dict(os.environ)
    path = {"PYTHONPATH": saved["PYTHONPATH"]} if "PYTHONPATH" in saved else {}
    os.environ.clear()
    os.environ.update(run_variables | path)
    try:
        # A first process starts the server, which keeps this environment for all its children.
        process = context.Process(target=int)
        process.start()
        process.join()
    finally:
        os.environ.clear()
        os.environ.update(saved)


@contextmanager
def local(workers: int | None = None) -> Iterator[Executor]:
    """One thread a core; each waits for the process of its job. Leaving by an exception ends every process."""
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


SERVER = threading.Lock()  # the server's start borrows this process' environment, which all threads share


@lru_cache(maxsize=1)
def _environment_here(settings: bytes, preload: tuple[str, ...]) -> str:
    """Digest of the environment of this process' jobs; the first call starts their server."""
    wanted = msgspec.json.decode(settings, type=RunSettings)
    start_server(variables(wanted), preload)
    with tempfile.TemporaryDirectory() as folder:
        return Store(Path(folder)).environment(wanted)


def launch_elsewhere(job: Job, settings: bytes, preload: tuple[str, ...]) -> Outcome:
    """`launch` on a machine of a cluster, for `settings` in JSON; the result says in which environment it was made."""
    with SERVER:
        environment = _environment_here(settings, preload)
    outcome = launch(job)
    return msgspec.structs.replace(outcome, environment=environment) if isinstance(outcome, Run) else outcome


def _submitted(executor: Executor, function: Callable[..., Outcome], *arguments: object) -> Future[Outcome]:
    """The future of a call; that of an executor which takes no more calls holds its complaint."""
    try:
        return executor.submit(function, *arguments)
    except Exception as error:
        refused: Future[Outcome] = Future()
        refused.set_exception(error)
        return refused


def end_children() -> None:
    """Kill every process that descends from this one, each before the one that started it.

    The threads that wait for jobs wake when the jobs' server ends, and remove folders in which a job might still begin.
    """
    here = psutil.Process()
    for child in here.children(recursive=True):  # so that none forks another while they are being killed
        with suppress(psutil.NoSuchProcess):
            child.suspend()
    for child in reversed(here.children(recursive=True)):
        try:
            os.killpg(child.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            child.kill()


def snippet_job(source: Source, snippet: Snippet, claims: list[Claim], shift: int = 0) -> Job:
    """What readers see for shift 0; the computation alone, drawing nothing, under a shifted seed."""
    return Job(
        name=snippet.name,
        file=snippet.file,
        parts=(Part(snippet.unplotted if shift else snippet.code),),
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


class Durations:
    """Seconds that jobs took when they last ran, by title; a file for each name, so that shards merge by copying."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.known: dict[str, dict[str, float]] = {}
        self.changed: set[str] = set()

    @staticmethod
    def key(name: str) -> str:
        return f"seconds-{digest(name)}"

    def of(self, name: str) -> dict[str, float]:
        """Seconds of each job of a name."""
        if name not in self.known:
            self.known[name] = self.store.get(self.key(name), dict[str, float]) or {}
        return self.known[name]

    def note(self, job: Job, result: Run) -> None:
        """Remember what a job took; a script that draws no random numbers has no other seeds."""
        if not job.shift and not result.seeded:
            self.of(job.name).clear()
        self.of(job.name)[job.title] = result.seconds
        self.changed.add(job.name)

    def save(self) -> None:
        for name in self.changed:
            self.store.put(self.key(name), self.of(name))


class Runner:
    """Executes jobs and stores what they give.

    Args:
        store: where results are kept.
        environment: digest that every key contains.
        report: called with one line of progress after each job that ran.
        executor: any executor; None for processes of this machine.
        workers: how many jobs at once, on this machine.
        stored: run nothing; a job without a stored result is a problem.
    """

    def __init__(
        self,
        source: Source,
        store: Store,
        report: Report,
        executor: Executor | None = None,
        workers: int | None = None,
        stored: bool = False,
    ) -> None:
        self.source, self.store, self.report = source, store, report
        self.executor, self.workers, self.stored = executor, workers, stored
        self.environment = store.environment(source.settings.run)
        self.durations = Durations(store)
        self.ran: list[str] = []
        self.used: set[str] = set()

    def execute(
        self, jobs: list[Job], follow: Callable[[Job, Run], list[Job]] = lambda job, result: []
    ) -> tuple[dict[Job, Run], list[Problem]]:
        """Results of all jobs, stored or fresh, and the problems of those that failed.

        Args:
            follow: more jobs that a result asks for; they start without waiting for the rest.
        """
        results: dict[Job, Run] = {}
        problems: list[Problem] = []
        said: set[Failure] = set()  # one seed's message stands for all that fail alike
        missing = self._missing(jobs, follow, results)
        if not missing:
            return results, problems
        if self.stored:
            absent = "no stored result of {}: no machine ran it, or only in another environment than this one"
            return results, [Problem(job.file, 1, absent.format(job.title)) for job in missing]
        lost: dict[Job, Exception] = {}
        started, done, total = time.monotonic(), 0, len(missing)
        with self._executor(missing) as submit:
            running = {submit(job): job for job in missing}
            while running:
                for future in wait_for(running, return_when=FIRST_COMPLETED).done:
                    job, done = running.pop(future), done + 1
                    try:
                        outcome = self._kept(job, future.result())
                    except Exception as error:  # of the executor, not of the job
                        lost[job] = error
                        continue
                    if isinstance(outcome, Run):
                        results[job] = outcome
                        more = self._missing(follow(job, outcome), follow, results)
                        total += len(more)
                        running |= {submit(one): one for one in more}
                        verdict = f"{outcome.seconds:.1f} s"
                    else:
                        problems += [self._problem(job, failure) for failure in outcome if failure not in said]
                        said.update(outcome)
                        verdict = "failed"
                    took = time.monotonic() - started
                    self.report(f"  [{done}/{total}, {took:.0f} s] {job.title} {verdict}")
        self.durations.save()
        return results, problems + _lost(lost)

    def _missing(self, jobs: list[Job], follow: Callable[[Job, Run], list[Job]], results: dict[Job, Run]) -> list[Job]:
        """Jobs without a stored result, the longest first; stored results go into `results`, with what they ask for."""
        missing, waiting = [], list(jobs)
        while waiting:
            job = waiting.pop()
            name = key(job, self.environment)
            self.used |= {name, Durations.key(job.name)}
            known = self.store.get(name, Run)
            if known is None:
                missing.append(job)
            else:
                results[job] = known
                waiting += follow(job, known)
        # A job never seen before may be long: first.
        return sorted(missing, key=lambda job: -self.durations.of(job.name).get(job.title, 1e9))

    def _kept(self, job: Job, outcome: Outcome) -> Outcome:
        """What a job gave, stored if it is a result."""
        if not isinstance(outcome, Run):
            return outcome
        if outcome.environment not in ("", self.environment):
            return [
                Failure(1, "was run in another environment than this one: same Python, libraries and processor needed")
            ]
        outcome = msgspec.structs.replace(outcome, environment=self.environment)
        self.durations.note(job, outcome)
        self.store.put(key(job, self.environment), outcome)
        self.ran.append(job.title)
        return outcome

    @contextmanager
    def _executor(self, jobs: list[Job]) -> Iterator[Callable[[Job], Future[Outcome]]]:
        """What submits a job: to the given executor, or to processes of this machine."""
        wanted = self.source.settings.run
        preload = tuple(m for m in wanted.preload if any(uses(job, m.split(".")[0]) for job in jobs))
        if self.executor is not None:
            settings, given = msgspec.json.encode(wanted), self.executor
            yield lambda job: _submitted(given, launch_elsewhere, job, settings, preload)
            return
        start_server(variables(wanted), preload)
        with local(self.workers) as executor:
            yield lambda job: executor.submit(launch, job)

    def _problem(self, job: Job, failure: Failure) -> Problem:
        """A failing expression belongs to the claim that names it; a failing line to its file."""
        seed = f"with its seeds shifted by {job.setup.stride * job.shift}: " if job.shift else ""
        for claim in self.source.claims.values() if failure.expression else ():
            if job.name in (THEORY, claim.snippet) and failure.expression in (*claim.over_snippet, *claim.over_theory):
                return Problem(claim.file, claim.line, f"claim {claim.id}: {seed}{failure.message}")
        return Problem(job.file, failure.line, seed + failure.message)


def _lost(jobs: dict[Job, Exception]) -> list[Problem]:
    """One problem for each way in which an executor lost jobs: with a dead cluster, that is all that were left."""
    by_kind: dict[str, list[Job]] = {}
    for job, error in sorted(jobs.items(), key=lambda lost: lost[0].title):
        by_kind.setdefault(type(error).__name__, []).append(job)
    problems = []
    for kind, (first, *others) in by_kind.items():
        more = f", nor could {len(others)} more" if others else ""
        reason = ": ".join([kind, *str(jobs[first]).splitlines()[:1]])
        message = f"{first.title} could not be run{more}: the executor failed with {reason}; what has finished is kept"
        problems.append(Problem(first.file, 1, message))
    return problems


def run(
    source: Source,
    store: Store,
    report: Report = lambda text: None,
    *,
    executor: Executor | None = None,
    workers: int | None = None,
    only: tuple[str, ...] | None = None,
    stored: bool = False,
) -> Results:
    """Run everything, or the snippets and labs that `only` names.

    Args:
        stored: run nothing; a job without a stored result is a problem.

    Raises:
        ProblemsFound: a job failed; nothing about it was stored.
    """
    runner = Runner(source, store, report, executor, workers, stored)
    claims: dict[str, list[Claim]] = {name: [] for name in source.snippets}
    for claim in source.claims.values():
        claims[claim.snippet].append(claim)
    snippets = {name: s for name, s in source.snippets.items() if only is None or name in only}
    first = {name: snippet_job(source, snippet, claims[name]) for name, snippet in snippets.items()}
    labs = {name: job for name, job in lab_jobs(source).items() if only is None or name in only}
    theory = theory_job(source)
    shifted: dict[str, list[Job]] = {}

    def follow(job: Job, result: Run) -> list[Job]:
        """The other seeds of a snippet that turned out to draw random numbers."""
        if job.shift or not result.seeded or not job.expressions or first.get(job.name) != job:
            return []
        snippet = snippets[job.name]
        shifted[job.name] = [snippet_job(source, snippet, claims[job.name], k) for k in range(1, snippet.seeds)]
        return shifted[job.name]

    results, problems = runner.execute([theory, *first.values(), *labs.values()], follow)
    if problems:
        raise ProblemsFound(problems)
    return Results(
        snippets={name: results[job] for name, job in first.items()},
        seeds={name: tuple(results[j].values for j in (job, *shifted.get(name, []))) for name, job in first.items()},
        labs={name: results[job] for name, job in labs.items()},
        theory=results[theory].values,
        ran=tuple(runner.ran),
        used=frozenset(runner.used),
        costs=costs(results, frozenset(runner.ran)),
    )


def costs(results: dict[Job, Run], ran: frozenset[str]) -> tuple[Cost, ...]:
    """What the jobs of each name took together; `ran` has the titles of those that were not stored."""
    by_name: dict[str, list[Job]] = {}
    for job in sorted(results, key=lambda job: (job.name, job.shift)):
        by_name.setdefault(job.name, []).append(job)
    return tuple(
        Cost(
            name=name,
            seconds=sum(results[job].seconds for job in jobs),
            first=results[jobs[0]].seconds,
            peak=max(results[job].peak for job in jobs),
            jobs=len(jobs),
            ran=sum(job.title in ran for job in jobs),
        )
        for name, jobs in by_name.items()
    )


def share(source: Source, store: Store, number: int, of: int) -> tuple[str, ...]:
    """Names of the snippets and labs that one of several machines runs, balanced by recorded durations.

    Args:
        number: which share, from 1.
    """
    durations, seeds = Durations(store), {name: snippet.seeds for name, snippet in source.snippets.items()}
    known = {name: durations.of(name) for name in (*seeds, *source.labs)}
    costs = {name: mean(took.values()) * (seeds[name] if len(took) > 1 else 1) for name, took in known.items() if took}
    # What never ran may be anything: as much as the others in the middle.
    costs = dict.fromkeys(known, median(costs.values()) if costs else 1.0) | costs
    shares: list[tuple[float, list[str]]] = [(0.0, []) for _ in range(of)]
    for name in sorted(costs, key=lambda name: (-costs[name], name)):
        lightest = min(range(of), key=lambda k: (shares[k][0], k))
        load, names = shares[lightest]
        shares[lightest] = (load + costs[name], [*names, name])
    return tuple(sorted(shares[number - 1][1]))


@contextmanager
def cluster(address: str) -> Iterator[Executor]:
    """An executor on a Dask cluster whose scheduler listens at `address`.

    Raises:
        ProblemsFound: Dask is not installed, or nothing answers there.
    """
    try:
        import distributed
    except ImportError:
        raise ProblemsFound(
            [Problem(SETTINGS, 1, "EXHIBITS_SCHEDULER needs Dask: pip install exhibits[dask]")]
        ) from None
    for name in ("distributed", "distributed.client"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what is lost, each job tells; not twice, with a traceback
    try:
        client = distributed.Client(address, timeout=10)
    except OSError as error:
        raise ProblemsFound([Problem(SETTINGS, 1, f"no Dask scheduler at {address}: {error}")]) from None
    with client:
        # pure=False: a job that failed for its machine's sake must run again, not be remembered.
        yield client.get_executor(pure=False, retries=2)


def interruptible() -> None:
    """Let SIGTERM end this process as Ctrl-C does: with its children."""

    def end(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, end)
        signal.signal(signal.SIGINT, end)  # a shell starts background jobs with this signal ignored
    if sys.platform != "win32":
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)
