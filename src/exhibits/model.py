"""The records that travel through the tool. They are frozen, and nothing here reads or writes a file."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

from msgspec import Struct, field

Kind = Literal["network", "training", "sampling", "arithmetic"]
Bound = Literal["upper", "lower"]
Difficulty = Literal["introductory", "intermediate", "advanced"]
# Colours in raw drawings stand for what a page's scheme makes of them; no snippet draws in these.
INK, GRID = "#010203", "#040506"
SERIES = tuple(f"#0a0b{number:02x}" for number in range(12))


class Problem(Struct, frozen=True, order=True):
    """One message a contributor can act on."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class ProblemsFound(Exception):
    """Nothing must be published; `problems` says why, each once, in order of file and line."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__("\n".join(map(str, self.problems)))


class Claim(Struct, frozen=True):
    """A sentence with a number in it; without `theory` it is a measurement, reported but not judged.

    Attributes:
        id: name by which pages quote it.
        snippet: "chapter/name" of the script that it is about.
        kind: where the number comes from; an "arithmetic" one counts nowhere as measured.
        measured: expression over the snippet's variables.
        theory: expression over the site's theory, never over the snippet.
        rel_tol, abs_tol: admitted |measured − theory| for every seed.
        bound: side on which theory bounds the measured value.
        ulps: admitted distance in units of the last place of `dtype`, for agreement to rounding.
        rivals: wrong theories, by name, that the measured mean must reject.
        bias: why the mean over seeds differs from theory, where it does.
        why: reason for a tolerance that the seeds' spread does not explain, or for a distant bound.
        setup: optimiser, rate and budget of a training.
        steps: expression that is positive and finite only if steps were taken.
        share: how many seeds must satisfy the claim; all where it is None.
        ablation: id of the claim or measurement in which the credited ingredient alone is removed.
    """

    id: str
    says: str
    snippet: str
    kind: Kind
    measured: str
    file: str
    line: int
    theory: str | None = None
    rel_tol: float | None = None
    abs_tol: float | None = None
    bound: Bound | None = None
    ulps: float | None = None
    dtype: Literal["float32", "float64"] = "float64"
    rivals: dict[str, str] = {}
    bias: str = ""
    why: str = ""
    source: str = ""
    setup: str = ""
    steps: str = ""
    share: int | None = None
    ablation: str = ""

    @property
    def over_snippet(self) -> tuple[str, ...]:
        """Expressions that the snippet's process evaluates."""
        return tuple(filter(None, (self.measured, self.steps)))

    @property
    def over_theory(self) -> tuple[str, ...]:
        """Expressions that the theory's process evaluates."""
        return tuple(filter(None, (self.theory, *self.rivals.values())))


class Limits(Struct, frozen=True, forbid_unknown_fields=True):
    """What one job may use, its child processes included.

    Attributes:
        seconds: wall-clock time.
        memory: resident memory in MiB.
        output: bytes on stdout and stderr together.
        processes: processes at one time, the job's own included.
    """

    seconds: float = 120.0
    memory: int = 1024
    output: int = 1_000_000
    processes: int = 1


class Snippet(Struct, frozen=True):
    """One script; `name` is its path below the snippets' folder without suffix, "chapter/name"."""

    name: str
    file: str
    code: str
    computation: str
    plotting: str
    demonstration: str
    expected: str | None
    allow: tuple[str, ...]
    limits: Limits
    seeds: int

    @property
    def unplotted(self) -> str:
        """All that a shifted seed runs: the script without its plotting."""
        demonstration = f"\n# %% Demonstration\n{self.demonstration}\n" if self.demonstration else ""
        return self.computation + demonstration

    @property
    def slug(self) -> str:
        """The name as anchor and file name: "chapter-name"."""
        return self.name.replace("/", "-")


class Cell(Struct, frozen=True):
    """One cell of a lab, with the line of its first source line in the notebook's file."""

    id: str
    kind: str
    code: str
    line: int
    tags: tuple[str, ...] = ()
    alt: str = ""


