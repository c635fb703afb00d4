"""The Markdown extension: blocks, numbers by name, typeset formulas and cross-references, from a finished book.

It runs nothing. `publish` weaves every page once to collect its facts and problems; a site generator weaves it again,
with the book that `publish` left. Both generators tell the page's path.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as etree  # noqa: N813  (Python-Markdown's name for it)
from functools import lru_cache
from html import escape, unescape
from pathlib import Path
from typing import Any

import msgspec
from markdown import Markdown
from markdown.inlinepatterns import InlineProcessor
from markdown.postprocessors import Postprocessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString
from pymdownx.blocks import BlocksExtension, BlocksProcessor

from exhibits.blocks import BLOCKS, PROCESSORS
from exhibits.blocks.base import plain
from exhibits.linear import as_text
from exhibits.model import Book, Facts, Page
from exhibits.reading import minutes
from exhibits.sheet import FORMULA_DRAWN_TAG, FORMULA_TAG, FORMULA_TEXT_TAG, NUMBER, Sheet, Typeset, child, tooltip
from exhibits.source import FRONT_MATTER
from exhibits.tex import FormulaError

PUNCTUATION = re.compile(r"[.,;:)?!。，、；：）？！”]*")
OPENING = re.compile(r"[(\[“（「]+$")
STASHED = re.compile("\x02.*?\x03")
# What an author meant for this extension and what it did not understand: only code may show it.
LEFT_OVER = re.compile(r"\{\{[^{}]*\}\}|(?:^|(?<=>))/{3,} *\w[^\n<]*", re.M)
CODE = re.compile(r"<(code|pre|samp|button)\b.*?</\1>", re.S)


class Opening(Preprocessor):
    """Before a generator's conversion: find the page by the path that the generator gives, and open the book."""

    def __init__(self, md: Markdown, weaving: Weaving) -> None:
        super().__init__(md)
        self.weaving = weaving

    def run(self, lines: list[str]) -> list[str]:
        if not self.weaving.opened:
            path = page_path(self.md)
            self.weaving.sheet.open(read_book(Path(self.weaving.getConfig("book"))), path, "\n".join(lines))
        return lines


def page_path(md: Markdown) -> str:
    """Path of the page that is being converted, below the pages' folder.

    Raises:
        LookupError: the generator is neither MkDocs nor Zensical.
    """
    if "relpath" in md.treeprocessors:
        return str(md.treeprocessors["relpath"].file.src_uri)  # type: ignore[attr-defined]
    if "rendering_context" in md.preprocessors:
        return str(md.preprocessors["rendering_context"].page.path)  # type: ignore[attr-defined]
    raise LookupError("this generator does not tell which page it renders")


def read_book(path: Path) -> Book:
    """The book in a file; the same object until the file changes, as a generator asks once a page."""
    return _read_book(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=1)
def _read_book(path: Path, written: int) -> Book:
    return msgspec.json.decode(path.read_bytes(), type=Book)


class Number(InlineProcessor):
    """`{{ claim-id }}`, `{{ claim-id.theory }}`, `{{ claim-id.spread:.1e }}`: a number, linked to its claim."""

    def __init__(self, md: Markdown, sheet: Sheet) -> None:
        super().__init__(r"\{\{.*?\}\}", md)
        self.sheet = sheet

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[etree.Element, int, int]:  # type: ignore[override]
        sheet, match = self.sheet, NUMBER.fullmatch(m[0])
        element = etree.Element("span")
        element.text = AtomicString(sheet.number(m[0]))
        verdict = sheet.book.verdicts.get(match[1]) if match else None
        if verdict and sheet.book.special.claims:
            href = sheet.link(sheet.book.special.claims, verdict.claim.id)
            element.tag, element.attrib = "a", {"class": "claim", "href": href, "title": tooltip(verdict, sheet.say)}
        return element, m.start(0), m.end(0)


class Formulas(Treeprocessor):
    """Replace what arithmatex (generic mode) marked by KaTeX's HTML."""

    def __init__(self, md: Markdown, sheet: Sheet) -> None:
        super().__init__(md)
        self.sheet = sheet

    def run(self, root: etree.Element) -> None:
        for element in root.iter():
            if element.get("class") != "arithmatex":
                continue
            display = element.tag == "div"
            # arithmatex escapes display formulas, but not inline ones
            tex = (unescape(element.text or "") if display else element.text or "")[2:-2].strip()
            after = ""
            if not display and (follows := PUNCTUATION.match(element.tail or "")):
                after = follows[0]
                element.tail = (element.tail or "")[len(after) :]
            try:
                html = self.sheet.formula(tex, display)
            except FormulaError as error:
                self.sheet.report(self.sheet.line(tex.splitlines()[0] if tex else "$"), str(error))
                html = f"<code>{escape(tex)}</code>"
            element.tag, element.text = FORMULA_TAG, None
            element.attrib = {"class": "math display" if display else "math"}
            # Search reads the formula as a line of text. What is drawn says it in an order of its own.
            child(element, FORMULA_TEXT_TAG, as_text(html) + " " * display, hidden="")
            drawn = child(element, FORMULA_DRAWN_TAG, data_search_exclude="")
            drawn.text = AtomicString(self.md.htmlStash.store(html))
            drawn.tail = AtomicString(after)  # inside the formula, or a line might begin with it


