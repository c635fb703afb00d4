"""`//// theorem | id` with `/// hypothesis | name` and `/// proof` inside: a general statement and what it hangs on."""

from __future__ import annotations

import xml.etree.ElementTree as etree  # noqa: N813  (Python-Markdown's name for it)

import msgspec
from msgspec import Struct

from exhibits.blocks.base import SiteBlock
from exhibits.model import Theorem
from exhibits.sheet import child


class TheoremOptions(Struct, frozen=True, forbid_unknown_fields=True):
    """`title` names the theorem."""

    title: str = ""


class HypothesisOptions(Struct, frozen=True, forbid_unknown_fields=True):
    """`without` names the claim whose run shows what happens without the hypothesis."""

    without: str = ""


class TheoremBlock(SiteBlock):
    NAME = "theorem"
    ARGUMENT = True
    SCHEMA = TheoremOptions

    def on_create(self, parent: etree.Element) -> etree.Element:
        if not self.given.title:
            self.report("a theorem needs a title")
        if any(theorem.id == self.argument for theorem in self.sheet.theorems):
            self.report(f"theorem {self.argument} stands twice on this page")
        self.sheet.theorems.append(Theorem(self.argument, self.line))
        element = child(parent, "div", class_="theorem", id=f"theorem-{self.argument}")
        child(child(element, "p", class_="theorem-title"), "strong", f"Theorem: {self.given.title}")
        return element

    def on_end(self, block: etree.Element) -> None:
        theorem = self.sheet.theorems[-1]
        if not theorem.hypotheses:
            self.report(f"theorem {theorem.id} names no hypothesis")
        if not theorem.proved:
            self.report(f"theorem {theorem.id} has no proof")


class Hypothesis(SiteBlock):
    NAME = "hypothesis"
    ARGUMENT = True
    SCHEMA = HypothesisOptions

    def on_create(self, parent: etree.Element) -> etree.Element:
        element = child(parent, "div", class_="hypothesis")
        if not self.sheet.theorems or parent.get("class") != "theorem":
            self.report("a hypothesis stands inside a theorem")
            return element
        theorem = self.sheet.theorems[-1]
        hypotheses = (*theorem.hypotheses, (self.argument, self.given.without))
        self.sheet.theorems[-1] = msgspec.structs.replace(theorem, hypotheses=hypotheses)
        if not self.given.without:
            self.report(f"hypothesis {self.argument}: `without` must name the claim that shows what happens without it")
        else:
            self.sheet.verdict(self.given.without, self.line)
        child(child(element, "p", class_="hypothesis-name"), "strong", f"Hypothesis {len(hypotheses)}: {self.argument}")
        return element


class Proof(SiteBlock):
    NAME = "proof"

    def on_create(self, parent: etree.Element) -> etree.Element:
        if self.sheet.theorems and parent.get("class") == "theorem":
            self.sheet.theorems[-1] = msgspec.structs.replace(self.sheet.theorems[-1], proved=True)
        else:
            self.report("a proof stands inside a theorem")
        element = child(parent, "div", class_="proof")
        child(child(element, "p", class_="proof-name"), "em", "Proof.")
        return element
