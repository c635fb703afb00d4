"""Python-Markdown extension: exhibits, numbers by name and typeset formulas.

It only reads finished results (`.cache/outcome.json`, written by the command line) and runs nothing.
A problem is logged as an error with file and line under MkDocs' logger, where it fails a strict build.
"""

from __future__ import annotations

import json
import logging
import xml.etree.ElementTree as etree  # noqa: N813  (Python-Markdown's name for it)
from functools import lru_cache
from html import escape, unescape
from pathlib import Path

from markdown import Markdown
from markdown.inlinepatterns import InlineProcessor
from markdown.postprocessors import Postprocessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer
from pymdownx.blocks import BlocksExtension
from pymdownx.blocks.block import Block, type_string, type_string_in

from exhibits.cache import Cache
from exhibits.claims import Verdict, judge
from exhibits.mathematics import FormulaError, Typesetter
from exhibits.project import EXHIBIT, FRONT_MATTER, NUMBER, Project, Snippet, line_of, slug

log = logging.getLogger("mkdocs.plugins.exhibits")
CLAIMS_PAGE = "reference/claims.md"
SIGN = {"": "=", "upper": "≤", "lower": "≥"}


class Book:
    """Everything that pages may refer to."""

    def __init__(self, root: Path, macros: dict[str, str]):
        self.project = Project(root)
        outcome = json.loads((self.project.cache / "outcome.json").read_text("utf-8"))
        self.runs: dict[str, dict] = outcome["runs"]
        self.verdicts: dict[str, Verdict] = judge(self.project, outcome)
        self.typesetter = Typesetter(Cache(self.project.cache), macros)
        self.page_by_text = {FRONT_MATTER.sub("", t).strip(): p for p, t in self.project.pages.items()}


@lru_cache(maxsize=1)
def _open_book(root: Path, written: int, macros: tuple) -> Book:
    return Book(root, dict(macros))


class PageFinder(Preprocessor):
    """Find the page that is being converted, which Python-Markdown does not know, by its text."""

    def __init__(self, md: Markdown, extension: ExhibitsExtension):
        super().__init__(md)
        self.extension = extension

    def run(self, lines: list[str]) -> list[str]:
        self.extension.page = self.extension.book.page_by_text.get("\n".join(lines).strip())
        self.extension.seen.clear()
        self.extension.reported.clear()
        return lines


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
            extension.report(f"/// exhibit | {name}", f"{name} is already shown on this page")
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
        self._html(extension.footer(snippet, run, whole))
        return self.element

    def on_add(self, block: etree.Element) -> etree.Element:
        return self.caption

    def _html(self, html: str, parent: etree.Element | None = None) -> None:
        holder = etree.SubElement(self.element if parent is None else parent, "div")
        holder.text = AtomicString(self.md.htmlStash.store(html))


def code_html(snippet: Snippet) -> str:
    """The computation, the folded plotting and a button that copies the whole script."""

    def code(text: str) -> str:
        body = highlight(text, PythonLexer(), HtmlFormatter(nowrap=True))
        return f'<div class="highlight"><pre tabindex="0"><code>{body}</code></pre></div>'

    plotting = f"<details><summary>Plotting</summary>{code(snippet.plotting)}</details>" if snippet.plotting else ""
    return (
        '<div class="exhibit-code no-copy" data-search-exclude>'
        '<button class="md-code__button exhibit-copy" type="button" title="Copy the whole script" '
        f'data-md-type="copy" data-clipboard-text="{escape(snippet.source)}"></button>'
        f"{code(snippet.computation)}{plotting}</div>"
    )


def output_html(stdout: str) -> str:
    if not stdout:
        return ""
    return (
        '<div class="exhibit-output no-copy" data-search-exclude>'
        f'<pre tabindex="0" aria-label="Output"><samp>{escape(stdout)}</samp></pre></div>'
    )


class Number(InlineProcessor):
    """`{{ claim-id }}`, `{{ claim-id.theory }}`, `{{ claim-id.spread:.1e }}`: a number, linked to its claim."""

    def __init__(self, md: Markdown, extension: ExhibitsExtension):
        super().__init__(NUMBER.pattern, md)
        self.extension = extension

    def handleMatch(self, m, data):
        number = self.extension.number(m[0])
        link = etree.Element("a", {"class": "claim", "href": f"{self.extension.up}{CLAIMS_PAGE}#{m[1]}"})
        link.text = AtomicString(number)
        return link, m.start(0), m.end(0)


class Formulas(Treeprocessor):
    """Replace what arithmatex (generic mode) marked by KaTeX's HTML."""

    def __init__(self, md: Markdown, extension: ExhibitsExtension):
        super().__init__(md)
        self.extension = extension

    def run(self, root: etree.Element) -> None:
        for element in root.iter():
            if element.get("class") != "arithmatex":
                continue
            display = element.tag == "div"
            # arithmatex escapes display formulas, but not inline ones
            tex = (unescape(element.text) if display else element.text)[2:-2].strip()
            try:
                html = self.extension.book.typesetter.html(tex, display)
            except FormulaError as error:
                self.extension.report(tex, f"formula does not parse: {error}")
                html = f"<code>{escape(tex)}</code>"
            element.attrib = {"class": "math", "data-search-exclude": ""}
            if display:
                element.attrib["tabindex"] = "0"
            element.text = AtomicString(self.md.htmlStash.store(html))


