"""The page that is being woven: what blocks ask, report and leave behind."""

from __future__ import annotations

import json
import posixpath
import re
import xml.etree.ElementTree as etree  # noqa: N813  (Python-Markdown's name for it)
from collections.abc import Callable
from html import escape
from math import floor, log10

from markdown.util import AtomicString
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from exhibits.judge import readable
from exhibits.model import Book, Facts, Problem, Shown, Special, Term, Theorem, Verdict
from exhibits.store import digest

NUMBER = re.compile(r"\{\{\s*([a-z0-9-]+)(?:\.(theory|measured|spread|bias|seeds|holding))?(?::([^}\s]+))?\s*\}\}")
# Material's search stops excluding at the first closing tag of the same name: names that occur once.
FORMULA_TAG, FORMULA_TEXT_TAG, FORMULA_DRAWN_TAG = "tex-formula", "tex-text", "tex-drawn"
FOLDED_TAG = "exhibit-part"
Typeset = Callable[[str, bool], str]  # HTML of a formula; raises FormulaError


class Sheet:
    """One page during one conversion. `open` starts it, `facts` says what it contained."""

    def __init__(self) -> None:
        self.open(Book(Special()), "", "")

    def open(self, book: Book, path: str, text: str, file: str = "", typeset: Typeset | None = None) -> None:
        """Begin a page.

        Args:
            path: of the page below the pages' folder.
            text: its source, in which problems are located.
            file: its name in messages.
            typeset: makes formulas that the book does not hold yet.
        """
        self.book, self.path, self.text, self.file, self.typeset = book, path, text, file or path, typeset
        self.title = ""
        self.shown: list[Shown] = []
        self.quoted: dict[str, None] = {}
        self.cited: dict[str, None] = {}
        self.papers: list[tuple[str, int]] = []
        self.terms: list[Term] = []
        self.theorems: list[Theorem] = []
        self.formulas: dict[str, None] = {}
        self.whole = False
        self.problems: dict[Problem, None] = {}

    @property
    def facts(self) -> Facts:
        return Facts(
            self.title, tuple(self.shown), tuple(self.quoted), tuple(self.cited), tuple(self.papers),
            tuple(self.terms), tuple(self.theorems), tuple(self.formulas), self.whole, tuple(self.problems),
        )  # fmt: skip

    def line(self, part: str, occurrence: int = 1) -> int:
        """Line, from 1, of an occurrence of `part` in the source, a lab's notebook included; 1 if it does not occur."""
        lab, text, place = self.book.labs.get(self.path.removesuffix(".md")), self.text, -1
        if lab:
            text, part = lab.text, json.dumps(part, ensure_ascii=False)[1:-1]
        for _ in range(occurrence):
            place = text.find(part, place + 1)
        return text.count("\n", 0, max(place, 0)) + 1

    def report(self, line: int, message: str) -> None:
        self.problems[Problem(self.file, line, message)] = None

    def link(self, page: str, anchor: str = "") -> str:
        """Relative link to a page or file below the pages' folder, as a page's author would write it."""
        way = posixpath.relpath(page, posixpath.dirname(self.path) or ".")
        return f"{way}#{anchor}" if anchor else way

    def verdict(self, name: str, line: int) -> Verdict | None:
        """The verdict on a claim that the page quotes."""
        self.quoted[name] = None
        verdict = self.book.verdicts.get(name)
        if verdict is None:
            self.report(line, f"no claim named {name}")
        return verdict

    def value(self, reference: str) -> float | None:
        """The number that one `{{ … }}` names; None if it names none, which is then reported."""
        line = self.line(reference)
        match = NUMBER.fullmatch(reference)
        if match is None:
            forms = "claim-id, claim-id.theory, claim-id.spread:.1g"
            self.report(line, f"not understood: {reference}; write {forms}")
            return None
        name, quantity, _ = match.groups()
        verdict = self.verdict(name, line)
        if verdict is None:
            return None
        if verdict.theory is None and quantity in ("theory", "bias"):
            self.report(line, f"{name} is a measurement: it has no theory")
            return None
        value: float = verdict.mean if quantity in (None, "measured") else getattr(verdict, quantity)
        return value

    def number(self, reference: str) -> str:
        """Text of one `{{ … }}`."""
        value, match = self.value(reference), NUMBER.fullmatch(reference)
        if value is None or match is None:
            return "?"
        try:
            text = readable(value, match[3] or ("d" if match[2] in ("seeds", "holding") else ".3g"))
            # In the original a per cent sign stands apart, as in typed numbers.
            language = self.book.languages.get(self.book.language(self.path))
            return text if language and language.folder else text.replace("%", "\u00a0%")
        except ValueError as error:
            self.report(self.line(reference), f"{reference}: {error}")
            return "?"

    def say(self, text: str, *values: object) -> str:
        """What the tool itself puts on the page, in the page's language."""
        language = self.book.languages.get(self.book.language(self.path))
        return (language.words.get(text, text) if language else text).format(*values)

    def fill(self, text: str) -> str:
        """`text` with its numbers filled in."""
        return NUMBER.sub(lambda match: self.number(match[0]), text)

    def formula(self, tex: str, display: bool) -> str:
        """HTML of a formula, from the book where the page has no typesetter."""
        key = digest(tex, display)
        self.formulas[key] = None
        return self.typeset(tex, display) if self.typeset else self.book.formulas[key]


