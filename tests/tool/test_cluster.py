"""Jobs on a Dask cluster of separate processes: a worker dies, the scheduler dies, a worker is of another kind."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil
import pytest

import exhibits as package
from tests.conftest import NO_CLUSTER
from tests.tool.conftest import COUNT, MEAN, edit, exhibits, files
from tests.tool.test_run import survivors, wait_for
from tests.tool.test_site import start

pytestmark = pytest.mark.slow
SOURCE = Path(package.__file__).parents[1]


@contextmanager
def process(*arguments: str, log: Path, source: Path = SOURCE):
    """One process of the cluster, ended with its children."""
    # Workers start processes of their own.
    environment = os.environ | {"PYTHONPATH": str(source), "DASK_DISTRIBUTED__WORKER__DAEMON": "False"}
    command = [sys.executable, "-m", "dask", *arguments, "--no-dashboard"]
    with log.open("w") as out:
        started = subprocess.Popen(command, stdout=out, stderr=out, env=environment, start_new_session=True)
        try:
            yield started
        finally:
            if started.poll() is None:
                os.killpg(started.pid, signal.SIGKILL)
            started.wait()


@pytest.fixture
def begin(tmp_path):
    """Starts a scheduler and workers, each with a source of the tool; gives address, scheduler and workers."""
    if NO_CLUSTER:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(NO_CLUSTER)
    with ExitStack() as stack, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        address = f"tcp://127.0.0.1:{port}"

        def begin(*sources: Path):
            log = tmp_path / "scheduler.log"
            arguments = ("scheduler", "--host", "127.0.0.1", "--port", str(port))
            scheduler = stack.enter_context(process(*arguments, log=log))
            wait_for(lambda: "Scheduler at" in log.read_text(), 60)
            workers, logs = [], [tmp_path / f"worker-{number}.log" for number, _ in enumerate(sources)]
            for source, log in zip(sources, logs, strict=True):
                arguments = ("worker", address, "--no-nanny", "--nthreads", "1", "--local-directory", str(tmp_path))
                workers.append(stack.enter_context(process(*arguments, log=log, source=source)))
            for log in logs:
                wait_for(lambda log=log: "Registered to" in log.read_text(), 60)
            return address, scheduler, workers

        yield begin


def waiting(folder: Path) -> Callable[[], list[int]]:
    """Let every throw of the mean leave its process' number and wait until a file is there; gives the numbers."""
    signs = folder.parent / "signs"
    signs.mkdir()
    wait = f"import os, time\nopen({str(signs)!r} + f'/{{os.getpid()}}', 'w').close()\n"
    wait += f"while not os.path.exists({str(signs)!r} + '/go'):\n    time.sleep(0.05)\nthrows = ["
    edit(folder, MEAN, "throws = [", wait)
    return lambda: [int(path.name) for path in signs.iterdir() if path.name != "go"]


def test_a_job_of_a_killed_worker_runs_elsewhere(begin, dice):
    address, _, workers = begin(SOURCE, SOURCE)
    numbers = waiting(dice)
    with start("run", cwd=dice, env=os.environ | {"EXHIBITS_SCHEDULER": address}) as running:
        (first,) = wait_for(numbers, 60)
        job = psutil.Process(first)
        holders = {parent.pid for parent in job.parents()}
        (killed,) = [worker for worker in workers if worker.pid in holders]
        killed.kill()
        wait_for(lambda: len(numbers()) == 2, 60)
        (dice.parent / "signs/go").touch()
        out, err = running.communicate(timeout=120)
    assert (running.returncode, err) == (0, ""), out + err
    assert "jobs run: 8, claims judged: 2" in out
    assert survivors([job]) == [], "the job ends with its worker"


def test_of_a_dead_scheduler_what_has_finished_is_kept_and_one_line_is_left(begin, dice):
    address, scheduler, _ = begin(SOURCE, SOURCE)
    numbers = waiting(dice)
    edit(dice, COUNT, "6 + 6", "2 * 6")
    store = dice / "build/results"
    before = {name for name in files(store) if name.startswith("run-")}
    with start("run", cwd=dice, env=os.environ | {"EXHIBITS_SCHEDULER": address}) as running:
        wait_for(numbers, 60)
        line = running.stdout.readline()  # one of two workers has counted; the other still throws
        scheduler.kill()
        out, err = running.communicate(timeout=120)
    problem, ended = (out + err).splitlines()
    assert problem.startswith(f"{MEAN}:1: throws/mean could not be run: the executor failed with CancelledError")
    assert (running.returncode, ended) == (1, "1 problem(s), nothing published")
    assert "throws/count" in line
    assert len({name for name in files(store) if name.startswith("run-")} - before) == 1, "the count was kept"


def test_a_result_of_another_environment_is_refused(begin, dice, tmp_path):
    other = Path(shutil.copytree(SOURCE, tmp_path / "other"))
    edit(other, "exhibits/worker.py", "", "# another version of the tool\n")
    address, *_ = begin(other)
    edit(dice, COUNT, "6 + 6", "2 * 6")
    result = exhibits("run", cwd=dice, env=os.environ | {"EXHIBITS_SCHEDULER": address})
    assert (result.returncode, result.stderr) == (1, "1 problem(s), nothing published\n")
    assert result.stdout.splitlines()[-1].startswith(f"{COUNT}:1: was run in another environment than this one")
