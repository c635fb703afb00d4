"""The inside of one snippet's process. Importing this module is what the fork server preloads."""

from __future__ import annotations

import json
import linecache
import math
import os
import re
import resource
import sys
import time
import traceback
from pathlib import Path

import matplotlib.pyplot as plt
import torch
import torch._dynamo  # noqa: F401  (torch imports it at the first optimiser step: a second per process)

from exhibits import figures
from exhibits.cache import SEED_STRIDE, Job


class Failure(Exception):
    """A snippet's failure: line and message."""

    def __init__(self, line: int, message: str):
        super().__init__(message)
        self.line = line


def execute(job: Job, folder: str) -> None:
    """Run `job` in this process and write `result.json` into `folder`.

    The result holds stdout, figures, values by expression, whether the script set a seed, seconds
    of its own compute and peak memory in MiB; or, after a failure, its line and message.
    """
    out, err, work = (Path(folder) / part for part in ("stdout", "stderr", "work"))
    work.mkdir()
    os.chdir(work)
    for stream, path in ((1, out), (2, err)):
        os.dup2(os.open(path, os.O_CREAT | os.O_WRONLY), stream)
    try:
        result = _run(job)
        sys.stdout.flush()
        sys.stderr.flush()
        result["stdout"] = out.read_text("utf-8")
        _inspect(job, result, err.read_text("utf-8"), work)
    except Failure as failure:
        result = {"line": failure.line, "failure": str(failure)}
    (Path(folder) / "result.json").write_text(json.dumps(result), "utf-8")


def _run(job: Job) -> dict:
    torch.set_num_threads(1)
    figures.apply_style()
    plt.show = lambda *args, **kwargs: None
    seeds = []
    original = torch.manual_seed

    def manual_seed(seed: int) -> torch.Generator:
        seeds.append(seed)
        return original(seed + SEED_STRIDE * job.shift)

    torch.manual_seed = torch.random.manual_seed = manual_seed
    # Warnings quote their line; without this they would open the file, which _guard forbids.
    linecache.cache[job.file] = (len(job.source), None, job.source.splitlines(True), job.file)
    if job.root:
        _guard(job.root)
    namespace = {"__name__": "__main__", "__file__": job.file}
    started = time.perf_counter()
    try:
        exec(compile(job.source, job.file, "exec"), namespace)
    except SyntaxError as error:
        raise Failure(error.lineno or 1, f"{type(error).__name__}: {error.msg}") from error
    except (Exception, SystemExit) as error:
        lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == job.file]
        raise Failure(lines[-1] if lines else 1, f"{type(error).__name__}: {error}") from error
    for axes in [axes for number in plt.get_fignums() for axes in plt.figure(number).axes]:
        if labels := figures.alike(axes):
            raise Failure(1, f"lines differ by colour alone, give them markers or dashes: {', '.join(labels)}")
    drawings = figures.draw(job.name)
    seconds = time.perf_counter() - started
    values = {}
    for expression in job.measured:
        try:
            values[expression] = float(eval(expression, namespace))
        except Exception as error:
            raise Failure(1, f"cannot evaluate “{expression}”: {type(error).__name__}: {error}") from error
        if not math.isfinite(values[expression]) and "nan" not in job.allow:
            raise Failure(1, f"“{expression}” is {values[expression]}")
    unit = 2**20 if sys.platform == "darwin" else 2**10  # getrusage counts bytes there, KiB elsewhere
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
    return {"figures": drawings, "values": values, "seeded": bool(seeds), "seconds": seconds, "peak": peak}


def _inspect(job: Job, result: dict, stderr: str, work: Path) -> None:
    """Raise Failure for what went wrong without an exception."""
    if stderr and "stderr" not in job.allow:
        at = re.search(rf"{re.escape(job.file)}:(\d+)", stderr)
        raise Failure(int(at[1]) if at else 1, f"wrote to stderr: {stderr.strip().splitlines()[0]}")
    bad = re.search(r"(?<![\w-])-?(nan|inf)\b", result["stdout"])
    if bad and "nan" not in job.allow:
        line = result["stdout"][: bad.start()].count("\n") + 1
        raise Failure(1, f"printed {bad[0]} on line {line} of its output")
    left = sorted(path.name for path in work.iterdir())
    if left:
        raise Failure(1, f"left files behind: {', '.join(left)}")


def _guard(root: str) -> None:
    """Forbid what the cache key could not know: the network, and files of this project."""

    def hook(event: str, args: tuple) -> None:
        if event == "socket.connect":
            raise PermissionError("a snippet must not use the network")
        if event == "open" and isinstance(args[0], str):
            path = os.path.abspath(args[0])
            own = path.startswith(root + os.sep) and not path.startswith((sys.prefix + os.sep, os.getcwd() + os.sep))
            if own:
                raise PermissionError(f"a snippet must stand alone, but this one opens {os.path.relpath(path, root)}")

    sys.addaudithook(hook)
