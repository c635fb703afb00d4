"""The blocks that pages may contain: an exhibit, the table of claims, the gallery of figures."""

from __future__ import annotations

import xml.etree.ElementTree as etree  # noqa: N813  (Python-Markdown's name for it)
from html import escape
from typing import TYPE_CHECKING

from markdown.util import AtomicString
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer
from pymdownx.blocks.block import Block, type_string, type_string_in

from exhibits.claims import Verdict, readable
from exhibits.project import Snippet, slug

if TYPE_CHECKING:
    from exhibits.markdown import ExhibitsExtension

SIGN = {"": "=", "upper": "≤", "lower": "≥"}
COLUMNS = ("Claim", "Theory", "Measured", "Tolerance", "Verdict")


def counted(number: int, noun: str) -> str:
    return f"{number} {noun}" + "s" * (number != 1)


class Exhibit(Block):
    """A snippet with its code, output and figures; the block's content is the figure's caption.

    Options:
        alt: what the figure shows, for those who cannot see it; several figures: one line each.
        show: "all", or "figure" where another page shows the code.
    """

    NAME = "exhibit"
    ARGUMENT = True
    OPTIONS = {"alt": ["", type_string], "show": ["all", type_string_in(["all", "figure"])]}

    def on_create(self, parent: etree.Element) -> etree.Element:
        extension: ExhibitsExtension = self.config["extension"]
        book, name = extension.book, self.argument.strip()
        self.element = etree.SubElement(parent, "div", {"class": "exhibit", "id": slug(name)})
        self.caption = self.element
        snippet = book.project.snippets.get(name)
        if name in extension.seen:
            extension.report(f"/// exhibit | {name}", f"{name} is already shown on this page", last=True)
            return self.element
        extension.seen.add(name)
        if snippet is None or name not in book.runs:
            extension.report(f"/// exhibit | {name}", f"no snippet named {name}")
            return self.element
        run = book.runs[name]
        whole = self.options["show"] == "all"
        if whole:
            self._html(code_html(snippet) + output_html(run["stdout"]))
        alternatives = [line for line in self.options["alt"].splitlines() if line.strip()]
        if run["figures"] and len(alternatives) != len(run["figures"]):
            extension.report(
                f"/// exhibit | {name}",
                f"{name} draws {len(run['figures'])} figure(s) but has {len(alternatives)} alternative text(s)",
            )
        elif alternatives and not run["figures"]:
            extension.report(f"/// exhibit | {name}", f"{name} draws no figure to go with the alternative text")
        figure = etree.SubElement(self.element, "figure") if run["figures"] else self.element
        for svg, alt in zip(run["figures"], alternatives, strict=False):
            text = extension.fill(alt.strip())
            self._html(svg.replace("<svg ", f'<svg role="img" aria-label="{escape(text)}" ', 1), figure)
        if run["figures"]:
            self.caption = etree.SubElement(figure, "figcaption")
        self._html(footer_html(extension, snippet, run, whole))
        return self.element

    def on_add(self, block: etree.Element) -> etree.Element:
        return self.caption

    def _html(self, html: str, parent: etree.Element | None = None) -> None:
        holder = etree.SubElement(self.element if parent is None else parent, "div")
        holder.text = AtomicString(self.md.htmlStash.store(html))


def highlighted(code: str) -> str:
    body = highlight(code, PythonLexer(), HtmlFormatter(nowrap=True))
    return f'<div class="highlight"><pre tabindex="0"><code>{body}</code></pre></div>'


def copyable(source: str, shown: str, title: str) -> str:
    """Highlighted code with a button that copies `source`."""
    return (
        '<div class="exhibit-code no-copy" data-search-exclude>'
        f'<button class="md-code__button exhibit-copy" type="button" title="{title}" '
        f'data-md-type="copy" data-clipboard-text="{escape(source)}"></button>{shown}</div>'
    )


def code_html(snippet: Snippet) -> str:
    """The computation, the folded plotting and a button that copies the whole script."""
    plotting = snippet.plotting and f"<details><summary>Plotting</summary>{highlighted(snippet.plotting)}</details>"
    return copyable(snippet.source, highlighted(snippet.computation) + plotting, "Copy the whole script")


def output_html(stdout: str) -> str:
    if not stdout:
        return ""
    return (
        '<div class="exhibit-output no-copy" data-search-exclude>'
        f'<pre tabindex="0" aria-label="Output"><samp>{escape(stdout)}</samp></pre></div>'
    )


