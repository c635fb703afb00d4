"""What all kinds of blocks share: their page, and options that a schema reads."""

from __future__ import annotations

import re
import xml.etree.ElementTree as etree  # noqa: N813  (Python-Markdown's name for it)
from typing import Any, ClassVar

import msgspec
from markdown import Markdown
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString
from msgspec import Struct
from pymdownx.blocks.block import Block

from exhibits.sheet import Sheet


class NoOptions(Struct, frozen=True, forbid_unknown_fields=True):
    """Options of a block that has none."""


class SiteBlock(Block):
    """A block `/// name | argument` with options that `SCHEMA` reads; a wrong one is a problem at the block's line."""

    ARGUMENT: ClassVar[bool | None] = None
    SCHEMA: ClassVar[type[Struct]] = NoOptions
    given: Any  # a SCHEMA

    @property
    def sheet(self) -> Sheet:
        sheet: Sheet = self.config["sheet"]
        return sheet

    def _validate(self, parent: etree.Element, arg: Any, **options: Any) -> bool:
        self.argument = (arg or "").strip()
        self.options: dict[str, Any] = {"attrs": {}}
        # The sheet counts blocks that are alike, so that a message names the line of the right one.
        header = f"/// {self.NAME} | {self.argument}" if self.argument else f"/// {self.NAME}"
        seen = self.tracker[header] = self.tracker.get(header, 0) + 1
        self.line = self.sheet.line(header, seen)
        try:
            self.given = msgspec.convert(options, self.SCHEMA)
        except msgspec.ValidationError as error:
            self.report(f"{self.NAME}: {error}")
            self.given = self.SCHEMA()
        if self.ARGUMENT and not self.argument:
            self.report(f"{self.NAME} needs a name: /// {self.NAME} | name")
        if parent.tag == "li":
            self.report(f"{self.NAME} stands in a list, where it would be squeezed; put it between paragraphs")
        return True

    def report(self, message: str) -> None:
        self.sheet.report(self.line, message)

    def html(self, parent: etree.Element, html: str, tag: str = "div", **attributes: str) -> None:
        """Put finished HTML into a new child of `parent`."""
        etree.SubElement(parent, tag, attributes).text = AtomicString(self.md.htmlStash.store(html))


class SiteProcessor(Treeprocessor):
    """A pass over a page's tree. `PRIORITY`: after inline patterns (20) and formulas (15); attr_list is 8, toc 5."""

    NAME: ClassVar[str]
    PRIORITY: ClassVar[int]

    def __init__(self, md: Markdown, sheet: Sheet) -> None:
        super().__init__(md)
        self.sheet = sheet


def plain(element: etree.Element) -> str:
    """Text of an element and its children, white space folded."""
    return re.sub(r"\s+", " ", "".join(element.itertext())).strip()
