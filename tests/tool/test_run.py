"""What runs again and what does not, what a key knows, and what is left when a run is killed."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from types import SimpleNamespace

import msgspec
import psutil
import pytest
from msgspec.structs import replace

from exhibits import run as run_module
from exhibits import store as store_module
from exhibits.model import Generator, Job, Limits, Part, ProblemsFound, Run, Setup
from exhibits.run import Durations, cluster, lab_jobs, run, share, snippet_job, start_server, theory_job
from exhibits.source import RunSettings, read
from exhibits.store import Store, key, write_whole
from tests.tool.conftest import CLAIMS, COUNT, INDEX, LAB, MEAN, edit, exhibits, files, problems, write

SEEDS = [f"throws/mean seed {k}" for k in range(1, 8)]
MOMENTS = "theory/moments.py"
EVERYTHING = sorted(["labs/two", "theory", "throws/count", "throws/mean", *SEEDS])


def results(folder, **options):
    return run(read(folder), Store(folder / "build/results"), **options)


def ran(folder) -> list[str]:
    return sorted(results(folder).ran)


# What is edited, and the jobs that run then.
EDITS = {
    "prose": (INDEX, "A fair die", "One fair die", []),
    "prose of a lab": (LAB, "An expectation adds.", 'It adds.\\n",\n    "\\n",\n    "More.', []),
    "words of a claim": (CLAIMS, "A fair die shows", "Any fair die shows", []),
    "tolerance": (CLAIMS, "abs_tol = 0.2", "abs_tol = 0.3", []),
    "palette": ("exhibits.toml", '"#0072b2"', '"#0072b3"', []),
    "macros": ("exhibits.toml", "mathbb", "mathrm", []),
    "preload": ("exhibits.toml", 'preload = ["matplotlib.pyplot"]', "preload = []", []),
    "style": ("exhibits.toml", "[macros]", '[run.style]\n"font.size" = "11"\n\n[macros]', ["labs/two", "throws/mean"]),
    "plotting": (MEAN, "running mean", "running", ["throws/mean"]),
    "one snippet": (COUNT, "faces = 6 + 6", "faces = 2 * 6", ["throws/count"]),
    "a snippet with seeds": (MEAN, "2000", "2001", ["throws/mean", *SEEDS]),
    "measured": (CLAIMS, 'measured = "mean"', 'measured = "mean + 0"', ["throws/mean", *SEEDS]),
    "measured without seeds": (CLAIMS, 'measured = "faces"', 'measured = "faces + 0"', ["throws/count"]),
    "steps": (CLAIMS, 'measured = "mean"', 'measured = "mean"\nsteps = "len(throws)"', ["throws/mean", *SEEDS]),
    "theory of a claim": (CLAIMS, '"2 * 6"', '"6 + 6"', ["theory"]),
    "rival": (CLAIMS, '"one die" = "6"', '"one die" = "7"', ["theory"]),
    "theory": ("theory/moments.py", "(faces + 1) / 2", "(1 + faces) / 2", ["theory"]),
    "lab": (LAB, "2 * 3.5", "3.5 * 2", ["labs/two"]),
    "more seeds": (CLAIMS, "", "\n[snippet.mean]\nseeds = 9\n", ["throws/mean seed 8"]),
    "limits of one": (CLAIMS, "", "\n[snippet.count]\nmemory = 400\n", ["throws/count"]),
    "variables": ("exhibits.toml", "[site]", '[run.variables]\nX = "1"\n[site]', EVERYTHING),
    "limits": ("exhibits.toml", "memory = 512", "memory = 513", sorted(set(EVERYTHING) - {"theory"})),
    "libraries": ("exhibits.toml", '["matplotlib"]', '["matplotlib", "msgspec"]', EVERYTHING),
}


@pytest.mark.parametrize("case", EDITS)
def test_an_edit_runs_what_it_changes_and_nothing_else(case, dice):
    file, old, new, jobs = EDITS[case]
    edit(dice, file, old, new)
    assert ran(dice) == jobs
    assert ran(dice) == []


def test_nothing_changed_runs_nothing(dice):
    before = files(dice / "build/results")
    assert ran(dice) == [] and files(dice / "build/results") == before


def test_jobs_that_draw_find_what_writes_figures_imported(draft):
    edit(draft, COUNT, "", "\nimport sys\n\nassert any(name.endswith('backend_svg') for name in sys.modules)\n")
    ran = exhibits("run", "throws/count", "throws/mean", cwd=draft)
    assert ran.returncode == 0, ran.stdout


def test_everything_runs_once_in_an_empty_store_and_gives_the_same(dice):
    first = results(dice)
    (dice / "build/results").rename(dice / "aside")
    lines = []
    again = results(dice, report=lines.append)
    assert sorted(again.ran) == EVERYTHING and len(lines) == len(EVERYTHING)
    assert [a.outputs for a in again.snippets.values()] == [a.outputs for a in first.snippets.values()]
    assert again.seeds == first.seeds and again.theory == first.theory and again.used == first.used
    assert len({values["mean"] for values in again.seeds["throws/mean"]}) > 4
    assert len(again.seeds["throws/count"]) == 1
    assert again.compute > max(found.seconds for found in again.snippets.values()) > 0


def test_jobs_run_on_any_executor(dice):
    edit(dice, COUNT, "6 + 6", "2 * 6")
    with ThreadPoolExecutor(1) as executor:
        assert results(dice, executor=executor).ran == ("throws/count",)


class Elsewhere(ThreadPoolExecutor):
    """An executor whose jobs tell of another environment."""

    def submit(self, *arguments):
        future = super().submit(*arguments)
        result = replace(future.result(), environment="another")
        future = Future()
        future.set_result(result)
        return future


def test_a_result_of_another_environment_is_refused_and_not_stored(dice):
    edit(dice, COUNT, "6 + 6", "2 * 6")
    with Elsewhere(1) as executor:
        (found,) = problems(lambda: results(dice, executor=executor))
    assert found.startswith(f"{COUNT}:1: was run in another environment than this one: same Python, libraries")
    assert ran(dice) == ["throws/count"]


class Dying(ThreadPoolExecutor):
    """An executor that dies after its first job; what is submitted then is refused, what was is lost."""

    left = 1

    def submit(self, *arguments):
        self.left -= 1
        if self.left >= 0:
            return super().submit(*arguments)
        future = Future()
        future.set_exception(ConnectionError("no scheduler left\nand much more"))
        return future


def test_a_dying_executor_is_one_problem_and_what_has_finished_is_kept(dice):
    edit(dice, COUNT, "6 + 6", "2 * 6")
    edit(dice, MEAN, "2000", "2001")
    edit(dice, LAB, "2 * 3.5", "3.5 * 2")
    known(Store(dice / "build/results"), mean=dict.fromkeys(range(8), 2.0), count={0: 1.0}, two={0: 1.0})
    with Dying(1) as executor:
        (found,) = problems(lambda: results(dice, executor=executor))
    assert re.match(r"\S+:1: \S+ could not be run, nor could 8 more: the executor failed with ConnectionError: ", found)
    assert found.endswith(": no scheduler left; what has finished is kept")
    assert ran(dice) == ["labs/two", "throws/count", *SEEDS], "the longest had begun first, and finished"


def test_an_executor_that_takes_no_more_jobs(dice):
    edit(dice, MEAN, "2000", "2001")

    class Closing(ThreadPoolExecutor):
        def submit(self, *arguments):
            future = super().submit(*arguments)
            self.shutdown()
            return future

    (found,) = problems(lambda: results(dice, executor=Closing(1)))
    assert found.startswith(
        f"{MEAN}:1: throws/mean seed 1 could not be run, nor could 6 more: the executor failed with RuntimeError: "
    )
    assert ran(dice) == SEEDS


@pytest.mark.slow
def test_jobs_run_in_a_pool_of_processes(dice):
    (dice / "build/results").rename(dice / "aside")
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as executor:
        found = results(dice, executor=executor)
    assert sorted(found.ran) == EVERYTHING
    here = results(dice)
    assert here.ran == () and here.seeds == found.seeds, "the environment is the same one"


def test_threads_of_one_process_start_its_server_one_at_a_time(dice, monkeypatch):
    (dice / "build/results").rename(dice / "aside")
    started = []

    def start(*arguments):
        started.append(arguments)
        time.sleep(0.2)
        start_server(*arguments)

    monkeypatch.setattr(run_module, "start_server", start)
    run_module._environment_here.cache_clear()
    with ThreadPoolExecutor(4) as executor:
        assert sorted(results(dice, executor=executor).ran) == EVERYTHING
    assert len(started) == 1


def known(store: Store, **seconds: dict[int, float]) -> None:
    """Durations of jobs by shift, for throws/mean, throws/count and labs/two."""
    names = {"mean": "throws/mean", "count": "throws/count", "two": "labs/two"}
    for name, by_shift in seconds.items():
        titles = {Job(names[name], "", (), shift=shift).title: value for shift, value in by_shift.items()}
        store.put(Durations.key(names[name]), titles)


def test_shares_are_disjoint_complete_and_balanced(dice):
    source, store = read(dice), Store(dice / "build/results")
    known(store, mean=dict.fromkeys(range(8), 1.0), count={0: 5.0}, two={0: 2.0})
    assert share(source, store, 1, 1) == ("labs/two", "throws/count", "throws/mean")
    shares = [share(source, store, k, 2) for k in (1, 2)]
    assert shares == [("throws/mean",), ("labs/two", "throws/count")], (
        "count draws nothing: it runs under no other seed"
    )
    shares = [share(source, store, k, 4) for k in (1, 2, 3, 4)]
    assert shares == [("throws/mean",), ("throws/count",), ("labs/two",), ()]


def test_what_never_ran_weighs_as_much_as_the_others_in_the_middle(dice):
    source, store = read(dice), Store(dice / "build/results")
    (store.folder / Durations.key("throws/count")).unlink()
    known(store, mean={0: 0.05, 1: 0.05}, two={0: 0.3})
    assert [share(source, store, k, 2) for k in (1, 2)] == [("throws/mean",), ("labs/two", "throws/count")]
    for path in store.folder.glob("seconds-*"):
        path.unlink()
    assert [len(share(source, store, k, 2)) for k in (1, 2)] == [2, 1]


def test_durations_are_of_each_job_and_forget_seeds_that_are_no_more(dice):
    store = Store(dice / "build/results")
    assert sorted(Durations(store).of("throws/mean")) == ["throws/mean", *SEEDS]
    assert list(Durations(store).of("throws/count")) == ["throws/count"]
    edit(dice, MEAN, "throws = [random.randint(1, 6) for _ in range(2000)]", "throws = [3, 4] * 50")
    edit(dice, MEAN, "random.seed(1)\n", "")
    assert ran(dice) == ["throws/mean"]
    assert list(Durations(store).of("throws/mean")) == ["throws/mean"]


def test_an_empty_share_runs_nothing_but_the_theory(dice):
    (dice / "build/results").rename(dice / "aside")
    assert results(dice, only=()).ran == ("theory",)


def test_what_no_shard_produced_is_named_and_not_run(dice):
    assert results(dice, stored=True).ran == ()
    edit(dice, CLAIMS, "", "\n[snippet.mean]\nseeds = 9\n")
    edit(dice, COUNT, "6 + 6", "2 * 6")
    absent = "no stored result of {}: no machine ran it, or only in another environment than this one"
    assert problems(lambda: results(dice, stored=True)) == [
        f"{COUNT}:1: {absent.format('throws/count')}",
        f"{MEAN}:1: {absent.format('throws/mean seed 8')}",
    ]
    assert ran(dice) == ["throws/count", "throws/mean seed 8"]


def test_a_cluster_that_does_not_answer_is_one_problem(monkeypatch):
    def refuse(address, timeout):
        raise OSError("timed out")

    monkeypatch.setitem(sys.modules, "distributed", SimpleNamespace(Client=refuse))
    message = "exhibits.toml:1: no Dask scheduler at tcp://nowhere:1: timed out"
    with pytest.raises(ProblemsFound, match=message), cluster("tcp://nowhere:1"):
        pass
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ProblemsFound, match="needs Dask: pip install"), cluster("tcp://nowhere:1"):
        pass


def test_a_clusters_executor_takes_jobs(dice, monkeypatch):
    class Client:
        def __init__(self, address, timeout):
            assert address == "tcp://dice:1"

        __enter__ = lambda self: self  # noqa: E731
        __exit__ = lambda self, *error: None  # noqa: E731

        def get_executor(self, pure, retries):
            assert pure is False and retries
            return ThreadPoolExecutor(1)

    monkeypatch.setitem(sys.modules, "distributed", SimpleNamespace(Client=Client))
    edit(dice, COUNT, "6 + 6", "2 * 6")
    with cluster("tcp://dice:1") as executor:
        assert results(dice, executor=executor).ran == ("throws/count",)


def test_named_snippets_run_alone(dice):
    edit(dice, COUNT, "6 + 6", "2 * 6")
    edit(dice, MEAN, "2000", "2001")
    edit(dice, LAB, "2 * 3.5", "3.5 * 2")
    found = results(dice, only=("throws/count",))
    assert found.ran == ("throws/count",) and list(found.snippets) == ["throws/count"] and found.labs == {}


def test_a_shifted_seed_draws_nothing_and_sees_no_plotting(dice):
    source = read(dice)
    first, second = (snippet_job(source, source.snippets["throws/mean"], [], shift) for shift in (0, 1))
    assert "plt.show" in first.parts[0].code and first.setup.style
    assert "plt.show" not in second.parts[0].code and second.setup.style == () and second.title == "throws/mean seed 1"
    assert snippet_job(source, source.snippets["throws/count"], []).setup.style == ()
    assert theory_job(source).setup.style == () and theory_job(source).setup.modules
    assert lab_jobs(source)["labs/two"].setup.style and lab_jobs(source)["labs/two"].echo


def test_a_failure_is_not_stored_and_all_come_at_once(dice):
    edit(dice, COUNT, "faces = 6 + 6", "1 / 0")
    edit(dice, MEAN, "random.seed(1)", "random.sed(1)")
    edit(dice, LAB, "2 * 3.5", "2 / 0")
    edit(dice, CLAIMS, "expectation(6)", "expectatio(6)")
    for _ in range(2):
        assert problems(lambda: results(dice)) == [
            f"{LAB}:25: ZeroDivisionError: division by zero",
            f"{CLAIMS}:2: claim mean-throw: cannot evaluate “expectatio(6)”: "
            "NameError: name 'expectatio' is not defined",
            f"{COUNT}:3: ZeroDivisionError: division by zero",
            f"{MEAN}:7: AttributeError: module 'random' has no attribute 'sed'",
        ]


def test_a_claim_on_an_unknown_variable_is_told_at_the_claim(dice):
    edit(dice, CLAIMS, 'measured = "faces"', 'measured = "face"')
    message = "claim both-dice: cannot evaluate “face”: NameError: name 'face' is not defined"
    assert problems(lambda: results(dice)) == [f"{CLAIMS}:13: {message}"]


def test_a_failure_under_another_seed_says_so(dice):
    edit(dice, MEAN, "throws = [", "assert random.getstate()[1][0] == 2147483648 and random.random() < 0.2\nthrows = [")
    found = problems(lambda: results(dice))
    assert all(f"{MEAN}:8: with its seeds shifted by " in one for one in found)
    assert found and "AssertionError" in found[0]


def test_an_unseeded_snippet_fails(dice):
    edit(dice, MEAN, "random.seed(1)\n", "")
    (found,) = problems(lambda: results(dice))
    assert found.startswith(f"{MEAN}:1: draws random numbers of random without a seed: seed it with random.seed first")


JOB = Job("a/b", "a/b.py", (Part("x = 1\n"),), expressions=("x",), shift=1)
CHANGES = {
    "name": replace(JOB, name="a/c"),
    "code": replace(JOB, parts=(Part("x = 2\n"),)),
    "parts": replace(JOB, parts=(Part("x = 1\n"), Part(""))),
    "expressions": replace(JOB, expressions=("x", "y")),
    "an expression for a part": replace(JOB, parts=(*JOB.parts, Part("x")), expressions=()),
    "shift": replace(JOB, shift=2),
    "echo": replace(JOB, echo=True),
    "allow": replace(JOB, allow=("nan",)),
    "seconds": replace(JOB, limits=Limits(seconds=1)),
    "memory": replace(JOB, limits=Limits(memory=1)),
    "output": replace(JOB, limits=Limits(output=1)),
    "processes": replace(JOB, limits=Limits(processes=2)),
    "generators": replace(JOB, setup=Setup(generators=(Generator("x"),))),
    "refused": replace(JOB, setup=Setup(refused=("x",))),
    "stride": replace(JOB, setup=Setup(stride=1001)),
    "modules": replace(JOB, setup=Setup(modules=(("x", "y"),))),
    "style": replace(JOB, setup=Setup(style=(("x", "y"),))),
    "sizes": replace(JOB, setup=Setup(sizes=((4.0, 3.0),))),
    "variables": replace(JOB, setup=Setup(variables=(("x", "y"),))),
}
NO_CHANGES = {
    "where it stands": replace(JOB, parts=(Part("x = 1\n", 9),)),
    "file": replace(JOB, file="c"),
    "root": replace(JOB, root="/elsewhere"),
}


def test_a_key_knows_every_part_of_a_job_that_can_change_its_result_and_no_other():
    assert len({key(job, "e") for job in (JOB, *CHANGES.values())}) == 1 + len(CHANGES)
    assert {key(job, "e") for job in NO_CHANGES.values()} == {key(JOB, "e")} != {key(JOB, "f")}
    first = replace(JOB, shift=0)
    assert key(first, "e") == key(replace(first, setup=Setup(stride=7)), "e"), "no stride where nothing is shifted"
    assert set(Job.__struct_fields__) == {
        "name", "file", "parts", "expressions", "shift", "echo", "allow", "limits", "setup", "root"
    }, "a new field: say here whether the key knows it"  # fmt: skip
    assert set(Setup.__struct_fields__) == {
        "generators", "refused", "stride", "modules", "style", "sizes", "variables"
    }  # fmt: skip


def test_another_record_of_a_library_changes_every_key(dice, monkeypatch):
    real = store_module.distribution

    class Other:
        def __init__(self, name):
            self.version, self.name = real(name).version, name

        def read_text(self, file):
            return real(self.name).read_text(file) + "one more file,,\n"

    monkeypatch.setattr(store_module, "distribution", Other)
    assert ran(dice) == EVERYTHING


def test_another_version_of_a_library_or_none_changes_the_environment(tmp_path, monkeypatch):
    store = Store(tmp_path)
    seen = {store.environment(RunSettings(libraries=names)) for names in ((), ("msgspec",), ("no-such-library",))}
    monkeypatch.setattr(store_module, "_record", lambda name: "1.0 abc")
    seen.add(store.environment(RunSettings(libraries=("msgspec",))))
    assert len(seen) == 4


def test_the_tool_itself_is_in_every_key(tmp_path, monkeypatch):
    before = Store(tmp_path).environment(RunSettings())
    monkeypatch.setattr(store_module, "MODULES_IN_KEY", ("run.py",))
    assert Store(tmp_path).environment(RunSettings()) != before


PROBE = RunSettings(probe="os.getenv('DICE_X')")


def test_the_probe_runs_in_the_clean_environment_of_jobs_and_once(tmp_path, monkeypatch):
    store = Store(tmp_path)
    monkeypatch.setenv("DICE_X", "1")
    environment = store.environment(PROBE)
    assert '"None"' in b"".join(files(tmp_path).values()).decode()
    monkeypatch.setattr(subprocess, "run", lambda *args, **options: pytest.fail("asked again"))
    assert store.environment(PROBE) == environment
    monkeypatch.undo()
    assert store.environment(replace(PROBE, variables={"DICE_X": "1"})) != environment
    assert '"1"' in b"".join(files(tmp_path).values()).decode()


def test_another_processor_is_probed_again(tmp_path, monkeypatch):
    store = Store(tmp_path)
    environment = store.environment(PROBE)
    monkeypatch.setattr(Store, "_probed", lambda self, run: "another")
    assert store.environment(PROBE) != environment


def test_a_probe_that_fails_is_one_problem(tmp_path):
    (found,) = problems(lambda: Store(tmp_path).environment(RunSettings(probe="os.nothing()")))
    assert found.startswith("exhibits.toml:1: cannot evaluate the probe os.nothing(): AttributeError: ")


@pytest.mark.parametrize(
    "damage", [lambda d: d[:-20], lambda d: d.replace(b"1", b"2"), lambda d: b"", lambda d: b"\xff"]
)
def test_a_damaged_entry_is_computed_again(damage, dice):
    for path in (dice / "build/results").iterdir():
        path.write_bytes(damage(path.read_bytes()))
    assert ran(dice) == EVERYTHING and ran(dice) == []


def test_an_entry_of_another_version_counts_as_absent(tmp_path):
    store = Store(tmp_path)
    store.put("key", {"other": "fields"})
    assert store.get("key", Run) is None and store.get("key", dict[str, str]) == {"other": "fields"}
    assert store.get("nothing", str) is None


def test_a_file_is_written_whole_and_an_equal_one_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "new/folder/file"
    assert write_whole(path, "text") and path.read_text() == "text"
    written = path.stat().st_mtime_ns, path.stat().st_ino
    assert not write_whole(path, b"text") and (path.stat().st_mtime_ns, path.stat().st_ino) == written
    monkeypatch.setattr(os, "replace", lambda *paths: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OSError):
        write_whole(path, "other")
    assert path.read_text() == "text" and list(path.parent.iterdir()) == [path]


def test_what_no_build_used_for_two_weeks_is_dropped(tmp_path):
    store, now, day = Store(tmp_path), time.time(), 86400
    for name, age in {"used": 30, "fresh": 0, "recent": 13, "old": 15}.items():
        store.put(name, 1)
        os.utime(tmp_path / name, (now - age * day, now - age * day))
    os.utime(tmp_path / "fresh", (now - 60, now - 60))
    store.prune({"used", "fresh"})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["fresh", "recent", "used"]
    store.put("new", 1)
    store.prune({"used"}, keep_days=0)
    assert [path.name for path in tmp_path.iterdir()] == ["used"]
    store.put("fresh", 1)
    os.utime(tmp_path / "fresh", (now - 60, now - 60))
    store.prune({"used", "fresh"})
    assert now - (tmp_path / "used").stat().st_mtime < day, "used today"
    assert now - (tmp_path / "fresh").stat().st_mtime >= 60, "not touched again on the same day"


def test_variables_of_this_shell_reach_no_job(dice):
    edit(dice, COUNT, 'print("faces", faces)', "import os\nprint(sorted(os.environ))")
    edit(dice, "exhibits.toml", "[site]", '[run.variables]\nDICE = "1"\n[site]')
    result = exhibits("run", "throws/count", cwd=dice, env=os.environ | {"SECRET": "1", "MPLBACKEND": "nonsense"})
    (line,) = [line for line in result.stdout.splitlines() if line.startswith("+[")]
    seen = set(json.loads(line[1:].replace("'", '"')))
    assert {"DICE", "PATH", "PYTHONUTF8"} <= seen <= {"DICE", "PATH", "PYTHONUTF8", "HOME", "LANG", "LC_CTYPE"}


@pytest.mark.slow
def test_no_job_imports_the_program_that_started_it(dice):
    edit(
        dice,
        COUNT,
        'print("faces", faces)',
        'import sys\nprint("exhibits.cli" in sys.modules)',
    )
    script = dice.parent / "exhibits-as-pip-installs-it"
    script.write_text("import sys\nfrom exhibits.cli import main\nif __name__ == '__main__':\n    sys.exit(main())\n")
    command = [sys.executable, script, "run", "throws/count"]
    out = subprocess.run(command, cwd=dice, capture_output=True, text=True).stdout
    assert "+False" in out.splitlines()


def descendants(pid: int) -> list[psutil.Process]:
    return psutil.Process(pid).children(recursive=True)


def survivors(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Those that do not end; one that has ended counts even where nobody has asked for its exit code (a zombie)."""
    return [left for left in psutil.wait_procs(processes, timeout=10)[1] if left.status() != psutil.STATUS_ZOMBIE]


