"""Results on disk, keyed by everything that can change them."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import subprocess
import sys
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path

# The modules whose code shapes a result; the rest of the tool only reads it.
TOOL = ("worker.py", "figures.py")
LIBRARIES = ("torch", "numpy", "matplotlib", "scikit-learn", "scipy")
CAPABILITY = "import torch; print(torch.backends.cpu.get_cpu_capability())"


SEED_STRIDE = 1000  # a snippet may count its own seeds up from one; shifted runs must not meet them


@dataclass(frozen=True)
class Job:
    """One execution of a script.

    Attributes:
        name: "chapter/name".
        file: path for messages, below the project's root.
        measured: expressions to evaluate in the script's namespace when it has ended.
        shift: 0 for what readers see; k adds SEED_STRIDE · k to every torch.manual_seed.
        allow: what is no failure: "stderr", "nan".
        time_limit: seconds.
        root: folder whose files the script must not open; "" for no such rule.
    """

    name: str
    file: str
    source: str
    measured: tuple[str, ...]
    shift: int
    allow: frozenset[str]
    time_limit: float
    root: str


def digest(*parts: object) -> str:
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()[:32]


def write_whole(path: Path, text: str) -> None:
    """Write `text` so that a reader finds the old file or the new one, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_text(text, "utf-8")
    os.replace(temporary, path)


class Cache:
    """JSON values in `folder`, one file a key, each with a checksum: a damaged entry counts as absent."""

    def __init__(self, folder: Path):
        self.folder = folder

    def get(self, key: str) -> dict | None:
        try:
            checksum, text = (self.folder / f"{key}.json").read_text("utf-8").split("\n", 1)
        except (OSError, ValueError):
            return None
        return json.loads(text) if digest(text) == checksum else None

    def put(self, key: str, value: dict) -> None:
        text = json.dumps(value)
        write_whole(self.folder / f"{key}.json", f"{digest(text)}\n{text}")

    def key(self, job: Job) -> str:
        """Key of a job: its own content and everything around it that its result depends on."""
        return digest(job.name, job.file, job.source, *job.measured, job.shift, sorted(job.allow), self.environment)

    @cached_property
    def environment(self) -> str:
        tool = [(Path(__file__).parent / name).read_text("utf-8") for name in TOOL]
        versions = [f"{name} {version(name)}" for name in LIBRARIES]
        return digest(sys.version, platform.machine(), *versions, self.cpu_capability(), *tool)

    def cpu_capability(self) -> str:
        """The instruction set that torch picks here; asked once per processor, as importing torch is slow."""
        try:
            flags = next(line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("flags"))
        except (OSError, StopIteration):
            flags = platform.processor()
        key = "cpu-" + digest(flags, version("torch"))
        known = self.get(key)
        if known is None:
            asked = subprocess.run([sys.executable, "-c", CAPABILITY], capture_output=True, text=True, check=True)
            known = {"capability": asked.stdout.strip()}
            self.put(key, known)
        return known["capability"]
