"""`/// cell | labs/name#id`: one code cell of a lab with what it printed and drew, folded if a tag says so."""

from __future__ import annotations

import xml.etree.ElementTree as etree  # noqa: N813  (Python-Markdown's name for it)

from exhibits.blocks.base import SiteBlock
from exhibits.draw import described
from exhibits.model import Output
from exhibits.sheet import child, copyable, highlighted, output_html

FOLDED = {"solution": "Solution", "folded": "Code"}  # by tag: what stands on the fold


class LabCell(SiteBlock):
    NAME = "cell"
    ARGUMENT = True

    def on_create(self, parent: etree.Element) -> etree.Element:
        name, _, id_ = self.argument.partition("#")
        lab = self.sheet.book.labs.get(name)
        cell = next((cell for cell in lab.code if cell.id == id_), None) if lab else None
        element = child(parent, "div", class_="lab")
        if cell is None:
            if self.argument:
                self.report(f"no cell {self.argument}")
            return element
        holder = element
        for tag in FOLDED.keys() & cell.tags:
            holder = child(element, "details", class_=tag)
            child(holder, "summary", FOLDED[tag])
        output = self.sheet.book.cells.get(name, {}).get(id_, Output(""))
        self.html(holder, copyable(cell.code, highlighted(cell.code), "Copy this cell") + output_html(output.stdout))
        if output.drawings and not cell.alt:
            message = "draws a figure: say what it shows in the cell's metadata, as `alt`"
            self.sheet.report(cell.line, message)
        for drawing in output.drawings:
            self.html(holder, described(drawing, cell.alt), "figure")
        return element