def counted(number: int, noun: str) -> str:
    return f"{number} {noun}" + "s" * (number != 1)


def measured(verdict: Verdict) -> str:
    """Mean ± spread, with one digit more than the spread makes certain."""
    if not verdict.spread:
        return readable(verdict.mean, ".5g")
    digits = floor(log10(abs(verdict.mean) or verdict.spread)) - floor(log10(verdict.spread)) + 2
    mean = re.sub(r"\.(?!\d)", "", readable(verdict.mean, f"#.{min(max(digits, 1), 6)}g"))
    return f"{mean} ± {readable(float(f'{verdict.spread:.1g}'), 'g')}"


def tooltip(verdict: Verdict, say: Callable[..., str] = str.format) -> str:
    """What a reader learns of a number at a glance: theory, mean and spread, seeds, verdict."""
    theory = {None: "theory {}", "upper": "theory at most {}", "lower": "theory at least {}"}[verdict.claim.bound]
    name = "measured {}"
    if verdict.claim.kind == "arithmetic":
        name = "computed {}" if verdict.theory is None else "computed a second way {}"
    seeds = say(" (mean of {} seeds)", verdict.seeds) if verdict.seeds > 1 else say(" (no randomness)")
    parts = [say(name, measured(verdict)) + seeds]
    if verdict.theory is not None:
        parts.insert(0, say(theory, readable(verdict.theory, ".4g")))
        parts.append(say("fails" if verdict.complaint else "holds"))
    return say(", ").join(parts)


def child(parent: etree.Element, tag: str, text: str = "", **attributes: str) -> etree.Element:
    """A new last child of `parent`; `class_` stands for class, and underscores for hyphens."""
    names = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
    element = etree.SubElement(parent, tag, names)
    if text:
        element.text = AtomicString(text)
    return element


def highlighted(code: str) -> str:
    """Coloured code. It is no direct child of `pre`: the theme measures each such child at start, near or far."""
    body = highlight(code, PythonLexer(), HtmlFormatter(nowrap=True))
    return (
        '<div class="highlight"><pre><span class="source" role="group" aria-label="Code">'
        f"<code>{body}</code></span></pre></div>"
    )


def copyable(code: str, shown: str, title: str) -> str:
    """Highlighted code with a button that copies `code`."""
    return (
        f'<{FOLDED_TAG} class="exhibit-code no-copy" data-search-exclude>'
        f'<button class="md-code__button exhibit-copy" type="button" title="{title}" '
        f'data-md-type="copy" data-clipboard-text="{escape(code)}"></button>{shown}</{FOLDED_TAG}>'
    )


def output_html(stdout: str) -> str:
    if not stdout:
        return ""
    return (
        f'<{FOLDED_TAG} class="exhibit-output no-copy" data-search-exclude>'
        f'<pre role="group" aria-label="Output"><samp>{escape(stdout)}</samp></pre></{FOLDED_TAG}>'
    )
