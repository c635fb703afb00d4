"""When things last changed, by git's record; where git has none, or not all of it, nothing is said."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

from exhibits.model import Change, Claim

HEADER = re.compile(r"^([0-9a-f]{40,64}) \d+ \d+")  # of a line's record in `git blame --porcelain`
NOT_YET = re.compile("0+")  # the name of what is not committed


def git(root: Path, *arguments: str) -> str:
    """What a git command in `root` prints; "" if it fails or git is not there."""
    command = ["git", "-c", "core.quotePath=false", *arguments]
    try:
        ran = subprocess.run(command, cwd=root, capture_output=True, text=True, errors="replace")
    except FileNotFoundError:
        return ""
    return "" if ran.returncode else ran.stdout


class History:
    """Commits that last changed files and claims below `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        # A shallow clone says of every file that its oldest commit changed it.
        self.known = git(root, "rev-parse", "--is-shallow-repository").strip() == "false"
        self.tables: dict[str, list[tuple[Change | None, str]]] = {}

    @cached_property
    def files(self) -> dict[str, Change]:
        """The last change of each file, by its path."""
        found: dict[str, Change] = {}
        change = Change(0, "")
        for line in git(self.root, "log", "-c", "--format=%x00%H %ct", "--name-only", "--relative").splitlines():
            if line.startswith("\0"):
                commit, time = line[1:].split()
                change = Change(int(time), commit)
            elif line:
                found[line] = max(found.get(line, change), change)
        return found

    def last(self, files: Iterable[str], claims: Iterable[Claim] = ()) -> Change | None:
        """The last commit that changed any of them; what is not committed counts for nothing."""
        if not self.known:
            return None
        found = [self.files[file] for file in files if file in self.files]
        return max([*found, *(change for claim in claims for change in self._of(claim))], default=None)

    def _of(self, claim: Claim) -> list[Change]:
        """Changes of the lines of a claim's table."""
        if claim.file not in self.tables:
            self.tables[claim.file] = blamed(git(self.root, "blame", "--porcelain", "--", claim.file))
        lines = self.tables[claim.file]
        first = last = claim.line - 1
        while 0 < first < len(lines) and not lines[first][1].startswith("["):
            first -= 1
        while last + 1 < len(lines) and not lines[last + 1][1].startswith("["):
            last += 1
        return [change for change, _ in lines[first : last + 1] if change]


def blamed(porcelain: str) -> list[tuple[Change | None, str]]:
    """Each line of a blamed file: its last commit, None where it is not committed yet, and its text."""
    lines: list[tuple[Change | None, str]] = []
    times: dict[str, int] = {}
    commit = ""
    for line in porcelain.split("\n"):
        if match := HEADER.match(line):
            commit = match[1]
        elif line.startswith("committer-time "):
            times[commit] = int(line.split()[1])
        elif line.startswith("\t"):
            lines.append((None if NOT_YET.fullmatch(commit) else Change(times[commit], commit), line[1:]))
    return lines