class Lab(Struct, frozen=True):
    """A notebook with exercises; `name` is its path below the pages' folder without suffix."""

    name: str
    file: str
    text: str
    description: str
    cells: tuple[Cell, ...]
    limits: Limits

    @property
    def code(self) -> tuple[Cell, ...]:
        return tuple(cell for cell in self.cells if cell.kind == "code")

    @property
    def page(self) -> str:
        """Path of the page that it becomes."""
        return f"{self.name}.md"


class Page(Struct, frozen=True):
    """One page: its path below the pages' folder, the file it comes from, its whole text.

    One with a difficulty is read on purpose: it tells how long that takes, and where the short answer is.
    """

    path: str
    file: str
    text: str
    difficulty: Difficulty | None = None


class Generator(Struct, frozen=True, forbid_unknown_fields=True):
    """A random generator that scripts may use.

    Attributes:
        state: expression for its state; a state that changes without a seed fails the run.
        seeds: calls that seed it, by dotted name; other seeds of a claim shift their first argument.
    """

    state: str
    seeds: tuple[str, ...] = ()


class Setup(Struct, frozen=True):
    """What surrounds a job's code and can change its result.

    Attributes:
        generators: random generators and the calls that seed them.
        refused: calls, by dotted name, whose randomness could not be repeated or shifted.
        stride: what one shift adds to a seed.
        modules: package that the job may import, module name → source.
        style: matplotlib settings of a job that draws.
        sizes: of its drawings, wide and narrow, in inches; see `RunSettings`.
        variables: environment variables.
    """

    generators: tuple[Generator, ...] = ()
    refused: tuple[str, ...] = ()
    stride: int = 1000
    modules: tuple[tuple[str, str], ...] = ()
    style: tuple[tuple[str, str], ...] = ()
    sizes: tuple[tuple[float, float], ...] = ()
    variables: tuple[tuple[str, str], ...] = ()


class Part(Struct, frozen=True):
    """A piece of code that runs in a job's namespace, and the line of the file at which it starts."""

    code: str
    line: int = 1


class Job(Struct, frozen=True):
    """One execution of a script, a lab or the theory, in a process of its own.

    Attributes:
        name: for progress, and salt of its drawings' ids.
        file: path for messages, below the site's root.
        parts: a script is one part, a lab has one a code cell.
        expressions: evaluated in the namespace when all parts have ended.
        shift: 0 for what readers see; k adds k strides to every seed.
        echo: print the value of a part's last expression, as a notebook does.
        allow: what is no failure: "nan", "stderr".
        root: folder whose files the job must not open; "" for none. Not part of the key.
    """

    name: str
    file: str
    parts: tuple[Part, ...]
    expressions: tuple[str, ...] = ()
    shift: int = 0
    echo: bool = False
    allow: tuple[str, ...] = ()
    limits: Limits = Limits()
    setup: Setup = Setup()
    root: str = ""

    @property
    def title(self) -> str:
        return f"{self.name} seed {self.shift}" if self.shift else self.name


class Drawing(Struct, frozen=True):
    """One figure in SVG, and again for columns too narrow for it; "" where the settings ask for none."""

    wide: str
    narrow: str = ""


class Output(Struct, frozen=True):
    """What one part printed, and its drawings as matplotlib wrote them."""

    stdout: str
    drawings: tuple[Drawing, ...] = ()


class Run(Struct, frozen=True):
    """A job that ended well.

    Attributes:
        outputs: one for each part.
        values: by expression.
        seeded: whether the script set a seed.
        seconds: its own compute, imports of preloaded modules not included.
        peak: largest resident memory in MiB.
        environment: digest of the environment that it ran in.
    """

    outputs: tuple[Output, ...]
    values: dict[str, float]
    seeded: bool
    seconds: float
    peak: float
    environment: str = ""

    @property
    def stdout(self) -> str:
        return "".join(output.stdout for output in self.outputs)

    @property
    def drawings(self) -> tuple[Drawing, ...]:
        return tuple(drawing for output in self.outputs for drawing in output.drawings)