def wait_for(condition, seconds: float = 20):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.05)
    raise AssertionError("waited in vain")


def looping(folder) -> subprocess.Popen:
    """`exhibits run` with a snippet that has begun to loop."""
    sign = folder.parent / "running"
    edit(folder, COUNT, "faces = 6 + 6", f"open({str(sign)!r}, 'w').close()\nwhile True:\n    pass")
    (folder.parent / "temporary").mkdir()
    started = subprocess.Popen(
        [sys.executable, "-m", "exhibits", "run"], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, env=os.environ | {"TMPDIR": str(folder.parent / "temporary")},
    )  # fmt: skip
    wait_for(sign.exists)
    return started


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_a_killed_run_leaves_no_process(number, dice):
    with looping(dice) as running:
        children = descendants(running.pid)
        assert len(children) >= 2
        running.send_signal(number)
        out, err = running.communicate(timeout=20)
        assert survivors(children) == []
    if number != signal.SIGKILL:
        assert (running.returncode, err) == (130, "interrupted, nothing published\n")
        assert "Traceback" not in out
        assert list((dice.parent / "temporary").iterdir()) == []


def test_results_are_records_that_survive_storage(dice):
    for found in results(dice).snippets.values():
        assert msgspec.json.decode(msgspec.json.encode(found), type=Run) == found and found.environment


