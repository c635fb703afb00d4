"""Read what contributors wrote, each file once, with file and line of every problem."""

from __future__ import annotations

import json
import math
import re
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args

import msgspec
import yaml
from msgspec import Struct

from exhibits.model import (
    GRID,
    INK,
    SERIES,
    Bound,
    Cell,
    Claim,
    Difficulty,
    Generator,
    Kind,
    Lab,
    Language,
    Limits,
    Page,
    Palette,
    Part,
    Problem,
    ProblemsFound,
    Setup,
    Snippet,
    Special,
)

PLOT = re.compile(r"^# %% Plot$", re.M)
DEMONSTRATION = re.compile(r"^# %% Demonstration$", re.M)
EXPRESSIONS = ("theory", "measured", "steps")
TOLERANCES = ("rel_tol", "abs_tol", "bound", "ulps")
SETTINGS = "exhibits.toml"
FRONT_MATTER = re.compile(r"\A---\n.*?\n(?:---|\.\.\.)\n", re.S)
T = TypeVar("T")


class RunSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """How jobs run.

    Attributes:
        theory: folder of the package that claims are judged by; "" for Python's `math` alone.
        preload: modules that a job finds imported if its code names their package.
        libraries: distributions whose records are in every key.
        named: distributions whose versions the foot of a page tells.
        probe: expression whose value is in every key, such as the processor's instruction set.
        variables: environment variables of every job.
        generators, refused: see `Setup`.
        seeds: how many seeds a claim with randomness has where its snippet asks for no more.
        limits: of a job that names none.
        style: matplotlib settings, by name.
        wide, narrow: width of every drawing and height of one of matplotlib's default size, in inches. A figure that is
            higher is drawn higher. Without `wide` a drawing is as large as its script says; without `narrow`
            it is drawn once.
    """

    theory: str = ""
    preload: tuple[str, ...] = ()
    libraries: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    probe: str = ""
    variables: dict[str, str] = {}
    generators: tuple[Generator, ...] = (Generator("random.getstate()", ("random.seed",)),)
    refused: tuple[str, ...] = (
        "random.Random",
        "random.SystemRandom",
        "os.urandom",
        *(f"secrets.{name}" for name in ("choice", "randbelow", "randbits", "token_bytes")),
    )
    seeds: int = 8
    limits: Limits = Limits()
    style: dict[str, str] = {}
    wide: tuple[float, float] | None = None
    narrow: tuple[float, float] | None = None


class Bundled(Struct, frozen=True, forbid_unknown_fields=True):
    """Files for readers' browsers that a script makes, with Node.

    Attributes:
        script: the script, below the root. It runs there and writes its files to the folder OUT of its environment.
        sources: globs of all that they depend on. While none of it changes, the script does not run again.
        place: folder among the pages that the files go to, such as "assets/scripts/"; "" for their root.
    """

    script: str
    sources: tuple[str, ...]
    place: str = ""


class Shipped(Struct, frozen=True, forbid_unknown_fields=True):
    """A part of the site that others wrote, or its own, and where its licence is.

    Attributes:
        of: what it is, as readers call it.
        file: of the licence, below the root, or its last part within `package`.
        package: an installed Python distribution; "" for none.
    """

    of: str
    file: str
    package: str = ""


class SiteSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """What the generator needs beside its own configuration.

    Attributes:
        generator: the command that builds the prepared folder; SITE_DIR in its environment says where to. MkDocs with
            `--quiet` would count no warning as an error, `--strict` or not.
        serve: the command that serves it with live reload.
        archive: name of the site's archive; "" for none.
        policy: Content-Security-Policy of every page, by directive; empty for none. The hashes of a page's inline
            scripts are added to its `script-src`.
        package: folder of the Python package that a `modules` block draws.
        copied: files that readers load, by their place among the pages: a glob below the root.
        bundled: files that scripts make for readers' browsers.
        licences: of all that readers get, collected in `LICENSES.txt`; after them comes what a bundling script leaves
            in `licences.json`, texts by name.
        left_out: files that the generator writes and no page loads, as globs below the built site.
        styles: style sheets that become one, `assets/style.css`.
        cards: by folder of pages, "" for all others: the snippet whose first figure a link shows where it is shared.
    """

    generator: tuple[str, ...] = ("mkdocs", "build", "--strict")
    serve: tuple[str, ...] = ("mkdocs", "serve")
    archive: str = ""
    policy: dict[str, str] = {}
    package: str = ""
    copied: dict[str, str] = {}
    bundled: tuple[Bundled, ...] = ()
    licences: tuple[Shipped, ...] = ()
    left_out: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    cards: dict[str, str] = {}


class MutateSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """What faults the mutation check makes beside operators and numbers.

    Attributes:
        swaps: names that one could mistake for each other, a function or an attribute.
        left_alone: calls in which nothing is changed, such as those that set a seed.
    """

    swaps: dict[str, str] = {}
    left_alone: tuple[str, ...] = ()


class BenchSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """What `bench` compares this site's build with; nothing where nothing is named.

    Attributes:
        others: list of pinned packages: other tools, and what they need that is not installed here.
        reset: calls, by dotted name and with arguments, that undo in a process what a script left there for the next.
        second: the command of another generator, below the root.
    """

    others: str = ""
    reset: tuple[str, ...] = ()
    second: tuple[str, ...] = ()


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """`exhibits.toml`."""

    run: RunSettings = RunSettings()
    site: SiteSettings = SiteSettings()
    mutate: MutateSettings = MutateSettings()
    bench: BenchSettings = BenchSettings()
    pages: Special = Special()
    palette: Palette = Palette((), ())
    macros: dict[str, str] = {}
    chapters: dict[str, str] = {}
    languages: dict[str, Language] = {}


class Measurement(Struct, frozen=True, forbid_unknown_fields=True):
    """One `[[measurement]]` of claims.toml: a number that is reported, not judged."""

    id: str
    says: str
    snippet: str
    kind: Kind
    measured: str
    setup: str = ""
    steps: str = ""

    def __post_init__(self) -> None:
        if self.kind == "training" and not (self.setup and self.steps):
            raise ValueError(
                "a training needs `setup` (optimiser, rate, budget) and `steps` (positive once steps were taken)"
            )