class Overlooked(Postprocessor):
    """Report exhibits that stayed plain text, as those do whose options are no valid YAML."""

    def __init__(self, md: Markdown, extension: ExhibitsExtension):
        super().__init__(md)
        self.extension = extension

    def run(self, text: str) -> str:
        extension = self.extension
        source = FRONT_MATTER.sub("", extension.book.project.pages.get(extension.page or "", ""))
        for name in dict.fromkeys(EXHIBIT.findall(source)):
            if name not in extension.seen:
                extension.report(f"/// exhibit | {name}", "exhibit not understood; put a text with a colon in quotes")
        return text


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
            for title in ("Claim", "Theory", "Measured", "Tolerance", "Verdict"):
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
        etree.SubElement(links, "code").text = AtomicString(claim.id)
        pages = dict.fromkeys(project.shown_on.get(claim.snippet, []) + project.quoted_on.get(claim.id, []))
        for page in pages:
            shown = page in project.shown_on.get(claim.snippet, [])
            anchor = f"#{slug(claim.snippet)}" if shown else ""
            link = etree.SubElement(links, "a", {"href": f"{extension.up}{page}{anchor}"})
            link.text = AtomicString(page.removesuffix(".md"))
        if claim.source or claim.why:
            note = etree.SubElement(cell, "p", {"class": "claim-links"})
            note.text = " ".join(filter(None, [claim.source, claim.why and f"Tolerance: {claim.why}"]))
        spread = f" ± {verdict.spread:.1g}" if verdict.spread else ""
        texts = ["–", f"{verdict.measured:.5g}{spread}", "–", "measured"]
        if claim.theory is not None:
            texts[0] = f"{SIGN[claim.bound]} {verdict.theory:.5g}"
            texts[2] = f"{claim.tolerance:.2g}" + (" relative" if claim.relative and not claim.bound else "")
            texts[3] = "fails" if verdict.complaint else f"holds, {len(verdict.values)} seed(s)"
            if not verdict.spread:
                texts[3] = "fails" if verdict.complaint else "holds, no randomness"
        for text in texts:
            etree.SubElement(row, "td").text = AtomicString(text)


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


class ExhibitsExtension(BlocksExtension):
    """Options: root (the project's folder) and macros (for KaTeX)."""

    def __init__(self, **kwargs):
        self.config = {"root": [".", "the project's folder"], "macros": [{}, "KaTeX macros"]}
        super().__init__(**kwargs)
        self.page: str | None = None
        self.seen: set[str] = set()  # exhibits of the present page
        self.reported: set[str] = set()

    def extendMarkdownBlocks(self, md: Markdown, block_mgr) -> None:
        block_mgr.register(Exhibit, {"extension": self})
        block_mgr.register(ClaimTable, {"extension": self})
        block_mgr.register(Gallery, {"extension": self})
        md.preprocessors.register(PageFinder(md, self), "exhibits-page", 1000)
        md.inlinePatterns.register(Number(md, self), "exhibits-number", 185)
        md.postprocessors.register(Overlooked(md, self), "exhibits-overlooked", 0)
        # after inline patterns (20), which mark the formulas; before toc (5), which reads headings
        md.treeprocessors.register(Formulas(md, self), "exhibits-formulas", 15)

    @property
    def book(self) -> Book:
        root = Path(self.getConfig("root")).resolve()
        written = (root / ".cache" / "outcome.json").stat().st_mtime_ns
        return _open_book(root, written, tuple(self.getConfig("macros").items()))

    @property
    def up(self) -> str:
        """Relative way from the page to docs/."""
        return "../" * (self.page or "").count("/")

    def report(self, part: str, message: str) -> None:
        """Log an error at the line of the page on which `part` stands."""
        text = self.book.project.pages.get(self.page or "", "")
        line = line_of(text, part if part in text else part.splitlines()[0])
        complaint = f"docs/{self.page or '(unknown page)'}:{line}: {message}"
        if complaint not in self.reported:  # postprocessors run once for each heading, too
            self.reported.add(complaint)
            log.error(complaint)

    def number(self, reference: str) -> str:
        """Text of one `{{ … }}`."""
        name, quantity, form = NUMBER.fullmatch(reference).groups()
        verdict = self.book.verdicts.get(name)
        if verdict is None:
            self.report(reference, f"no claim named {name}")
            return "?"
        value = getattr(verdict, quantity or "measured")
        if value is None:
            self.report(reference, f"{name} is a measurement: it has no theory")
            return "?"
        try:
            return format(value, form or ".3g").replace("-", "−")
        except ValueError as error:
            self.report(reference, str(error))
            return "?"

    def fill(self, text: str) -> str:
        """`text` with its numbers filled in."""
        return NUMBER.sub(lambda m: self.number(m[0]), text)

    def footer(self, snippet: Snippet, run: dict, whole: bool) -> str:
        """Download link, cost, and the claims that are tested on this snippet."""
        file = f"snippets/{snippet.name}.py"
        parts = [f'<a href="{self.up}{file}" download>{file}</a>']
        if whole:
            parts.append(f"ran in {run['seconds']:.1f} s, {run['peak']:.0f} MiB")
        else:
            home = self.book.project.home_of(snippet.name)
            if home in (None, self.page):
                self.report(f"/// exhibit | {snippet.name}", f"no page shows the code of {snippet.name}")
            else:
                anchor = slug(snippet.name)
                parts.append(f'<a href="{self.up}{home.removesuffix(".md")}.html#{anchor}">code and output</a>')
        html = f'<p class="exhibit-links">{" · ".join(parts)}</p>'
        if whole and snippet.claims:
            items = "".join(
                f'<li><a href="{self.up}reference/claims.html#{c.id}">{escape(c.says)}</a></li>' for c in snippet.claims
            )
            html += (
                f'<details class="exhibit-claims" data-search-exclude><summary>Tested here: {len(snippet.claims)} '
                f"claim(s)</summary><ul>{items}</ul></details>"
            )
        return html


def makeExtension(**kwargs) -> ExhibitsExtension:  # noqa: N802  (Python-Markdown's name)
    return ExhibitsExtension(**kwargs)
