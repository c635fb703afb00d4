"""The inside of one job's process: run its code, catch what it prints and draws, evaluate its expressions.

It knows no library but matplotlib, and that one only if the job's code imports it.
"""

from __future__ import annotations

import ast
import ctypes
import importlib.abc
import importlib.util
import io
import linecache
import math
import os
import pickle
import re
import resource
import signal
import sys
import time
import traceback
from functools import wraps
from multiprocessing import forkserver
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

import msgspec

from exhibits.model import Drawing, Failure, Generator, Job, Output, Part, Run

NOT_FINITE = re.compile(r"(?<![\w-])-?(nan|inf)\b")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
NETWORK = {"socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo"}
NETWORK |= {"socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo"}
PROCESSES = {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.forkpty"}
PR_SET_PDEATHSIG = 1  # see prctl(2): the kernel ends this process when the one that started it ends


class Failed(BaseException):
    """What went wrong, on its way out of the script's code, which may catch every Exception."""

    def __init__(self, *failures: Failure) -> None:
        super().__init__(*failures)
        self.failures = failures


def enter(job: Job, folder: str) -> None:
    """Run `job` in this process and write `result.json` into `folder`: a Run, or a list of Failures.

    `folder` also receives stdout and stderr; the job's working directory is an empty folder in it.
    """
    os.setsid()
    os.environ.pop("PYTHONPATH", None)  # it led here; the job has sys.path
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    _let_server_end()
    for limit, value in ((resource.RLIMIT_CPU, 60 + int(job.limits.seconds) * 4), (resource.RLIMIT_CORE, 0)):
        resource.setrlimit(limit, (value, value))
    out, err, work = (Path(folder) / part for part in ("stdout", "stderr", "work"))
    work.mkdir()
    os.chdir(work)
    for stream, path in ((1, out), (2, err)):
        os.dup2(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC), stream)
    try:
        result: Run | list[Failure] = _Process(job, out, err, work).run()
    except Failed as failed:
        result = list(failed.failures)
    except Exception as error:  # a setting that does not fit what is installed, say
        result = [Failure(1, f"cannot run: {type(error).__name__}: {error}")]
    (Path(folder) / "result.json").write_bytes(msgspec.json.encode(result))


def _let_server_end() -> None:
    """Drop this process's hold on the server that forked it, which else would outlive a command that was killed.

    The server ends when nobody holds the other end of its pipe, and this process ends with it.
    """
    server: Any = getattr(forkserver, "_forkserver", None)
    held = getattr(server, "_forkserver_alive_fd", None)
    if held is not None:
        os.close(held)
        server._forkserver_alive_fd = None


