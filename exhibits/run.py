"""Execute jobs: a fresh process each, in parallel, with a time limit, only where no result is stored."""

from __future__ import annotations

import json
import multiprocessing as mp
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import wait
from pathlib import Path

from exhibits.cache import SEED_STRIDE, Cache, Job
from exhibits.project import Problem, ProblemsFound, Project, Snippet

SEEDS = 8  # the seed that readers see and seven shifted ones
MEMORY_LIMIT = 1024  # MiB
KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "SYSTEMROOT")
FIXED = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "PYTHONHASHSEED": "0", "PYTHONUTF8": "1"}


@contextmanager
def clean_environment(more: dict[str, str] | None = None) -> Iterator[None]:
    """Only variables that no result depends on, fixed ones, and `more`."""
    saved = dict(os.environ)
    os.environ.clear()
    os.environ.update({name: saved[name] for name in KEPT if name in saved} | FIXED)
    # Children must find this package wherever the command was started.
    os.environ["PYTHONPATH"] = str(Path(__file__).resolve().parent.parent)
    os.environ.update(more or {})
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(saved)


def _enter(job: Job, folder: str) -> None:
    # Imported here, so that the parent process, which only schedules, never loads torch.
    from exhibits import worker

    worker.execute(job, folder)


@dataclass
class _Running:
    job: Job
    process: mp.Process
    folder: str
    deadline: float


def execute(jobs: list[Job], cache: Cache, report=lambda text: None) -> tuple[dict[Job, dict], list[Problem]]:
    """Results of all jobs, from `cache` where it has them, and the problems of those that failed.

    Args:
        report: called with one line of progress after each job that ran.
    """
    results = {job: stored for job in jobs if (stored := cache.get(cache.key(job))) is not None}
    durations = cache.get("durations") or {}
    # A job never seen before may be long: first.
    waiting = sorted((j for j in jobs if j not in results), key=lambda j: durations.get(j.name, 1e9))
    running: list[_Running] = []
    problems: list[Problem] = []
    total, started = len(waiting), time.monotonic()
    if waiting:
        context = mp.get_context("forkserver")
        context.set_forkserver_preload(
            ["exhibits.worker"] + ["sklearn.datasets"] * any("sklearn" in job.source for job in waiting)
        )
    while waiting or running:
        while waiting and len(running) < (os.cpu_count() or 1):
            running.append(_start(context, waiting.pop()))
        limit = min(r.deadline for r in running) - time.monotonic()
        wait([r.process.sentinel for r in running], timeout=max(limit, 0))
        for entry in [r for r in running if not r.process.is_alive() or time.monotonic() > r.deadline]:
            running.remove(entry)
            outcome = _finish(entry)
            if isinstance(outcome, Problem):
                problems.append(outcome)
            else:
                results[entry.job] = outcome
                durations[entry.job.name] = outcome["seconds"]
                cache.put(cache.key(entry.job), outcome)
            done = total - len(waiting) - len(running)
            seed = f" seed {entry.job.shift}" if entry.job.shift else ""
            verdict = "failed" if isinstance(outcome, Problem) else f"{outcome['seconds']:.1f} s"
            report(f"  [{done}/{total}, {time.monotonic() - started:.0f} s] {entry.job.name}{seed} {verdict}")
    if total:
        cache.put("durations", durations)
    return results, problems


def _start(context, job: Job) -> _Running:
    folder = tempfile.mkdtemp(prefix="exhibit-")
    process = context.Process(target=_enter, args=(job, folder), daemon=True)
    with clean_environment():
        process.start()
    return _Running(job, process, folder, time.monotonic() + job.time_limit)


def _finish(entry: _Running) -> dict | Problem:
    """The result of a job that ended or ran out of time."""
    job, process = entry.job, entry.process
    timed_out = process.is_alive()
    if timed_out:
        process.kill()
    process.join()
    try:
        result = json.loads((Path(entry.folder) / "result.json").read_text("utf-8"))
    except FileNotFoundError:
        result = {"line": 1, "failure": f"ended without a result (exit code {process.exitcode})"}
    finally:
        shutil.rmtree(entry.folder, ignore_errors=True)
    seed = f"with its seeds shifted by {SEED_STRIDE * job.shift}: " if job.shift else ""
    if timed_out:
        return Problem(job.file, 1, f"{seed}still running after its time limit of {job.time_limit:g} s")
    if "failure" in result:
        return Problem(job.file, result["line"], seed + result["failure"])
    if result["peak"] > MEMORY_LIMIT:
        return Problem(job.file, 1, f"used {result['peak']:.0f} MiB, more than {MEMORY_LIMIT}")
    return result


def snippet_job(project: Project, snippet: Snippet, shift: int = 0) -> Job:
    """What readers see for shift 0; the computation alone under a shifted seed."""
    return Job(
        name=snippet.name,
        file=project.relative(snippet.path),
        source=snippet.computation if shift else snippet.source,
        measured=tuple(sorted({claim.measured for claim in snippet.claims})),
        shift=shift,
        allow=snippet.allow,
        time_limit=snippet.time_limit,
        root=str(project.root),
    )


def theory_job(project: Project) -> Job:
    """Every claim's theory, evaluated in the namespace of theory.py and nothing else."""
    path = Path(__file__).with_name("theory.py")
    expressions = {claim.theory for claim in project.claims.values() if claim.theory is not None}
    return Job(
        "theory", "exhibits/theory.py", path.read_text("utf-8"), tuple(sorted(expressions)), 0, frozenset(), 120.0, ""
    )


def run_project(project: Project, report=lambda text: None) -> dict:
    """Run everything and return what pages and claims need.

    Returns:
        {"runs": result by snippet, "seeds": values by snippet and seed, "theory": value by expression,
        "compute": seconds that all jobs together took}.
    Raises:
        ProblemsFound: a snippet failed; nothing about it was stored.
    """
    cache = Cache(project.cache / "runs")
    first = {name: snippet_job(project, snippet) for name, snippet in project.snippets.items()}
    theory = theory_job(project)
    results, problems = execute([*first.values(), theory], cache, report)
    # Only now is it known which snippets draw random numbers.
    shifted = {
        (name, shift): snippet_job(project, project.snippets[name], shift)
        for name, job in first.items()
        if job.measured and results.get(job, {}).get("seeded")
        for shift in range(1, SEEDS)
    }
    more, later = execute(list(shifted.values()), cache, report)
    problems += later
    if theory not in results:
        problems = [_theory_problem(project, problem) for problem in problems]
    if problems:
        raise ProblemsFound(sorted(set(problems), key=str))
    return {
        "runs": {name: results[job] for name, job in first.items()},
        "seeds": {
            name: [results[job]["values"]] + [more[j]["values"] for (n, _), j in shifted.items() if n == name]
            for name, job in first.items()
        },
        "theory": results[theory]["values"],
        "compute": sum(result["seconds"] for result in [*results.values(), *more.values()]),
    }


def _theory_problem(project: Project, problem: Problem) -> Problem:
    """A theory that cannot be evaluated belongs to the claim's own line."""
    for claim in project.claims.values():
        if claim.theory is not None and f"“{claim.theory}”" in problem.message:
            return Problem(claim.file, claim.line, f"claim {claim.id}: {problem.message}")
    return problem
