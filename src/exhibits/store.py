"""Results on disk by content: a key names all that can change a result, and an entry is there whole or not at all."""

from __future__ import annotations

import hashlib
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import TypeVar

import msgspec

from exhibits.model import Job, Problem, ProblemsFound
from exhibits.source import RunSettings

T = TypeVar("T")
KEPT = ("PATH", "HOME", "LANG", "SYSTEMROOT")
KEEP_DAYS = 14  # what no build has used for so long is dropped
MODULES_IN_KEY = ("worker.py",)  # the tool's own code that shapes a result


def digest(*parts: object) -> str:
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()[:32]


def write_whole(path: Path, data: str | bytes) -> bool:
    """Write `data` so that a reader finds the old file or the new one, never a part.

    Returns:
        Whether the file changed; an equal one is not touched.
    """
    encoded = data.encode() if isinstance(data, str) else data
    try:
        if path.read_bytes() == encoded:
            return False
    except OSError:
        path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_bytes(encoded)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    return True


def variables(run: RunSettings) -> dict[str, str]:
    """The whole environment of a job: what no result depends on, and what the settings fix."""
    return {name: os.environ[name] for name in KEPT if name in os.environ} | {"PYTHONUTF8": "1"} | run.variables


class Store:
    """Records in `folder`, one file a key, each behind a checksum: a damaged entry counts as absent."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get(self, key: str, kind: type[T]) -> T | None:
        path = self.folder / key
        try:
            checksum, data = path.read_bytes().split(b"\n", 1)
            if hashlib.sha256(data).hexdigest().encode() != checksum:
                return None
            return msgspec.json.decode(data, type=kind)
        except (OSError, ValueError):  # absent, damaged, or written by another version
            return None

    def put(self, key: str, value: object) -> None:
        data = msgspec.json.encode(value)
        write_whole(self.folder / key, hashlib.sha256(data).hexdigest().encode() + b"\n" + data)

    def once(self, key: str, kind: type[T], make: Callable[[], T]) -> T:
        """The record under `key`, made and stored if it is not there."""
        known = self.get(key, kind)
        if known is None:
            known = make()
            self.put(key, known)
        return known

    def prune(self, used: set[str], keep_days: int = KEEP_DAYS) -> None:
        """Drop what this build did not use and no build has written or used for so many days."""
        now = time.time()
        for path in self.folder.glob("*"):
            age = now - path.stat().st_mtime
            if path.name in used:
                if age > 86400:
                    os.utime(path)
            elif age >= keep_days * 86400:
                path.unlink(missing_ok=True)

    def environment(self, run: RunSettings) -> str:
        """Digest of what surrounds every job: Python, libraries as installed, processor, fixed variables, the tool."""
        here = Path(__file__).parent
        tool = [(here / name).read_text("utf-8") for name in MODULES_IN_KEY]
        libraries = [f"{name} {_record(name)}" for name in run.libraries]
        fixed = sorted(run.variables.items())
        return digest(sys.version, platform.machine(), *libraries, self._probed(run), fixed, *tool)

    def surroundings(self, run: RunSettings) -> tuple[str, ...]:
        """What readers are told of the environment: versions of the libraries that the settings name, and the probe."""
        libraries = [f"{name} {version}" for name in run.named if (version := installed(name))]
        return tuple(filter(None, (*libraries, self._probed(run))))

    def _probed(self, run: RunSettings) -> str:
        """Value of the settings' probe in a job's environment; asked once a processor, as its imports are slow."""
        if not run.probe:
            return ""
        try:
            flags = next(line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("flags"))
        except (OSError, StopIteration):
            flags = platform.processor()
        package = run.probe.split(".")[0]
        key = "probe-" + digest(flags, run.probe, _record(package), sorted(run.variables.items()))
        known = self.get(key, str)
        if known is None:
            code = f"import {package}; print({run.probe})"
            asked = subprocess.run(
                [sys.executable, "-c", code], capture_output=True, text=True, env=variables(run), check=False
            )
            if asked.returncode:
                reason = (asked.stderr.strip().splitlines() or ["no reason given"])[-1]
                raise ProblemsFound([Problem("exhibits.toml", 1, f"cannot evaluate the probe {run.probe}: {reason}")])
            known = asked.stdout.strip()
            self.put(key, known)
        return known


def installed(name: str) -> str:
    """Version of an installed distribution; "" if it is not installed."""
    try:
        return distribution(name).version
    except PackageNotFoundError:
        return ""


def _record(name: str) -> str:
    """Version and digest of the list of files of an installed distribution."""
    try:
        found = distribution(name)
    except PackageNotFoundError:
        return "absent"
    return f"{found.version} {digest(found.read_text('RECORD'))}"


def key(job: Job, environment: str) -> str:
    """Key of a job: what it uses and nothing else; where its lines stand changes no result."""
    setup = job.setup
    return "run-" + digest(
        environment,
        job.name,
        *(part.code for part in job.parts),
        "expressions",
        *job.expressions,
        job.shift and (job.shift, setup.stride),
        job.echo,
        sorted(job.allow),
        msgspec.json.encode(job.limits),
        msgspec.json.encode(
            (setup.generators, setup.refused, setup.modules, setup.style, setup.sizes, setup.variables)
        ),
    )
