"""Wide tables: on a phone each row is a card, in which every cell says its column's name."""

from __future__ import annotations

import copy
import xml.etree.ElementTree as etree  # noqa: N813  (Python-Markdown's name for it)

from exhibits.blocks.base import SiteProcessor

COLUMNS = 4  # at least so many: fewer have room beside each other on a phone of 390 px


class Cards(SiteProcessor):
    """Puts each column's name into its cells; the style sheet shows it where rows are cards."""

    NAME, PRIORITY = "exhibits-cards", 3

    def run(self, root: etree.Element) -> None:
        for table in root.iter("table"):
            names = table.findall("./thead/tr/th")
            if len(names) < COLUMNS or table.get("class"):  # with a class it has cards of its own
                continue
            table.set("data-cards", "")
            for row in table.findall("./tbody/tr"):
                for name, cell in zip(names[1:], row[1:], strict=False):
                    # tags that hold none of their own name: there the theme's search stops leaving out
                    label, value = etree.Element("card-label", {"data-search-exclude": ""}), etree.Element("card-value")
                    label.text, value.text, cell.text = name.text, cell.text, None
                    label.extend(copy.deepcopy(part) for part in name)
                    value.extend(cell)
                    for link in label.iter("a"):  # a link in a head serves once
                        link.tag, link.attrib = "span", {}
                    cell[:] = [label, value]