class Judged(Measurement, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One `[[claim]]` of claims.toml."""

    theory: str
    source: str
    rel_tol: float | None = None
    abs_tol: float | None = None
    bound: Bound | None = None
    ulps: float | None = None
    dtype: Literal["float32", "float64"] = "float64"
    rivals: dict[str, str] = {}
    bias: str = ""
    why: str = ""
    share: int | None = None
    ablation: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        given = [name for name in TOLERANCES if getattr(self, name) is not None]
        if len(given) != 1:
            has = f", has {' and '.join(given)}" if given else ""
            raise ValueError(f"needs one of {', '.join(TOLERANCES)}{has}")
        for name in given:
            value = getattr(self, name)
            if name != "bound" and not (math.isfinite(value) and value >= 0):
                raise ValueError(f"{name} must be finite and not negative, not {value}")
        if not self.rivals and self.ulps is None:
            raise ValueError("needs rivals: a wrong theory, by name, that its measurement rejects")
        if not self.source.strip():
            raise ValueError("needs a source: a page with its derivation, or a reference")


class SnippetOptions(Struct, frozen=True, forbid_unknown_fields=True):
    """One `[snippet.name]` of claims.toml."""

    allow: tuple[Literal["nan", "stderr"], ...] = ()
    time_limit: float | None = None
    memory: int | None = None
    processes: int | None = None
    seeds: int | None = None

    def __post_init__(self) -> None:
        for name in ("time_limit", "memory", "processes", "seeds"):
            value = getattr(self, name)
            if value is not None and not (math.isfinite(value) and value > 0):
                raise ValueError(f"{name} must be positive, not {value}")


class Source(Struct, frozen=True):
    """All that contributors wrote; `theory` is the package's modules, name → source."""

    root: str
    settings: Settings
    claims: dict[str, Claim]
    snippets: dict[str, Snippet]
    labs: dict[str, Lab]
    pages: dict[str, Page]
    others: tuple[str, ...]
    theory: dict[str, str]
    notes: tuple[Problem, ...]

    def setup(self, *, draws: bool = False, theory: bool = False) -> Setup:
        """What surrounds a job: style only where it draws, modules only for the theory."""
        run = self.settings.run
        style = _sentinels(len(self.settings.palette.light) - 2) | run.style
        sizes = (run.wide or (0.0, 0.0), run.narrow) if run.narrow else (run.wide,) if run.wide else ()
        return Setup(
            generators=run.generators,
            refused=run.refused,
            modules=tuple(self.theory.items()) if theory else (),
            style=tuple(style.items()) if draws else (),
            sizes=sizes if draws else (),
            variables=tuple(run.variables.items()),
        )


def _sentinels(series: int) -> dict[str, str]:
    """matplotlib settings that draw in the colours for which a page's scheme has its own."""
    ink = ("text.color", "axes.labelcolor", "axes.edgecolor", "axes.titlecolor", "xtick.color", "ytick.color")
    paper = ("figure.facecolor", "axes.facecolor", "savefig.facecolor")
    cycle = {"axes.prop_cycle": f"cycler(color={list(SERIES[:series])})"} if series else {}
    fixed = {"grid.color": GRID, "legend.edgecolor": GRID, "svg.fonttype": "none"}
    return dict.fromkeys(ink, INK) | dict.fromkeys(paper, "none") | fixed | cycle


def require_settings(root: Path) -> None:
    """
    Raises:
        ProblemsFound: `root` is no site's folder.
    """
    if not (root / SETTINGS).is_file():
        raise ProblemsFound([Problem(SETTINGS, 1, f"not found in {root}; start in the site's folder")])


def line_of(text: str, part: str, start: int = 0) -> int:
    """Line, from 1, on which `part` stands in `text` at or after `start`; that of `start` if it does not."""
    place = text.find(part, start)
    return text.count("\n", 0, place if place >= 0 else start) + 1


def key_line(text: str, key: str, start: int, otherwise: int) -> int:
    """Line of a key or table of TOML at or after `start`; `otherwise` if it is not there or the key is ""."""
    found = (
        re.compile(rf"^[ \t\[]*{re.escape(key)}\b|[{{,] *{re.escape(key)} *=", re.M).search(text, start)
        if key
        else None
    )
    return text.count("\n", 0, found.start()) + 1 if found else otherwise


def wrong_key(message: str) -> str:
    """The key that a schema's message is about; "" if it names none."""
    named = re.search(r"unknown field `([\w-]+)`|^(\w+) must|`\$(?:\.[\w-]+)*?\.([\w-]+)(?:\[\S*\])*`", message)
    return next(filter(None, named.groups()), "") if named else ""


def read(root: Path) -> Source:
    """All sources below `root`.

    Raises:
        ProblemsFound: some file is malformed; all of them are named.
    """
    return _Reader(root.resolve()).read()


class _Reader:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.problems: list[Problem] = []
        self.notes: list[Problem] = []
        self.found_claims: dict[str, Claim] = {}

    def read(self) -> Source:
        settings = self._settings()
        options: dict[str, tuple[SnippetOptions, str, int]] = {}
        scripts = sorted(self._files("snippets", "*/*.py"))
        names = {f"{path.parent.name}/{path.stem}" for path in scripts}
        for path in sorted(self._files("snippets", "*/claims.toml")):
            self._claims(path, names, options)
        snippets = {s.name: s for path in scripts if (s := self._snippet(path, settings, options))}
        for file, line in ((file, line) for name, (_, file, line) in options.items() if name not in names):
            self.problems.append(Problem(file, line, "options for a snippet that does not exist"))
        for path in sorted(self._files("snippets", "*/*.out")):
            if not path.with_suffix(".py").exists():
                self.problems.append(Problem(self._name(path), 1, "expected output without a snippet"))
        pages, others, labs = self._pages(settings)
        theory = {}
        if folder := settings.run.theory:
            for path in sorted(self._files(folder, "**/*.py")):
                module = ".".join(path.relative_to(self.root).with_suffix("").parts).removesuffix(".__init__")
                theory[module] = self._text(path) or ""
        for claim in self.found_claims.values():
            if claim.ablation and claim.ablation not in self.found_claims:
                self._about(claim, f"names an ablation that does not exist: {claim.ablation}")
        if self.problems:
            raise ProblemsFound(self.problems)
        return Source(
            str(self.root), settings, self.found_claims, snippets, labs, pages, others, theory, tuple(self.notes)
        )

    def _name(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()

    def _about(self, claim: Claim, message: str) -> None:
        self.problems.append(Problem(claim.file, claim.line, f"claim {claim.id} {message}"))

    def _files(self, folder: str, pattern: str) -> Iterator[Path]:
        """Regular files below a folder of the root; links and hidden files are not followed but noted."""
        for path in (self.root / folder).glob(pattern):
            parts = path.relative_to(self.root).parts
            if any(part.startswith(".") or part == "__pycache__" for part in parts):
                if path.is_symlink() or path.is_file():
                    self.notes.append(Problem(self._name(path), 1, "skipped: an editor's or system's own file"))
            elif path.is_symlink() or not path.resolve().is_relative_to(self.root):
                self.problems.append(Problem(self._name(path), 1, "leads outside this folder; put a file here"))
            elif path.is_file():
                yield path

    def _text(self, path: Path) -> str | None:
        data = path.read_bytes()
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            self.problems.append(Problem(self._name(path), line, "not UTF-8; save it in that encoding"))
            return None
        if text.startswith("\ufeff"):
            self.problems.append(Problem(self._name(path), 1, "begins with a byte order mark; save it without"))
            return None
        return text

    def _settings(self) -> Settings:
        path = self.root / SETTINGS
        require_settings(self.root)
        text = self._text(path)
        raw = self._toml(SETTINGS, text) if text is not None else None
        try:
            settings = msgspec.convert(raw, Settings) if raw is not None else None
        except msgspec.ValidationError as error:
            self.problems.append(Problem(SETTINGS, key_line(text or "", wrong_key(str(error)), 0, 1), str(error)))
            settings = None
        if settings is None:
            raise ProblemsFound(self.problems)
        return settings

    def _toml(self, file: str, text: str) -> dict[str, Any] | None:
        try:
            return tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            at = re.search(r"line (\d+)", str(error))
            self.problems.append(Problem(file, int(at[1]) if at else text.count("\n") + 1, str(error)))
            return None

    def _claims(self, path: Path, names: set[str], options: dict[str, tuple[SnippetOptions, str, int]]) -> None:
        file, text = self._name(path), self._text(path)
        raw = self._toml(file, text) if text is not None else None
        if text is None or raw is None:
            return
        chapter = path.parent.name
        for table in raw.keys() - {"claim", "measurement", "snippet"}:
            line = key_line(text, table, 0, 1)
            self.problems.append(Problem(file, line, f"unknown table or key {table}: use claim, measurement, snippet"))
        for table, schema in (("claim", Judged), ("measurement", Measurement)):
            if not isinstance(raw.get(table, []), list):
                message = f"write [[{table}]], with two brackets: a file may hold several"
                self.problems.append(Problem(file, key_line(text, table, 0, 1), message))
                continue
            starts = [match.start() for match in re.finditer(rf"^\[\[ *{table} *\]\]", text, re.M)]
            for number, entry in enumerate(raw.get(table, [])):
                start = starts[number] if number < len(starts) else 0
                self._claim(entry, schema, file, text, start, chapter, names)
        snippets = raw.get("snippet", {})
        if not isinstance(snippets, dict):
            self.problems.append(Problem(file, key_line(text, "snippet", 0, 1), "write [snippet.name] for its options"))
            return
        for name, entry in snippets.items():
            line = line_of(text, f"[snippet.{name}]")
            start = max(text.find(f"[snippet.{name}]"), 0)

            def at(key: str, start: int = start, line: int = line) -> int:
                return key_line(text, key, start, line)

            wanted = self._convert(entry, SnippetOptions, file, at, f"snippet {name}")
            if wanted:
                options[f"{chapter}/{name}"] = (wanted, file, line)

    def _convert(self, entry: Any, schema: type[T], file: str, line: Callable[[str], int], what: str) -> T | None:
        """`entry` as a record, or a problem at the line that `line` finds for the key that is wrong."""
        try:
            return msgspec.convert(entry, schema)
        except msgspec.ValidationError as error:
            self.problems.append(Problem(file, line(wrong_key(str(error))), f"{what}: {error}"))
            return None

    def _claim(
        self, entry: Any, schema: type[Measurement], file: str, text: str, start: int, chapter: str, names: set[str]
    ) -> None:
        id_ = entry.get("id", "(no id)") if isinstance(entry, dict) else "(no id)"
        top = line_of(text, f'"{id_}"', start) if start or text.startswith("[[") else line_of(text, f'id = "{id_}"')

        def line(key: str) -> int:
            return key_line(text, key, start, top)

        checked = self._convert(entry, schema, file, line, f"claim {id_}")
        if checked is None:
            return
        name = f"{chapter}/{checked.snippet}"
        fields = msgspec.structs.asdict(checked) | {"snippet": name}
        claim = Claim(file=file, line=top, **fields)
        if claim.id in self.found_claims:
            first = self.found_claims[claim.id]
            self._about(claim, f"is defined twice, first at {first.file}:{first.line}")
        elif name not in names:
            self._about(claim, f"names a snippet that does not exist: {name}")
        else:
            self.found_claims[claim.id] = claim

    def _snippet(
        self, path: Path, settings: Settings, options: dict[str, tuple[SnippetOptions, str, int]]
    ) -> Snippet | None:
        code, file = self._text(path), self._name(path)
        if code is None:
            return None
        name = f"{path.parent.name}/{path.stem}"
        if path.stem in sys.stdlib_module_names:
            message = f"hides the standard library's module {path.stem}; choose another name"
            self.problems.append(Problem(file, 1, message))
        wanted = options[name][0] if name in options else SnippetOptions()
        limits = settings.run.limits
        given = {"seconds": wanted.time_limit, "memory": wanted.memory, "processes": wanted.processes}
        expected = path.with_suffix(".out")
        tool, *rest = PLOT.split(code)
        tool, *demonstration = DEMONSTRATION.split(tool)
        return Snippet(
            name=name,
            file=file,
            code=code,
            computation=tool.rstrip() + "\n",
            demonstration="".join(demonstration).strip("\n"),
            plotting="".join(rest).strip("\n"),
            expected=self._text(expected) if expected.is_file() else None,
            allow=wanted.allow,
            limits=msgspec.structs.replace(limits, **{k: v for k, v in given.items() if v is not None}),
            seeds=wanted.seeds or settings.run.seeds,
        )

    def _pages(self, settings: Settings) -> tuple[dict[str, Page], tuple[str, ...], dict[str, Lab]]:
        """Pages, other files beside them, and labs."""
        pages: dict[str, Page] = {}
        others, labs = [], {}
        texts: dict[str, str] = {}
        for path in sorted(self._files("docs", "**/*")):
            below = path.relative_to(self.root / "docs")
            if path.suffix == ".ipynb":
                if lab := self._lab(path, settings):
                    labs[lab.name] = lab
            elif path.suffix == ".md":
                text = self._text(path)
                if text is None:
                    continue
                file = self._name(path)
                if text in texts:
                    self.problems.append(Problem(file, 1, f"is the same page as {texts[text]}"))
                texts[text] = file
                if not re.search(r"^# \S", text, re.M):
                    self.problems.append(Problem(file, 1, "has no heading: begin it with “# Title”"))
                pages[below.as_posix()] = Page(below.as_posix(), file, text, self._difficulty(file, text))
            else:
                others.append(below.as_posix())
        return pages, tuple(others), labs

    def _difficulty(self, file: str, text: str) -> Difficulty | None:
        """What a page's front matter says of it."""
        front = FRONT_MATTER.match(text)
        said = re.search(r"^difficulty:(.*)$", front[0], re.M) if front else None
        if said is None:
            return None
        try:
            found: Difficulty = msgspec.convert(yaml.safe_load(said[1]), Difficulty)
        except (msgspec.ValidationError, yaml.YAMLError):
            message = f"difficulty must be one of {', '.join(get_args(Difficulty))}, not {said[1].strip() or 'empty'}"
            self.problems.append(Problem(file, line_of(text, "\ndifficulty:") + 1, message))
            return None
        return found

    def _lab(self, path: Path, settings: Settings) -> Lab | None:
        text, file = self._text(path), self._name(path)
        if text is None:
            return None
        try:
            notebook = json.loads(text)
        except json.JSONDecodeError as error:
            self.problems.append(Problem(file, error.lineno, f"no JSON: {error.msg}"))
            return None
        cells = []
        try:
            about = notebook["metadata"]
            seconds = about.get("time_limit", settings.run.limits.seconds)
            if not (isinstance(seconds, int | float) and seconds > 0):
                message = f"time_limit must be a positive number, not {seconds!r}"
                self.problems.append(Problem(file, line_of(text, '"time_limit"'), message))
                return None
            for number, raw in enumerate(notebook["cells"], 1):
                cells.append(self._cell(raw, number, file, text))
        except (KeyError, TypeError, AttributeError) as error:
            self.problems.append(Problem(file, 1, f"no valid notebook of format 4.5: lacks {error}"))
            return None
        name = path.relative_to(self.root / "docs").with_suffix("").as_posix()
        limits = msgspec.structs.replace(settings.run.limits, seconds=float(seconds))
        return Lab(name, file, text, str(about.get("description", "")), tuple(cells), limits)

    def _cell(self, raw: dict[str, Any], number: int, file: str, text: str) -> Cell:
        about = raw["metadata"]
        place = text.find(f'"id": "{raw["id"]}"')
        # A notebook's keys are sorted: a cell's source follows its id.
        line = text.count("\n", 0, text.find('"source"', place)) + 2
        if raw["cell_type"] == "code" and (raw["outputs"] or raw["execution_count"] is not None):
            message = "stored with its outputs; clear them, the build makes them anew"
            self.problems.append(Problem(file, line_of(text, f'"{raw["id"]}"'), message))
        tags = tuple(about.get("tags", ()))
        code = "".join(raw["source"])
        if "solution" in tags and "assert" not in code:
            self.problems.append(Problem(file, line, "a solution without assert tests nothing"))
        return Cell(raw["id"], raw["cell_type"], code, line, tags, str(about.get("alt", "")))


def parts_of(cells: tuple[Cell, ...]) -> tuple[Part, ...]:
    return tuple(Part(cell.code, cell.line) for cell in cells)
