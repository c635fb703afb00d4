"""The page of papers: below each, the pages that cite it."""

from __future__ import annotations

import posixpath
import xml.etree.ElementTree as etree  # noqa: N813  (Python-Markdown's name for it)

from exhibits.blocks.base import SiteProcessor
from exhibits.sheet import child


class CitedOn(SiteProcessor):
    """Note which papers a page cites; on the papers' own page, list who cites each."""

    NAME = "exhibits-cited-on"
    PRIORITY = 6  # after attr_list, which sets ids, and before links are resolved

    def run(self, root: etree.Element) -> None:
        sheet, papers = self.sheet, self.sheet.book.special.papers
        if not papers:
            return
        if sheet.path == papers:
            self._list(root)
            return
        for link in root.iter("a"):
            target, _, anchor = link.get("href", "").partition("#")
            if anchor and posixpath.normpath(posixpath.join(posixpath.dirname(sheet.path), target)) == papers:
                sheet.cited[anchor] = None

    def _list(self, root: etree.Element) -> None:
        sheet = self.sheet
        sheet.whole = True
        for entries in root.iter("dl"):
            for term, definition in zip(entries.findall("dt"), entries.findall("dd"), strict=False):
                anchor = term.get("id", "")
                sheet.papers.append((anchor, sheet.line(f"#{anchor} ")))
                pages = sheet.book.pages_citing(anchor)
                note = child(definition, "p", class_="back-links", data_search_exclude="")
                note.text = "Cited on: "
                for page in pages:
                    link = child(note, "a", sheet.book.facts[page].title, href=sheet.link(page))
                    link.tail = "; " if page != pages[-1] else None
