"""What contributors wrote: snippets, claims and pages, with the file and line of every problem."""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import yaml

PLOT = re.compile(r"^# %% Plot$", re.M)
NUMBER = re.compile(r"\{\{\s*([a-z0-9-]+)(?:\.(theory|measured|spread))?(?::([^}\s]+))?\s*\}\}")
EXHIBIT = re.compile(r"^/// exhibit \| (\S+)", re.M)
TIME_LIMIT = 120.0  # seconds; a few times what the slowest snippet takes on a busy machine
FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.S)


@dataclass(frozen=True)
class Problem:
    """One message a contributor can act on."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class ProblemsFound(Exception):
    """The site must not be published; `problems` says why."""

    def __init__(self, problems: list[Problem]):
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


def slug(name: str) -> str:
    """A snippet's name as anchor and file name: "chapter-name"."""
    return name.replace("/", "-")


def line_of(text: str, part: str) -> int:
    """Line, from 1, on which `part` first stands in `text`; 1 if it does not."""
    return text.count("\n", 0, max(text.find(part), 0)) + 1


@dataclass(frozen=True)
class Claim:
    """A sentence with a number in it; without `theory` it is a measurement, reported but not judged.

    Attributes:
        measured: expression over the snippet's variables.
        theory: expression over `exhibits/theory.py`, never over the snippet.
        tolerance: allowed |measured − theory|, relative or absolute; 0 for a one-sided bound.
        bound: "" for equality, "upper" or "lower" when theory bounds the measured value.
        why: reason for a tolerance that the seeds' spread alone does not explain.
    """

    id: str
    says: str
    snippet: str
    measured: str
    file: str
    line: int
    theory: str | None = None
    tolerance: float = 0.0
    relative: bool = True
    bound: str = ""
    source: str = ""
    why: str = ""


@dataclass(frozen=True)
class Snippet:
    """One script under `snippets/`; `name` is its path without suffix, "chapter/name"."""

    name: str
    path: Path
    source: str
    allow: frozenset[str]
    time_limit: float
    claims: tuple[Claim, ...]

    @property
    def computation(self) -> str:
        """The part before the plotting section."""
        return PLOT.split(self.source)[0].rstrip() + "\n"

    @property
    def plotting(self) -> str:
        """The part after the line `# %% Plot`; empty where there is none."""
        return (PLOT.split(self.source) + [""])[1].strip("\n")

    @property
    def expected(self) -> Path:
        return self.path.with_suffix(".out")


CLAIM_KEYS = {"id", "says", "snippet", "measured", "theory", "rel_tol", "abs_tol", "bound", "source", "why"}