def test_nothing_about_a_failed_run_is_in_the_store(dice):
    write(dice, {COUNT: "import random\nrandom.random()\n"})
    before = {name for name in files(dice / "build/results") if name.startswith("run-")}
    with pytest.raises(ProblemsFound):
        results(dice)
    assert {name for name in files(dice / "build/results") if name.startswith("run-")} == before


# What a lab or the theory does that no key could know; {root} is the site's folder.
IN_LAB, IN_CLAIM = '"import random\\n"', '"2 * 6"'
REACHES = {
    "a lab opens the site's files": (LAB, IN_LAB, "\"open('{root}/exhibits.toml')\"", "opens exhibits.toml"),
    "a lab goes there first": (LAB, IN_LAB, "\"import os; os.chdir('{root}'); open('a')\"", "opens a"),
    "a lab reads data beside it": (LAB, IN_LAB, "\"open('{root}/docs/labs/x.csv')\"", "opens docs/labs/x.csv"),
    "a lab uses the network": (LAB, IN_LAB, "\"import socket; socket.getaddrinfo('a', 1)\"", "the network"),
    "a lab starts a program": (LAB, IN_LAB, "\"import os; os.system('true')\"", "start processes"),
    "a lab leaves files": (LAB, IN_LAB, "\"import random; open('x', 'w').close()\\n\"", "left files behind: x"),
    "the theory reads snippets": (MOMENTS, "", "\nopen('{root}/snippets/throws/mean.py')\n", "opens snippets/throws/m"),
    "the theory starts a program": (MOMENTS, "", "\nimport os; os.system('true')\n", "start processes"),
    "a claim starts a program": (CLAIMS, IN_CLAIM, "\"__import__('os').system('true')\"", "start processes"),
    "a claim reads snippets": (CLAIMS, IN_CLAIM, "\"len(open('{root}/mkdocs.yml').read())\"", "opens mkdocs.yml"),
}  # fmt: skip


@pytest.mark.parametrize("case", REACHES)
def test_labs_and_theory_are_guarded_as_snippets_are(case, dice):
    file, old, new, reason = REACHES[case]
    write(dice, {"docs/labs/x.csv": "1"})
    edit(dice, file, old, new.format(root=dice))
    (found,) = problems(lambda: results(dice))
    assert found.startswith(file.replace("moments", "__init__")) and reason in found


def test_what_is_killed_goes_before_the_one_that_started_it(monkeypatch):
    """Else the thread that waits for a job removes the folder of one that begins just then."""
    tree = subprocess.Popen(["sh", "-c", "sh -c 'sleep 60; true'; true"])
    here = psutil.Process(tree.pid)
    while len(line := here.children(recursive=True)) < 2:
        time.sleep(0.01)
    killed: list[int] = []

    def without_group(pid, _):
        killed.append(pid)
        raise ProcessLookupError

    monkeypatch.setattr(os, "killpg", without_group)
    processes = SimpleNamespace(Process=lambda: here, NoSuchProcess=psutil.NoSuchProcess)
    monkeypatch.setattr(run_module, "psutil", processes)
    run_module.end_children()
    tree.wait()
    assert killed == [line[1].pid, line[0].pid]
