"""Python-Markdown extension: exhibits, numbers by name, typeset formulas and cross-references.

It only reads finished results (`.cache/outcome.json`, written by the command line) and runs nothing.
A problem is logged as an error with file and line under MkDocs' logger, where it fails a strict build.
"""

from __future__ import annotations

import json
import logging
import xml.etree.ElementTree as etree  # noqa: N813  (Python-Markdown's name for it)
from functools import lru_cache
from html import escape, unescape
from pathlib import Path

from markdown import Markdown
from markdown.inlinepatterns import InlineProcessor
from markdown.postprocessors import Postprocessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString
from pymdownx.blocks import BlocksExtension

from exhibits.blocks import ClaimTable, Exhibit, Gallery
from exhibits.cache import Cache
from exhibits.claims import Verdict, judge, readable
from exhibits.crossrefs import CitedOn, Glossary
from exhibits.mathematics import PUNCTUATION, FormulaError, Typesetter
from exhibits.project import EXHIBIT, FRONT_MATTER, NUMBER, Project, line_of

log = logging.getLogger("mkdocs.plugins.exhibits")
CLAIMS_PAGE = "reference/claims.md"


class Book:
    """Everything that pages may refer to."""

    def __init__(self, root: Path, macros: dict[str, str]):
        self.project = Project(root)
        outcome = json.loads((self.project.cache / "outcome.json").read_text("utf-8"))
        self.runs: dict[str, dict] = outcome["runs"]
        self.verdicts: dict[str, Verdict] = judge(self.project, outcome)
        self.typesetter = Typesetter(Cache(self.project.cache), macros)
        self.page_by_text = {FRONT_MATTER.sub("", t).strip(): p for p, t in self.project.pages.items()}


def open_book(root: Path, macros: dict[str, str]) -> Book:
    """The book of the project in `root`; the same object until another run has ended."""
    root = root.resolve()
    return _open_book(root, (root / ".cache" / "outcome.json").stat().st_mtime_ns, tuple(macros.items()))


@lru_cache(maxsize=1)
def _open_book(root: Path, written: int, macros: tuple) -> Book:
    return Book(root, dict(macros))


class PageFinder(Preprocessor):
    """Find the page that is being converted, which Python-Markdown does not know, by its text."""

    def __init__(self, md: Markdown, extension: ExhibitsExtension):
        super().__init__(md)
        self.extension = extension

    def run(self, lines: list[str]) -> list[str]:
        self.extension.page = self.extension.book.page_by_text.get("\n".join(lines).strip())
        self.extension.seen.clear()
        self.extension.reported.clear()
        return lines


class Number(InlineProcessor):
    """`{{ claim-id }}`, `{{ claim-id.theory }}`, `{{ claim-id.spread:.1e }}`: a number, linked to its claim."""

    def __init__(self, md: Markdown, extension: ExhibitsExtension):
        super().__init__(NUMBER.pattern, md)
        self.extension = extension

    def handleMatch(self, m, data):
        number = self.extension.number(m[0])
        link = etree.Element("a", {"class": "claim", "href": f"{self.extension.up}{CLAIMS_PAGE}#{m[1]}"})
        link.text = AtomicString(number)
        return link, m.start(0), m.end(0)


class Formulas(Treeprocessor):
    """Replace what arithmatex (generic mode) marked by KaTeX's HTML."""

    def __init__(self, md: Markdown, extension: ExhibitsExtension):
        super().__init__(md)
        self.extension = extension

    def run(self, root: etree.Element) -> None:
        for element in root.iter():
            if element.get("class") != "arithmatex":
                continue
            display = element.tag == "div"
            # arithmatex escapes display formulas, but not inline ones
            tex = (unescape(element.text) if display else element.text)[2:-2].strip()
            after = "" if display else PUNCTUATION.match(element.tail or "")[0]
            try:
                html = self.extension.book.typesetter.html(tex, display, after)
                element.tail = (element.tail or "").removeprefix(after)
            except FormulaError as error:
                self.extension.report(tex, f"formula does not parse: {error}")
                html = f"<code>{escape(tex)}</code>"
            element.attrib = {"class": "math", "data-search-exclude": ""}
            if display:
                element.attrib["tabindex"] = "0"
            element.text = AtomicString(self.md.htmlStash.store(html))