class Project:
    """The files below `root`. Raises ProblemsFound on the first look if any is malformed."""

    def __init__(self, root: Path | str = "."):
        self.root = Path(root).resolve()
        self.cache = self.root / ".cache"

    def relative(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()

    @cached_property
    def claims(self) -> dict[str, Claim]:
        found: dict[str, Claim] = {}
        problems = []
        for path in sorted(self.root.glob("snippets/*/claims.toml")):
            text, file = path.read_text("utf-8"), self.relative(path)
            try:
                entries = tomllib.loads(text)
            except tomllib.TOMLDecodeError as error:
                at = re.search(r"line (\d+)", str(error))
                problems.append(Problem(file, int(at[1]) if at else 1, str(error)))
                continue
            for entry in entries.get("claim", []) + entries.get("measurement", []):
                line = line_of(text, f'id = "{entry.get("id")}"')
                problem = self._malformed(entry, path.parent, found)
                if problem:
                    problems.append(Problem(file, line, problem))
                    continue
                found[entry["id"]] = Claim(
                    id=entry["id"],
                    says=entry["says"],
                    snippet=f"{path.parent.name}/{entry['snippet']}",
                    measured=entry["measured"],
                    theory=entry.get("theory"),
                    tolerance=entry.get("rel_tol", entry.get("abs_tol", 0.0)),
                    relative="abs_tol" not in entry,
                    bound=entry.get("bound", ""),
                    source=entry.get("source", ""),
                    why=entry.get("why", ""),
                    file=file,
                    line=line,
                )
        if problems:
            raise ProblemsFound(problems)
        return found

    @staticmethod
    def _malformed(entry: dict, folder: Path, found: dict) -> str:
        """What is wrong with one entry of claims.toml; empty if nothing is."""
        name = entry.get("id", "(no id)")
        missing = [key for key in ("id", "says", "snippet", "measured") if key not in entry]
        if missing:
            return f"claim {name} lacks {', '.join(missing)}"
        if unknown := set(entry) - CLAIM_KEYS:
            return f"claim {name} has unknown keys {', '.join(sorted(unknown))}"
        if name in found:
            return f"claim {name} is defined twice, first at {found[name].file}:{found[name].line}"
        if not (folder / f"{entry['snippet']}.py").exists():
            return f"claim {name} names a snippet that does not exist: {folder.name}/{entry['snippet']}"
        if "theory" in entry and not {"rel_tol", "abs_tol", "bound"} & set(entry):
            return f"claim {name} needs rel_tol, abs_tol or bound"
        if "theory" in entry and not entry.get("source"):
            return f"claim {name} needs a source: a page with its derivation, or a reference"
        if entry.get("bound", "") not in ("", "upper", "lower"):
            return f'claim {name}: bound must be "upper" or "lower"'
        return ""

    @cached_property
    def snippets(self) -> dict[str, Snippet]:
        claims, options = self.claims.values(), {}  # claims first: they report a file that does not parse
        for path in self.root.glob("snippets/*/claims.toml"):
            for name, entry in tomllib.loads(path.read_text("utf-8")).get("snippet", {}).items():
                options[f"{path.parent.name}/{name}"] = entry
        found = {}
        for path in sorted(self.root.glob("snippets/*/*.py")):
            name = f"{path.parent.name}/{path.stem}"
            entry = options.pop(name, {})
            found[name] = Snippet(
                name=name,
                path=path,
                source=path.read_text("utf-8"),
                allow=frozenset(entry.get("allow", ())),
                time_limit=entry.get("time_limit", TIME_LIMIT),
                claims=tuple(c for c in claims if c.snippet == name),
            )
        if options:
            name = next(iter(options))
            file = f"snippets/{name.split('/')[0]}/claims.toml"
            raise ProblemsFound([Problem(file, 1, f"options for a snippet that does not exist: {name}")])
        return found

    @cached_property
    def pages(self) -> dict[str, str]:
        """Source of every page by its path below docs/."""
        docs = self.root / "docs"
        return {p.relative_to(docs).as_posix(): p.read_text("utf-8") for p in sorted(docs.rglob("*.md"))}

    @cached_property
    def shown_on(self) -> dict[str, list[str]]:
        """Pages that show a snippet, by snippet name."""
        return self.used(EXHIBIT.findall)

    def exhibit_options(self, page: str, name: str) -> dict:
        """Options with which `page` shows a snippet; none if they are no YAML, which the page itself reports."""
        block = re.search(rf"^/// exhibit \| {re.escape(name)}\n((?: {{4}}.*\n)*)", self.pages[page], re.M)
        try:
            return yaml.safe_load(block[1]) or {}
        except yaml.YAMLError:
            return {}

    def home_of(self, name: str) -> str | None:
        """The page that shows a snippet with its code; None if there is none."""
        pages = self.shown_on.get(name, [])
        return next((p for p in pages if self.exhibit_options(p, name).get("show") != "figure"), None)

    def alternatives(self, name: str) -> list[str]:
        """Alternative texts of a snippet's figures, from the page that shows its code."""
        home = self.home_of(name)
        return str(self.exhibit_options(home, name).get("alt", "")).splitlines() if home else []

    @cached_property
    def quoted_on(self) -> dict[str, list[str]]:
        """Pages that quote a claim's number, by claim id."""
        return self.used(lambda text: [match[0] for match in NUMBER.findall(text)])

    def title(self, page: str) -> str:
        """First heading of a page."""
        return re.search(r"^# (.+?)(?: \{.*\})?$", self.pages[page], re.M)[1]

    def used(self, names: Callable[[str], list[str]]) -> dict[str, list[str]]:
        """Pages by what `names` finds in their sources."""
        used: dict[str, list[str]] = {}
        for page, text in self.pages.items():
            for name in dict.fromkeys(names(text)):
                used.setdefault(name, []).append(page)
        return used

    def misplaced(self) -> list[Problem]:
        """Snippets without a page or that hide a standard module, pages and outputs without their snippet."""
        problems = [
            Problem(self.relative(s.path), 1, f"hides the standard library's module {s.path.stem}; choose another name")
            for s in self.snippets.values()
            if s.path.stem in sys.stdlib_module_names
        ]
        problems += [
            Problem(self.relative(s.path), 1, f"no page shows this snippet; add “/// exhibit | {s.name}” to one")
            for s in self.snippets.values()
            if s.name not in self.shown_on
        ]
        for name, pages in self.shown_on.items():
            if name not in self.snippets:
                line = line_of(self.pages[pages[0]], f"/// exhibit | {name}")
                problems.append(Problem(f"docs/{pages[0]}", line, f"no snippet named {name}"))
        for path in sorted(self.root.glob("snippets/*/*.out")):
            if not path.with_suffix(".py").exists():
                problems.append(Problem(self.relative(path), 1, "expected output without a snippet"))
        return problems
