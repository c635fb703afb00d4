"""The glossary: its page defines terms, and their first occurrence on another page leads there."""

from __future__ import annotations

import posixpath
import re
import xml.etree.ElementTree as etree  # noqa: N813  (Python-Markdown's name for it)
from collections.abc import Iterable

from markdown.util import AtomicString

from exhibits.blocks.base import SiteProcessor, plain
from exhibits.blocks.predict import OPTIONS
from exhibits.model import Term
from exhibits.sheet import FOLDED_TAG, FORMULA_TAG

FIRST_SENTENCE = re.compile(r"(.+?(?:[.](?=\s|$)|。))", re.S)
# A word ends where a letter or hyphen does, unless it is written in characters that need no space between words.
PACKED = "\u3040-\u30ff\u3400-\u9fff"
PACKED_END = re.compile(f"^[{PACKED}]|[{PACKED}]$")
BEFORE, AFTER = rf"(?<![^\W{PACKED}])(?<!-)", rf"(?:e?s)?(?![^\W{PACKED}]|-)"
# Running text only: a link within a link is no HTML, and a heading is read for the table of contents.
SKIPPED = {"a", "abbr", "button", "code", "dt", "figcaption", "form", "pre", "summary", FORMULA_TAG, FOLDED_TAG}
SKIPPED |= {f"h{level}" for level in range(1, 7)}


class Terms(SiteProcessor):
    """Collect entries on the glossary's page; on others link the first occurrence of each term, with its meaning.

    An entry is "Term, other term { #anchor }" above its definition, whose first sentence is a tooltip and so must be
    plain text.
    """

    NAME = "exhibits-glossary"
    PRIORITY = 7  # attr_list has set the ids

    def run(self, root: etree.Element) -> None:
        self.glossary = self.sheet.book.beside(self.sheet.path, self.sheet.book.special.glossary)
        found = self.sheet.book.facts.get(self.glossary)
        if self.sheet.path == self.glossary:
            self._collect(root)
        elif found and found.terms and not self.sheet.path.startswith(posixpath.dirname(self.glossary) + "/"):
            self.entries = {word.lower(): term for term in found.terms for word in term.words}
            self.pattern = occurrences(self.entries)
            self.linked: set[str] = set()
            self._walk(root)

    def _collect(self, root: etree.Element) -> None:
        for entries in root.iter("dl"):
            for word, definition in zip(entries.findall("dt"), entries.findall("dd"), strict=False):
                words, anchor = plain(word), word.get("id", "")
                holder = next(iter(definition), None) if not (definition.text or "").strip() else definition
                sentence = FIRST_SENTENCE.match((holder.text or "").strip()) if holder is not None else None
                if not anchor or sentence is None:
                    message = "needs an anchor, “Term { #term }”, and a definition whose first sentence is plain text"
                    self.sheet.report(self.sheet.line(words), f"{words} {message}: it is a tooltip")
                    continue
                meaning = re.sub(r"\s+", " ", sentence[1])
                self.sheet.terms.append(Term(tuple(re.split(", |，", words)), anchor, meaning))

    def _walk(self, element: etree.Element) -> None:
        if element.tag in SKIPPED or element.get("class") == OPTIONS:
            return
        self._link(element, element.text, 0)
        for inner in list(element):
            self._walk(inner)
            self._link(element, inner.tail, list(element).index(inner) + 1)

    def _link(self, parent: etree.Element, text: str | None, place: int) -> None:
        """Wrap new terms of `text`, which stands in `parent` before its child number `place`."""
        if not text or isinstance(text, AtomicString):
            return
        pieces, done = [], 0
        for match in self.pattern.finditer(text):
            term = self.entries[(match[1] or match[2]).lower()]
            if term.anchor in self.linked:
                continue
            self.linked.add(term.anchor)
            href = self.sheet.link(self.glossary, term.anchor)
            link = etree.Element("a", {"class": "term", "href": href, "title": term.meaning})
            link.text = AtomicString(match[0])
            pieces.append((text[done : match.start()], link))
            done = match.end()
        if not pieces:
            return
        for number, (before, link) in enumerate(pieces):
            if number:
                pieces[number - 1][1].tail = before
            elif place:
                parent[place - 1].tail = before
            else:
                parent.text = before
            parent.insert(place + number, link)
        pieces[-1][1].tail = text[done:]


def occurrences(words: Iterable[str]) -> re.Pattern[str]:
    """Any of `words`, the longest first: in group 1 one of packed characters, in group 2 one that spaces bound."""
    packed: list[str] = []
    spaced: list[str] = []
    for word in sorted(words, key=len, reverse=True):
        (packed if PACKED_END.search(word) else spaced).append(re.escape(word))
    nothing = "(?!)"
    return re.compile(f"({'|'.join(packed) or nothing})|{BEFORE}({'|'.join(spaced) or nothing}){AFTER}", re.IGNORECASE)