class Failure(Struct, frozen=True):
    """Why a job did not end well: at a line of its file, or for one expression."""

    line: int
    message: str
    expression: str = ""


class Rival(Struct, frozen=True):
    """A wrong theory, its value, and how far the measured mean is from it in standard errors (0 where none exists)."""

    name: str
    value: float
    errors: float


class Verdict(Struct, frozen=True):
    """One claim with its numbers.

    Attributes:
        theory: None for a measurement.
        values: measured, by seed.
        mean, spread: over seeds; the spread is a standard deviation, 0 without randomness.
        allowed: largest admitted distance from theory; 0 for a bound.
        holding: how many seeds satisfy it.
        complaint: why the claim fails; empty if it holds.
    """

    claim: Claim
    theory: float | None
    values: tuple[float, ...]
    mean: float
    spread: float
    allowed: float = 0.0
    holding: int = 0
    rivals: tuple[Rival, ...] = ()
    complaint: str = ""

    @property
    def seeds(self) -> int:
        return len(self.values)

    @property
    def bias(self) -> float:
        """Mean minus theory."""
        return self.mean - (self.theory or 0.0)


class Shown(Struct, frozen=True):
    """A snippet as one page shows it, with alternative texts of its figures."""

    name: str
    line: int
    whole: bool
    alternatives: tuple[str, ...] = ()


class Term(Struct, frozen=True):
    """An entry of the glossary: its words, its anchor and what a tooltip says."""

    words: tuple[str, ...]
    anchor: str
    meaning: str


class Theorem(Struct, frozen=True):
    """A theorem block: its id and, for each hypothesis, its name and the claim that shows what happens without it."""

    id: str
    line: int
    hypotheses: tuple[tuple[str, str], ...] = ()
    proved: bool = False


class Facts(Struct, frozen=True):
    """What a page contains, as its Markdown was parsed.

    Attributes:
        shown: exhibits in order.
        quoted: ids of claims.
        cited: anchors of papers.
        papers: anchors that this page defines with their lines, where it is the page of papers.
        formulas: keys of typeset formulas.
        whole: whether it shows the whole book, as the table of claims does.
        problems: what a contributor must mend.
        minutes: what reading it takes.
    """

    title: str = ""
    shown: tuple[Shown, ...] = ()
    quoted: tuple[str, ...] = ()
    cited: tuple[str, ...] = ()
    papers: tuple[tuple[str, int], ...] = ()
    terms: tuple[Term, ...] = ()
    theorems: tuple[Theorem, ...] = ()
    formulas: tuple[str, ...] = ()
    whole: bool = False
    problems: tuple[Problem, ...] = ()
    minutes: int = 0


class Special(Struct, frozen=True, forbid_unknown_fields=True):
    """Pages that others refer to, by path below the pages' folder, and the one that keeps the bench; "" for none."""

    claims: str = ""
    glossary: str = ""
    papers: str = ""
    short: str = ""
    bench: str = ""


class Site(Struct, frozen=True):
    """What the generator's configuration says of the site; "" where it says nothing.

    Attributes:
        address: of the site, with a slash at its end.
        repository: address of its source.
        notebooks: address below which its notebooks open, with a slash at its end.
    """

    name: str = ""
    author: str = ""
    address: str = ""
    repository: str = ""
    notebooks: str = ""


class Change(Struct, frozen=True, order=True):
    """A commit: when it was made, in seconds since 1970, and its name."""

    time: int
    commit: str

    @property
    def date(self) -> str:
        """Its day in Greenwich, "2026-02-01"."""
        return datetime.fromtimestamp(self.time, UTC).date().isoformat()


class Language(Struct, frozen=True, forbid_unknown_fields=True):
    """A language of pages.

    Attributes:
        name: what its readers call it.
        folder: of its pages, below the pages' folder; "" for the site's own language.
        words: what the tool itself puts on pages, as it stands in English, in this language.
    """

    name: str
    folder: str = ""
    words: dict[str, str] = {}


class Palette(Struct, frozen=True, forbid_unknown_fields=True):
    """Colours of figures on light and on dark paper: ink, grid and one for each series."""

    light: tuple[str, ...]
    dark: tuple[str, ...]


