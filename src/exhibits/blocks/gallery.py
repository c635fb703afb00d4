"""`/// gallery`: every figure of the site, small, with a link to where it is explained."""

from __future__ import annotations

import xml.etree.ElementTree as etree  # noqa: N813  (Python-Markdown's name for it)

from exhibits.blocks.base import SiteBlock
from exhibits.draw import size, small
from exhibits.sheet import child


class Gallery(SiteBlock):
    NAME = "gallery"

    def on_create(self, parent: etree.Element) -> etree.Element:
        self.sheet.whole = True
        sheet, holder = self.sheet, child(parent, "div")
        book, cards, chapter = sheet.book, holder, ""
        order = {chapter: place for place, chapter in enumerate(book.chapters)}
        names = sorted(book.drawings, key=lambda name: (order.get(name.split("/")[0], len(order)), name))
        for name in names:
            drawings = book.drawings[name]
            home = book.home(name)
            if home is None or not drawings:
                continue
            if name.split("/")[0] != chapter:
                chapter = name.split("/")[0]
                child(holder, "h2", book.chapters.get(chapter, chapter.capitalize()))
                cards = child(holder, "div", class_="gallery")
            slug, title = book.snippets[name].slug, book.facts[home].title
            for number, (drawing, alt) in enumerate(zip(drawings, book.alternatives(name), strict=False), 1):
                link = child(cards, "a", href=sheet.link(home, slug))
                width, height = map(str, size(small(drawing)))
                source = sheet.link(f"figures/{slug}-{number}.svg")
                child(link, "img", src=source, alt=sheet.fill(alt), loading="lazy", width=width, height=height)
                child(link, "span", title)
        return holder
