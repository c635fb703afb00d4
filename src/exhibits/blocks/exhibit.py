"""`/// exhibit | chapter/name`: a snippet with its code, output and figures; the content is the figure's caption."""

from __future__ import annotations

import xml.etree.ElementTree as etree  # noqa: N813  (Python-Markdown's name for it)
from typing import Literal

from msgspec import Struct

from exhibits.blocks.base import SiteBlock
from exhibits.draw import described
from exhibits.model import Shown, Snippet
from exhibits.sheet import FOLDED_TAG, child, copyable, counted, highlighted, output_html


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """Options of an exhibit.

    Attributes:
        alt: what the figure shows, for those who cannot see it; several figures: one line each.
        show: "all", or "figure" where another page shows the code.
        on_paper: whether the code is printed beside a figure, too.
    """

    alt: str = ""
    show: Literal["all", "figure"] = "all"
    on_paper: bool = False


class Exhibit(SiteBlock):
    NAME = "exhibit"
    ARGUMENT = True
    SCHEMA = Options

    def on_create(self, parent: etree.Element) -> etree.Element:
        sheet, name, given = self.sheet, self.argument, self.given
        element = child(parent, "div", class_="exhibit", id=name.replace("/", "-"))
        if given.on_paper:
            element.set("class", "exhibit on-paper")
        self.caption = element
        snippet = sheet.book.snippets.get(name)
        if any(shown.name == name for shown in sheet.shown):
            self.report(f"{name} is already shown on this page")
            return element
        alternatives = tuple(line.strip() for line in given.alt.splitlines() if line.strip())
        whole = given.show == "all"
        sheet.shown.append(Shown(name, self.line, whole, alternatives))
        if snippet is None:
            if name:
                self.report(f"no snippet named {name}")
            return element
        drawings, stdout = sheet.book.drawings.get(name, ()), sheet.book.stdout.get(name, "")
        element.set("style", size(snippet, stdout, whole, len(drawings)))
        if whole:
            self.html(element, code_html(snippet) + output_html(stdout))
        if drawings and len(alternatives) != len(drawings):
            number = counted(len(alternatives), "alternative text")
            self.report(f"{name} draws {counted(len(drawings), 'figure')} but has {number}")
        elif alternatives and not drawings:
            self.report(f"{name} draws no figure to go with the alternative text")
        if drawings:
            figure = child(element, "figure")
            for drawing, alternative in zip(drawings, alternatives, strict=False):
                self.html(figure, described(drawing, sheet.fill(alternative)))
            self.caption = child(figure, "figcaption")
        self._seeds(element, name, whole and bool(stdout), bool(drawings))
        self._footer(element, snippet, whole)
        return element

    def on_add(self, block: etree.Element) -> etree.Element:
        return self.caption

    def _seeds(self, element: etree.Element, name: str, output: bool, drawn: bool) -> None:
        """Tell the reader where the page quotes means over seeds and this exhibit shows one of them."""
        book, facts = self.sheet.book, self.sheet.book.facts.get(self.sheet.path)
        quoted = [book.verdicts[id_] for id_ in facts.quoted if id_ in book.verdicts] if facts else []
        seeds = max((v.seeds for v in quoted if v.claim.snippet == name and v.spread), default=1)
        what = " and ".join(["output"] * output + ["figure"] * drawn).capitalize()
        if seeds > 1 and what:
            note = self.sheet.say(what + " of one seed; numbers in the text are means over {} seeds.", seeds)
            child(element, "p", note, class_="exhibit-seeds", data_search_exclude="")

    def _footer(self, element: etree.Element, snippet: Snippet, whole: bool) -> None:
        """Download links, and the claims that are tested on this snippet."""
        sheet, file = self.sheet, f"snippets/{snippet.name}"
        links = child(element, "p", class_="exhibit-links")
        script = child(links, "a", f"{file}.py", href=sheet.link(f"{file}.py"), download="")
        script.tail = " · "
        if not whole:
            home = sheet.book.home(snippet.name)
            if home:
                child(links, "a", sheet.say("code and output"), href=sheet.link(home, snippet.slug))
            return
        child(links, "a", "as a notebook", href=sheet.link(f"{file}.ipynb"), download="", data_search_exclude="")
        if notebooks := sheet.book.site.notebooks:
            links[-1].tail = " · "
            child(links, "a", "Open in Colab", href=f"{notebooks}{file}.ipynb", data_search_exclude="")
        claims, page = sheet.book.claims_of(snippet.name), sheet.book.special.claims
        if claims and page:
            folded = child(child(element, FOLDED_TAG, data_search_exclude=""), "details", class_="exhibit-claims")
            child(folded, "summary", f"Tested here: {counted(len(claims), 'claim')}")
            items = child(folded, "ul")
            for claim in claims:
                child(child(items, "li"), "a", claim.says, href=sheet.link(page, claim.id))


def size(snippet: Snippet, stdout: str, whole: bool, drawings: int) -> str:
    """What an exhibit's height depends on, for a style sheet that leaves room for it before it is laid out."""
    shown = (snippet.computation, snippet.demonstration, stdout) if whole else ()
    return f"--lines: {sum(text.count(chr(10)) for text in shown)}; --figures: {drawings}"


def code_html(snippet: Snippet) -> str:
    """The computation and the folded plotting, each part that a reader takes alone with a button of its own."""
    plotting = snippet.plotting and (
        f'<details class="exhibit-plotting"><summary>Plotting</summary>{highlighted(snippet.plotting)}</details>'
    )
    if not snippet.demonstration:
        return copyable(snippet.code, highlighted(snippet.computation) + plotting, "Copy the whole script")
    rest = snippet.code[len(snippet.computation.rstrip()) :].strip("\n") + "\n"
    return copyable(snippet.computation, highlighted(snippet.computation), "Copy the tool alone") + copyable(
        rest, highlighted(snippet.demonstration) + plotting, "Copy the demonstration, to paste below the tool"
    )