class Overlooked(Postprocessor):
    """Report exhibits that stayed plain text, as those do whose options are no valid YAML."""

    def __init__(self, md: Markdown, extension: ExhibitsExtension):
        super().__init__(md)
        self.extension = extension

    def run(self, text: str) -> str:
        extension = self.extension
        source = FRONT_MATTER.sub("", extension.book.project.pages.get(extension.page or "", ""))
        for name in dict.fromkeys(EXHIBIT.findall(source)):
            if name not in extension.seen:
                extension.report(f"/// exhibit | {name}", "exhibit not understood; put a text with a colon in quotes")
        return text


class ExhibitsExtension(BlocksExtension):
    """Options: root (the project's folder) and macros (for KaTeX)."""

    def __init__(self, **kwargs):
        self.config = {"root": [".", "the project's folder"], "macros": [{}, "KaTeX macros"]}
        super().__init__(**kwargs)
        self.page: str | None = None
        self.seen: set[str] = set()  # exhibits of the present page
        self.reported: set[str] = set()

    def extendMarkdownBlocks(self, md: Markdown, block_mgr) -> None:
        block_mgr.register(Exhibit, {"extension": self})
        block_mgr.register(ClaimTable, {"extension": self})
        block_mgr.register(Gallery, {"extension": self})
        md.preprocessors.register(PageFinder(md, self), "exhibits-page", 1000)
        md.inlinePatterns.register(Number(md, self), "exhibits-number", 185)
        md.postprocessors.register(Overlooked(md, self), "exhibits-overlooked", 0)
        # after inline patterns (20), which mark the formulas; before toc (5), which reads headings
        md.treeprocessors.register(Formulas(md, self), "exhibits-formulas", 15)
        md.treeprocessors.register(Glossary(md, self), "exhibits-glossary", 12)
        md.treeprocessors.register(CitedOn(md, self), "exhibits-cited-on", 7)  # after attr_list (8), which sets ids

    @property
    def book(self) -> Book:
        return open_book(Path(self.getConfig("root")), self.getConfig("macros"))

    @property
    def up(self) -> str:
        """Relative way from the page to docs/."""
        return "../" * (self.page or "").count("/")

    def report(self, part: str, message: str, last: bool = False) -> None:
        """Log an error at the line of the page on which `part` stands first, or last."""
        text = self.book.project.pages.get(self.page or "", "")
        part = part if part in text else part.splitlines()[0]
        line = text.count("\n", 0, text.rfind(part)) + 1 if last else line_of(text, part)
        complaint = f"docs/{self.page or '(unknown page)'}:{line}: {message}"
        if complaint not in self.reported:  # postprocessors run once for each heading, too
            self.reported.add(complaint)
            log.error(complaint)

    def number(self, reference: str) -> str:
        """Text of one `{{ … }}`."""
        name, quantity, form = NUMBER.fullmatch(reference).groups()
        verdict = self.book.verdicts.get(name)
        if verdict is None:
            self.report(reference, f"no claim named {name}")
            return "?"
        value = getattr(verdict, quantity or "measured")
        if value is None:
            self.report(reference, f"{name} is a measurement: it has no theory")
            return "?"
        try:
            return readable(value, form or ".3g")
        except ValueError as error:
            self.report(reference, str(error))
            return "?"

    def fill(self, text: str) -> str:
        """`text` with its numbers filled in."""
        return NUMBER.sub(lambda m: self.number(m[0]), text)


def makeExtension(**kwargs) -> ExhibitsExtension:  # noqa: N802  (Python-Markdown's name)
    return ExhibitsExtension(**kwargs)