def footer_html(extension: ExhibitsExtension, snippet: Snippet, run: dict, whole: bool) -> str:
    """Download links, cost, and the claims that are tested on this snippet."""
    file, up = f"snippets/{snippet.name}", extension.up
    parts = [f'<a href="{up}{file}.py" download>{file}.py</a>']
    if whole:
        parts.append(f'<a href="{up}{file}.ipynb" download>as a notebook</a>')
        parts.append(f"ran in {run['seconds']:.1f} s, {run['peak']:.0f} MiB")
    else:
        home = extension.book.project.home_of(snippet.name)
        if home in (None, extension.page):
            extension.report(f"/// exhibit | {snippet.name}", f"no page shows the code of {snippet.name}")
        else:
            parts.append(f'<a href="{up}{home.removesuffix(".md")}.html#{slug(snippet.name)}">code and output</a>')
    html = f'<p class="exhibit-links">{" · ".join(parts)}</p>'
    if whole and snippet.claims:
        items = "".join(
            f'<li><a href="{up}reference/claims.html#{c.id}">{escape(c.says)}</a></li>' for c in snippet.claims
        )
        html += (
            f'<details class="exhibit-claims" data-search-exclude><summary>Tested here: '
            f"{counted(len(snippet.claims), 'claim')}</summary><ul>{items}</ul></details>"
        )
    return html


class ClaimTable(Block):
    """Every claim with theory, measurement and verdict, and where it is used."""

    NAME = "claims"

    def on_create(self, parent: etree.Element) -> etree.Element:
        extension: ExhibitsExtension = self.config["extension"]
        book, holder = extension.book, etree.SubElement(parent, "div", {"class": "claims"})
        chapters = {v.claim.snippet.split("/")[0] for v in book.verdicts.values()}
        for chapter in sorted(chapters):
            etree.SubElement(holder, "h2").text = chapter.capitalize()
            table = etree.SubElement(holder, "table")
            row = etree.SubElement(etree.SubElement(table, "thead"), "tr")
            for title in COLUMNS:
                etree.SubElement(row, "th").text = title
            body = etree.SubElement(table, "tbody")
            for verdict in book.verdicts.values():
                if verdict.claim.snippet.startswith(f"{chapter}/"):
                    self._row(extension, body, verdict)
        return holder

    def _row(self, extension: ExhibitsExtension, body: etree.Element, verdict: Verdict) -> None:
        claim, project = verdict.claim, extension.book.project
        row = etree.SubElement(body, "tr", {"id": claim.id})
        cell = etree.SubElement(row, "td")
        etree.SubElement(cell, "p").text = claim.says
        links = etree.SubElement(cell, "p", {"class": "claim-links"})
        name = etree.SubElement(links, "code")
        name.text, name.tail = AtomicString(claim.id), " "
        pages = dict.fromkeys(project.shown_on.get(claim.snippet, []) + project.quoted_on.get(claim.id, []))
        for page in pages:
            shown = page in project.shown_on.get(claim.snippet, [])
            anchor = f"#{slug(claim.snippet)}" if shown else ""
            link = etree.SubElement(links, "a", {"href": f"{extension.up}{page}{anchor}"})
            link.text, link.tail = AtomicString(page.removesuffix(".md")), " "
        if claim.source or claim.why:
            note = etree.SubElement(cell, "p", {"class": "claim-links"})
            note.text = " ".join(filter(None, [claim.source, claim.why and f"Tolerance: {claim.why}"]))
        spread = f" ± {readable(verdict.spread, '.1g')}" if verdict.spread else ""
        texts = ["–", f"{readable(verdict.measured, '.5g')}{spread}", "–", "measured"]
        if claim.theory is not None:
            texts[0] = f"{SIGN[claim.bound]} {readable(verdict.theory, '.5g')}"
            texts[2] = readable(claim.tolerance, ".2g") + (" relative" if claim.relative and not claim.bound else "")
            texts[3] = "fails" if verdict.complaint else f"holds, {counted(len(verdict.values), 'seed')}"
            if not verdict.spread:
                texts[3] = "fails" if verdict.complaint else "holds, no randomness"
        for title, text in zip(COLUMNS[1:], texts, strict=True):
            etree.SubElement(row, "td", {"data-title": title}).text = AtomicString(text)


class Gallery(Block):
    """Every figure of the site, small, with a link to where it is explained."""

    NAME = "gallery"

    def on_create(self, parent: etree.Element) -> etree.Element:
        extension: ExhibitsExtension = self.config["extension"]
        book, holder = extension.book, etree.SubElement(parent, "div")
        cards, chapter = holder, ""
        for name, run in book.runs.items():
            home = book.project.home_of(name)
            if home is None or not run["figures"]:
                continue
            if name.split("/")[0] != chapter:
                chapter = name.split("/")[0]
                etree.SubElement(holder, "h2").text = chapter.capitalize()
                cards = etree.SubElement(holder, "div", {"class": "gallery"})
            for number, alt in enumerate(book.project.alternatives(name), 1):
                link = etree.SubElement(cards, "a", {"href": f"{extension.up}{home}#{slug(name)}"})
                text = escape(extension.fill(alt.strip()))
                image = (
                    f'<img src="{extension.up}figures/{slug(name)}-{number}.svg" alt="{text}" '
                    'loading="lazy" width="418" height="266">'
                )
                etree.SubElement(link, "span").text = AtomicString(self.md.htmlStash.store(image))
                etree.SubElement(link, "span").text = AtomicString(name)
        return holder