class Book(Struct, frozen=True):
    """Everything that pages may refer to, as `publish` leaves it for the generator.

    Attributes:
        stdout: a snippet's output, by name.
        drawings: a snippet's figures, cleaned, by name.
        cells: output and cleaned drawings of a lab's code cells, by lab and cell id.
        facts: by page.
        formulas: HTML by key.
        chapters: titles by folder, in order.
        modules: of the package that the site draws, with what each uses.
        languages: by code; none where all pages are in one.
        translations: the original of each page that translates one.
        site: the site that they make.
        difficulties: of pages that say how hard they are.
        changes: the last change of what a page is made of, where git knows it.
        surroundings: what readers are told of the machine that ran the snippets.
    """

    special: Special
    snippets: dict[str, Snippet] = {}
    labs: dict[str, Lab] = {}
    verdicts: dict[str, Verdict] = {}
    stdout: dict[str, str] = {}
    drawings: dict[str, tuple[Drawing, ...]] = {}
    cells: dict[str, dict[str, Output]] = field(default_factory=dict)
    facts: dict[str, Facts] = {}
    formulas: dict[str, str] = {}
    chapters: dict[str, str] = {}
    modules: dict[str, tuple[str, ...]] = {}
    languages: dict[str, Language] = {}
    translations: dict[str, str] = {}
    site: Site = Site()
    difficulties: dict[str, Difficulty] = {}
    changes: dict[str, Change] = {}
    surroundings: tuple[str, ...] = ()

    def language(self, page: str) -> str:
        """Code of the language that a page is in; "" where the site names none."""
        inside = (code for code, one in self.languages.items() if one.folder and page.startswith(f"{one.folder}/"))
        own = (code for code, one in self.languages.items() if not one.folder)
        return next(inside, next(own, ""))

    def twins(self, page: str) -> dict[str, str]:
        """A page, its original and its translations, by language."""
        original = self.translations.get(page, page)
        pages = [original, *(one for one, of in self.translations.items() if of == original)]
        return {self.language(one): one for one in pages}

    def beside(self, page: str, wanted: str) -> str:
        """The page `wanted` for readers of `page`: in their language, where there is one."""
        return self.twins(wanted).get(self.language(page), wanted)

    def chapter(self, page: str) -> str:
        """Folder of the chapter that a page is in, or has the name of, whatever its language; "" for none."""
        language = self.languages.get(self.language(page))
        below = page.removeprefix(f"{language.folder}/") if language and language.folder else page
        folder = below.removesuffix(".md").split("/")[0]
        return folder if folder in self.chapters else ""

    def originals(self) -> dict[str, Facts]:
        """What the site says, each thing once: all pages but translations."""
        return {page: facts for page, facts in self.facts.items() if page not in self.translations}

    def pages_showing(self, snippet: str) -> list[str]:
        return [page for page, facts in self.originals().items() if any(s.name == snippet for s in facts.shown)]

    def pages_quoting(self, claim: str) -> list[str]:
        return [page for page, facts in self.originals().items() if claim in facts.quoted]

    def pages_citing(self, paper: str) -> list[str]:
        return [page for page, facts in self.originals().items() if paper in facts.cited]

    def home(self, snippet: str) -> str | None:
        """The page that shows a snippet with its code."""
        showing = (p for p, f in self.facts.items() if any(s.name == snippet and s.whole for s in f.shown))
        return next(showing, None)

    def alternatives(self, snippet: str) -> tuple[str, ...]:
        """Alternative texts of a snippet's figures, from the page that shows its code."""
        shown = (s for facts in self.facts.values() for s in facts.shown if s.name == snippet and s.whole)
        return next((s.alternatives for s in shown), ())

    def claims_of(self, snippet: str) -> list[Claim]:
        return [verdict.claim for verdict in self.verdicts.values() if verdict.claim.snippet == snippet]

    @property
    def terms(self) -> tuple[Term, ...]:
        return tuple(term for facts in self.facts.values() for term in facts.terms)