class Joints(Treeprocessor):
    """What opens stays with what it opens: a bracket with its formula, ± and × with their number."""

    def run(self, root: etree.Element) -> None:
        for parent in list(root.iter()):
            last = None
            for element in parent:
                before = (parent.text if last is None else last.tail) or ""
                kept = before
                if element.tag == FORMULA_TAG and (opens := OPENING.search(before)):
                    element.text, kept = AtomicString(opens[0]), before[: opens.start()]
                elif before.endswith(("± ", "× ")):
                    kept = before[:-1] + "\N{NO-BREAK SPACE}"
                if kept is not before and last is None:
                    parent.text = kept
                elif kept is not before and last is not None:
                    last.tail = kept
                last = element


class Far(Treeprocessor):
    """Marks parts of a page that a style sheet may leave for when they come near the window.

    Neither the first, which are near, nor the last, above the dark foot. The style sheet could count them, too; but a
    browser that meets a page piece by piece would find each piece last for a while, and draw it.
    """

    FIRST, LAST = 5, 5
    # No tables: the theme leaves one with a class alone.
    TAGS = frozenset({"p", "ul", "ol", "dl", "div", "details", FORMULA_TAG})

    def run(self, root: etree.Element) -> None:
        for element in root[self.FIRST : -self.LAST]:
            if element.tag in self.TAGS:
                element.set("class", " ".join(filter(None, (element.get("class"), "far"))))


class Title(Treeprocessor):
    """Note the page's first heading."""

    def __init__(self, md: Markdown, sheet: Sheet) -> None:
        super().__init__(md)
        self.sheet = sheet

    def run(self, root: etree.Element) -> None:
        heading = root.find(".//h1")
        self.sheet.title = STASHED.sub("", plain(heading)) if heading is not None else ""


class HeaderLinks(Treeprocessor):
    """The sign after a heading, by which its address is copied, is for the pointer: no part of the heading's name.

    Who uses the keyboard or listens has the same links in the table of contents.
    """

    def run(self, root: etree.Element) -> None:
        for link in root.iter("a"):
            if link.get("class") == "headerlink":
                link.attrib |= {"aria-hidden": "true", "tabindex": "-1"}


class Rows(Postprocessor):
    """Takes the line breaks out of tables: the page of claims has thousands."""

    def run(self, text: str) -> str:
        return re.sub(r"\n(?=</?t[drh]\b)", "", text)


class Weaving(BlocksExtension):
    """Option `book`: the file that `publish` left, from the folder in which the generator runs."""

    def __init__(self, **options: Any) -> None:
        self.config = {"book": ["build/book.json", "the prepared book"]}
        super().__init__(**options)
        self.sheet = Sheet()
        self.opened = False  # by `publish`, which knows the page

    def extendMarkdownBlocks(self, md: Markdown, block_mgr: BlocksProcessor) -> None:
        for block in BLOCKS:
            block_mgr.register(block, {"sheet": self.sheet})
        md.preprocessors.register(Opening(md, self), "exhibits-opening", 1000)
        md.inlinePatterns.register(Number(md, self.sheet), "exhibits-number", 185)
        # after inline patterns (20), which mark the formulas; before toc (5), which reads headings
        md.treeprocessors.register(Formulas(md, self.sheet), "exhibits-formulas", 15)
        md.treeprocessors.register(Joints(md), "exhibits-joints", 14)
        md.treeprocessors.register(Far(), "exhibits-far", 0)  # when each part is what it will be
        md.treeprocessors.register(Title(md, self.sheet), "exhibits-title", 6.5)
        md.postprocessors.register(Rows(md), "exhibits-rows", 1)
        md.treeprocessors.register(HeaderLinks(md), "exhibits-header-links", 4)  # after toc (5), which makes them
        for processor in PROCESSORS:
            md.treeprocessors.register(processor(md, self.sheet), processor.NAME, processor.PRIORITY)


class Weaver:
    """Weaves pages outside a generator.

    Args:
        extensions: names and options of the other Markdown extensions, as mkdocs.yml lists them.
    """

    def __init__(self, extensions: dict[str, dict[str, Any]]) -> None:
        self.weaving = Weaving()
        self.weaving.opened = True
        self.md = Markdown(extensions=[*extensions, self.weaving], extension_configs=extensions)

    def weave(self, book: Book, page: Page, typeset: Typeset) -> tuple[str, Facts]:
        """HTML of one page's content, and what it contains, problems included."""
        self.md.reset()
        sheet = self.weaving.sheet
        sheet.open(book, page.path, page.text, page.file, typeset)
        html = self.md.convert(FRONT_MATTER.sub("", page.text))
        for match in LEFT_OVER.finditer(CODE.sub("", html)):
            words = unescape(re.sub(r"<[^>]+>", "", match[0])).splitlines()[0]
            message = "not understood; a block's options are YAML, and a text with a colon needs quotes"
            sheet.report(sheet.line(words), f"“{words}” {message}")
        return html, msgspec.structs.replace(sheet.facts, minutes=minutes(html))


def makeExtension(**options: Any) -> Weaving:  # noqa: N802  (Python-Markdown's name)
    return Weaving(**options)
