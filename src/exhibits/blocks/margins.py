"""What stands around a page's text: how hard and how long it is, and at its foot where it is from.

Both need the finished book: a page that is woven for the first time has neither.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as etree  # noqa: N813  (Python-Markdown's name for it)
from urllib.parse import quote

from exhibits.blocks.base import SiteProcessor
from exhibits.model import Book, Facts
from exhibits.sheet import FOLDED_TAG, child

SPECIAL = re.compile(r"([&%$#_{}])")  # to BibTeX
SHOWN = 7  # digits of a commit


class Head(SiteProcessor):
    """A way to the short answer, difficulty and minutes, on a page that says how hard it is."""

    NAME = "exhibits-head"
    PRIORITY = 6  # terms (7) are linked in the text alone; Title (6.5) has read the heading

    def run(self, root: etree.Element) -> None:
        sheet = self.sheet
        facts, difficulty = sheet.book.facts.get(sheet.path), sheet.book.difficulties.get(sheet.path)
        heading = root.find("h1")
        if facts is None or difficulty is None or heading is None:
            return
        place = list(root).index(heading) + 1
        if place < len(root) and root[place].tag == "p":
            place += 1
        line = etree.Element(FOLDED_TAG, {"class": "page-head", "data-search-exclude": ""})
        time = "1 minute to read" if facts.minutes == 1 else "{} minutes to read"
        line.text = f"{sheet.say(difficulty.capitalize())} · {sheet.say(time, facts.minutes)}"
        if short := sheet.book.special.short:
            line.text += " · "
            child(line, "a", sheet.say("The short answer"), href=sheet.link(sheet.book.beside(sheet.path, short)))
        root.insert(place, line)


class Foot(SiteProcessor):
    """How to cite the page, when it last changed, what its runs ran on, and where to report an error."""

    NAME = "exhibits-foot"
    PRIORITY = 6

    def run(self, root: etree.Element) -> None:
        sheet, book = self.sheet, self.sheet.book
        facts = book.facts.get(sheet.path)
        if facts is None or not book.site.name:
            return
        foot = child(root, FOLDED_TAG, class_="page-foot", data_search_exclude="")
        folded = child(foot, "details")
        child(folded, "summary", sheet.say("Cite this page"))
        child(child(folded, "pre"), "code", citation(book, sheet.path))
        line = child(foot, "p")
        self._changed(line)
        if book.surroundings and (facts.shown or facts.whole or sheet.path.removesuffix(".md") in book.labs):
            _apart(line, sheet.say("Computed with {}", ", ".join(book.surroundings)))
        if book.site.repository:
            _apart(line, "")
            title = quote(f"{facts.title} ({sheet.path}): ")
            child(line, "a", sheet.say("Report an error"), href=f"{book.site.repository}/issues/new?title={title}")
        if not (line.text or len(line)):
            foot.remove(line)

    def _changed(self, line: etree.Element) -> None:
        change, repository = self.sheet.book.changes.get(self.sheet.path), self.sheet.book.site.repository
        if change is None:
            return
        line.text = self.sheet.say("Last changed {} in ", change.date)
        if repository:
            child(line, "a", change.commit[:SHOWN], href=f"{repository}/commit/{change.commit}")
        else:
            line.text += change.commit[:SHOWN]


def _apart(line: etree.Element, text: str) -> None:
    """Add `text` to a line, with a dot before it if something stands there."""
    if len(line):
        line[-1].tail = f"{line[-1].tail or ''} · {text}"
    else:
        line.text = f"{line.text} · {text}" if line.text else text


def citation(book: Book, page: str) -> str:
    """A page as an entry for BibTeX, of what the site and git say."""
    change, facts = book.changes.get(page), book.facts.get(page, Facts())
    address = page.removesuffix(".md")
    said = {
        "author": f"{{{_escaped(book.site.author)}}}" if book.site.author else "",
        "title": f"{{{_escaped(facts.title)}}}",
        "howpublished": _escaped(book.site.name),
        "year": change.date[:4] if change else "",
        "url": f"{book.site.address}{address}.html" if book.site.address else "",
        "note": f"commit {change.commit[:SHOWN]}, {change.date}" if change else "",
    }
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in said.items() if value)
    return f"@misc{{{address.replace('/', '-')},\n{lines}}}\n"


def _escaped(text: str) -> str:
    return SPECIAL.sub(r"\\\1", text)
