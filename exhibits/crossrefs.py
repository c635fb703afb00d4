"""Cross-references that pages need not write: terms lead to the glossary, papers to the pages that cite them."""

from __future__ import annotations

import re
import xml.etree.ElementTree as etree  # noqa: N813  (Python-Markdown's name for it)
from typing import TYPE_CHECKING

from markdown import Markdown
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

if TYPE_CHECKING:
    from exhibits.markdown import ExhibitsExtension

GLOSSARY_PAGE, PAPERS_PAGE = "reference/glossary.md", "reference/papers.md"
CITATION = re.compile(rf"{re.escape(PAPERS_PAGE.rsplit('/', 1)[1])}#([\w-]+)")
ENTRY = re.compile(r"^(?P<terms>\S.*?) \{ #(?P<anchor>[\w-]+) \}\n:   (?P<meaning>.+?[.])(?:\s|$)", re.M)
# Running text only: a link within a link is no HTML, and a heading is read for the table of contents.
SKIPPED = {"a", "abbr", "button", "code", "dt", "figcaption", "form", "pre", "summary"} | {f"h{n}" for n in range(1, 7)}


class Glossary(Treeprocessor):
    """Link the first occurrence of each glossary term on a page to its entry, with the meaning as a tooltip.

    An entry of the glossary page is "Term, other term { #anchor }" above its definition, whose first sentence is
    the tooltip and so must be plain text.
    """

    def __init__(self, md: Markdown, extension: ExhibitsExtension):
        super().__init__(md)
        self.extension = extension

    def run(self, root: etree.Element) -> None:
        source = self.extension.book.project.pages.get(GLOSSARY_PAGE, "")
        entries = list(ENTRY.finditer(source))
        if self.extension.page == GLOSSARY_PAGE:
            for entry in entries:
                if re.search(r"[$`*\[]", entry["meaning"]):
                    self.extension.report(entry[0], "the first sentence of a definition is a tooltip: plain text only")
        elif entries and self.extension.page and not self.extension.page.startswith(GLOSSARY_PAGE.split("/")[0]):
            self.entries = {term.lower(): e for e in entries for term in e["terms"].split(", ")}
            longest_first = sorted(map(re.escape, self.entries), key=len, reverse=True)
            self.pattern = re.compile(rf"(?<![\w-])({'|'.join(longest_first)})(?:e?s)?(?![\w-])", re.I)
            self.linked: set[str] = set()
            self._walk(root)

    def _walk(self, element: etree.Element) -> None:
        if element.tag in SKIPPED or "math" in element.get("class", ""):
            return
        self._link(element, element.text, 0)
        for child in list(element):
            self._walk(child)
            self._link(element, child.tail, list(element).index(child) + 1)

    def _link(self, parent: etree.Element, text: str | None, place: int) -> None:
        """Wrap new terms of `text`, which stands in `parent` before its child number `place`."""
        if not text or isinstance(text, AtomicString):
            return
        pieces, done = [], 0
        for match in self.pattern.finditer(text):
            entry = self.entries[match[1].lower()]
            if entry["anchor"] in self.linked:
                continue
            self.linked.add(entry["anchor"])
            link = etree.Element(
                "a",
                {
                    "class": "term",
                    "href": f"{self.extension.up}{GLOSSARY_PAGE}#{entry['anchor']}",
                    "title": entry["meaning"],
                },
            )
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


class CitedOn(Treeprocessor):
    """Below each paper, the pages that cite it; a paper that none cites is an error."""

    def __init__(self, md: Markdown, extension: ExhibitsExtension):
        super().__init__(md)
        self.extension = extension

    def run(self, root: etree.Element) -> None:
        if self.extension.page != PAPERS_PAGE:
            return
        project = self.extension.book.project
        cited = project.used(CITATION.findall)
        for entries in root.iter("dl"):
            for term, definition in zip(entries.findall("dt"), entries.findall("dd"), strict=False):
                pages = cited.get(term.get("id", ""), [])
                if not pages:
                    self.extension.report(f"#{term.get('id')}", "no page cites this paper")
                note = etree.SubElement(definition, "p", {"class": "back-links"})
                note.text = "Cited on: "
                for page in pages:
                    link = etree.SubElement(note, "a", {"href": f"{self.extension.up}{page}"})
                    link.text, link.tail = AtomicString(project.title(page)), "; "
                if pages:
                    link.tail = None