class _Process:
    def __init__(self, job: Job, out: Path, err: Path, work: Path) -> None:
        self.job, self.out, self.err, self.work = job, out, err, work
        self.namespace: dict[str, Any] = {"__name__": "__main__", "__file__": job.file}
        self.randomness = _Randomness(job)
        self.drawings: list[Drawing] = []
        self.count = 0  # of drawings, for the salt of their ids
        self.read = 0

    def run(self) -> Run:
        job = self.job
        sys.meta_path.insert(0, _Modules(dict(job.setup.modules)))
        if uses(job, "matplotlib"):
            self._prepare_drawing()
        self.randomness.watch()
        if job.root:
            _guard(job.root, str(self.work.parent), job.limits.processes > 1)
        started = time.perf_counter()
        outputs = [self._part(index, part) for index, part in enumerate(job.parts)]
        seconds = time.perf_counter() - started
        self.randomness.check()
        values = self._values()
        self._inspect(outputs)
        unit = 2**20 if sys.platform == "darwin" else 2**10  # getrusage counts bytes there, KiB elsewhere
        usages = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        return Run(tuple(outputs), values, self.randomness.seeded, seconds, max(usages) / unit)

    def _part(self, index: int, part: Part) -> Output:
        file = self.job.file if len(self.job.parts) == 1 else f"{self.job.file}, cell {index + 1}"
        # Warnings quote their line; without this they would open the file, which the guard forbids.
        linecache.cache[file] = (len(part.code), None, part.code.splitlines(True), file)
        self.drawings = []
        try:
            for code in _compiled(part.code, file, self.job.echo):
                value = eval(code, self.namespace)
                if self.job.echo and value is not None:
                    print(repr(value))
            self._draw(part)
            sys.stdout.flush()
            sys.stderr.flush()
        except Failed:
            raise
        except SyntaxError as error:
            raise Failed(Failure(part.line - 1 + (error.lineno or 1), f"{type(error).__name__}: {error.msg}")) from None
        except BaseException as error:  # SystemExit and what a script derives from BaseException end it, too
            lines = [frame.lineno or 1 for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
            line = part.line - 1 + (lines[-1] if lines else 1)
            raise Failed(Failure(line, f"{type(error).__name__}: {error}")) from None
        printed = self.out.read_bytes()
        text, self.read = printed[self.read :].decode("utf-8", "replace"), len(printed)
        return Output(text, tuple(self.drawings))

    def _prepare_drawing(self) -> None:
        import matplotlib as mpl

        mpl.use("svg")
        import matplotlib.pyplot as plt

        mpl.rcdefaults()
        settings: Any = dict(self.job.setup.style)  # names and texts, as in a matplotlibrc
        mpl.rcParams.update(settings)
        plt.show = lambda *args, **kwargs: self._draw(None)

    def _draw(self, part: Part | None) -> None:
        """Keep every open figure as SVG and close it; equal figures give equal bytes."""
        if "matplotlib.pyplot" not in sys.modules:
            return
        import matplotlib.pyplot as plt

        for number in plt.get_fignums():
            figure = plt.figure(number)
            for axes in figure.axes:
                if labels := alike(axes):
                    message = f"lines differ by colour alone, give them markers or dashes: {', '.join(labels)}"
                    raise Failed(Failure(part.line if part else self.job.parts[0].line, message))
            if self.job.setup.style:
                self.drawings.append(Drawing(*self._drawn(figure)))
        plt.close("all")

    def _drawn(self, figure: Any) -> list[str]:
        """A figure as SVG, at each size; its text is as large in all of them."""
        import matplotlib as mpl

        share = figure.get_figheight() / mpl.rcParams["figure.figsize"][1]
        drawn = []
        for width, height in self.job.setup.sizes or ((0.0, 0.0),):
            if width:
                figure.set_size_inches(width, height * share)
            buffer = io.StringIO()
            self.count += 1
            with mpl.rc_context({"svg.hashsalt": f"{self.job.name.replace('/', '-')}-{self.count}"}):
                figure.savefig(buffer, format="svg", metadata={"Date": None})
            drawn.append(buffer.getvalue())
        return drawn

    def _values(self) -> dict[str, float]:
        values, failures = {}, []
        for expression in self.job.expressions:
            try:
                values[expression] = float(eval(expression, self.namespace))
            except Exception as error:
                message = f"cannot evaluate “{expression}”: {type(error).__name__}: {error}"
                failures.append(Failure(1, message, expression))
                continue
            if not math.isfinite(values[expression]):  # `allow` is about what readers see
                failures.append(Failure(1, f"“{expression}” is {values[expression]}", expression))
        if failures:
            raise Failed(*failures)
        return values

    def _inspect(self, outputs: list[Output]) -> None:
        """Raise Failed for what went wrong without an exception."""
        job, first = self.job, self.job.parts[0].line if self.job.parts else 1
        stderr = self.err.read_text("utf-8", "replace")
        if stderr.strip() and "stderr" not in job.allow:
            at = re.search(rf"{re.escape(job.file)}(?:, cell (\d+))?:(\d+)", stderr)
            start = job.parts[int(at[1]) - 1].line if at and at[1] else first
            words = stderr.strip().splitlines()[0]
            raise Failed(Failure(start - 1 + int(at[2]) if at else first, f"wrote to stderr: {words}"))
        for part, output in zip(job.parts, outputs, strict=True):
            if "nan" not in job.allow and (bad := NOT_FINITE.search(output.stdout)):
                line = output.stdout.count("\n", 0, bad.start()) + 1
                raise Failed(Failure(part.line, f"printed {bad[0]} on line {line} of its output"))
            if "\ufffd" in output.stdout:
                raise Failed(Failure(part.line, "printed bytes that are no UTF-8"))
            if bad := CONTROL.search(output.stdout):
                line = output.stdout.count("\n", 0, bad.start()) + 1
                message = f"printed the control character {bad[0]!r} on line {line} of its output"
                raise Failed(Failure(part.line, message))
        if left := sorted(path.name for path in self.work.iterdir()):
            raise Failed(Failure(first, f"left files behind: {', '.join(left)}"))


def uses(job: Job, package: str) -> bool:
    """Whether a job's code, or the modules that it may import, name a package."""
    texts = [part.code for part in job.parts] + [source for _, source in job.setup.modules]
    return any(re.search(rf"\b{re.escape(package)}\b", text) for text in texts)


def _compiled(code: str, file: str, echo: bool) -> list[CodeType]:
    """Code objects to evaluate in order; a last expression stands apart if its value is to be shown."""
    tree = ast.parse(code, file)
    last = tree.body[-1] if tree.body and echo else None
    if not isinstance(last, ast.Expr):
        return [compile(tree, file, "exec")]
    before = ast.Module(tree.body[:-1], [])
    return [compile(before, file, "exec"), compile(ast.Expression(last.value), file, "eval")]


def alike(axes: Any) -> list[str]:
    """Labels of lines in one matplotlib `axes` that only colour tells apart, as not everyone can see it.

    A bare line may share its look with another if it runs through markers of its own colour: theory through
    measurements.
    """
    from matplotlib.colors import to_hex

    lines = [(to_hex(line.get_color()), str(line.get_marker()), line) for line in axes.lines]
    marked = {colour for colour, marker, _ in lines if marker != "None"}
    looks: dict[tuple[Any, ...], dict[str, str]] = {}
    for colour, marker, line in lines:
        if marker != "None" or colour not in marked:
            look = (line.get_linestyle(), marker, line.get_linewidth())
            looks.setdefault(look, {}).setdefault(colour, str(line.get_label()))
    return next((list(labels.values()) for labels in looks.values() if len(labels) > 1), [])


class _Modules(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    """Import the job's own package from its sources, wherever this process runs."""

    def __init__(self, sources: dict[str, str]) -> None:
        self.sources = sources

    def find_spec(self, name: str, path: object = None, target: object = None) -> Any:
        if name not in self.sources:
            return None
        return importlib.util.spec_from_loader(name, self, is_package=self.is_package(name))

    def is_package(self, fullname: str) -> bool:
        return any(other.startswith(f"{fullname}.") for other in self.sources) or "." not in fullname

    def get_source(self, fullname: str) -> str:
        return self.sources[fullname]


def _resolved(name: str) -> tuple[Any, str] | None:
    """The object that holds a dotted name's last part, if its package is at hand."""
    owner: Any = sys.modules.get(name.split(".")[0])
    *path, last = name.split(".")
    for part in path[1:]:
        owner = getattr(owner, part, None)
    return (owner, last) if owner is not None and hasattr(owner, last) else None


class _Randomness:
    """Shift seeds, refuse what cannot be shifted, and find generators that moved without a seed."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.seeded = False
        self.states: dict[Generator, bytes] = {}
        self.seeding: set[Generator] = set()

    def watch(self) -> None:
        setup = self.job.setup
        for package in {name.split(".")[0] for name in (*setup.refused, *(g.state for g in setup.generators))}:
            if package not in sys.modules and uses(self.job, package):
                importlib.import_module(package)
        for generator in setup.generators:
            if generator.state.split(".")[0] in sys.modules:
                self.states[generator] = self._state(generator)
                for name in generator.seeds:
                    if found := _resolved(name):
                        self._shift(generator, *found)
        # Last: what a library draws while a state's expression imports it is not the script's doing.
        for name in setup.refused:
            if found := _resolved(name):
                self._refuse(name, *found)

    def check(self) -> None:
        """Raise Failed if a generator that no call seeded has moved."""
        for generator in self.states:
            if generator not in self.seeding:
                self._compare(generator)

    @staticmethod
    def _state(generator: Generator) -> bytes:
        package: ModuleType = sys.modules[generator.state.split(".")[0]]
        return pickle.dumps(eval(generator.state, {package.__name__: package}))

    def _compare(self, generator: Generator) -> None:
        if self._state(generator) != self.states[generator]:
            seeds = " or ".join(generator.seeds)
            how = f"seed it with {seeds} first" if seeds else "this site cannot seed it"
            package = generator.state.split(".")[0]
            raise Failed(Failure(1, f"draws random numbers of {package} without a seed: {how}"))

    def _shift(self, generator: Generator, owner: Any, name: str) -> None:
        original = getattr(owner, name)

        @wraps(original)
        def seed(value: Any = None, *args: Any, **kwargs: Any) -> Any:
            if type(value) is not int:
                raise ValueError(f"{name} needs a whole number as seed, or a build would differ from the next")
            if generator not in self.seeding:
                self._compare(generator)
            self.seeding.add(generator)
            self.seeded = True
            return original(value + self.job.setup.stride * self.job.shift, *args, **kwargs)

        setattr(owner, name, seed)

    @staticmethod
    def _refuse(name: str, owner: Any, last: str) -> None:
        original: Any = getattr(owner, last)

        def refuse(*args: Any, **kwargs: Any) -> Any:
            raise PermissionError(f"{name} is randomness that a build cannot repeat or shift; use a call that seeds")

        # A class stays one, since libraries ask whether something is its instance.
        replaced = type(last, (original,), {"__new__": refuse}) if isinstance(original, type) else refuse
        setattr(owner, last, replaced)


def _guard(root: str, own: str, may_start_processes: bool) -> None:
    """Forbid by mistake what the key could not know: the network, other processes, files of this site.

    It is no border against those who mean harm: a script can reach the system through ctypes, say.
    """
    root, own, installed = os.path.realpath(root), os.path.realpath(own), os.path.realpath(sys.prefix)
    inside, realpath, fsdecode, sep = root + os.sep, os.path.realpath, os.fsdecode, os.sep

    def hook(event: str, args: tuple[Any, ...]) -> None:
        if event in NETWORK:
            raise PermissionError("a snippet must not use the network")
        if event in PROCESSES and not may_start_processes:
            raise PermissionError("a snippet must not start processes; `processes` in claims.toml allows some")
        if event in ("open", "os.listdir", "os.scandir") and isinstance(args[0], str | bytes):
            path = realpath(fsdecode(args[0]))
            if path.startswith(inside) and not path.startswith((own + sep, installed + sep)) and path != own:
                raise PermissionError(f"a snippet must stand alone, but this one opens {path[len(inside) :]}")

    sys.addaudithook(hook)
