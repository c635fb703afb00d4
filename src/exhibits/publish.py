"""Prepare the folder that a site generator reads: run, judge, weave every page once, then write what pages need.

A generator finds there pages, labs as Markdown, scripts, notebooks, drawings, fonts and style as ordinary files, and
beside it the book. It can fail only at what is its own, navigation and dead links.
"""

from __future__ import annotations

import ast
import json
import os
import posixpath
import re
import time
from collections.abc import Iterator
from concurrent.futures import Executor
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import markdown
import msgspec
from msgspec import Struct

from exhibits import card, draw
from exhibits.blocks.modules import imports
from exhibits.bundle import bundle
from exhibits.configuration import configuration, extensions, site
from exhibits.history import History
from exhibits.judge import changed_outputs, failures, judge
from exhibits.licences import licences
from exhibits.model import Book, Change, Drawing, Facts, Lab, Output, Page, Problem, ProblemsFound, Site, Snippet
from exhibits.run import Report, Results, run
from exhibits.sheet import Sheet
from exhibits.source import FRONT_MATTER, Source, read
from exhibits.store import KEEP_DAYS, Store, digest, write_whole
from exhibits.tex import Typesetter
from exhibits.translation import Translation, outdated, translations
from exhibits.weave import Weaver

LAST_GOOD = "last-good-drawings"
BUILD = "build"  # below the root, outside git: results, the prepared folder, the book
NOTEBOOK = {
    "metadata": {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    },
    "nbformat": 4,
    "nbformat_minor": 5,
}


class Prepared(Struct, frozen=True):
    """What `prepare` did: sources, results, book, how many pages were woven and files written, seconds by step."""

    source: Source
    results: Results
    book: Book
    woven: int
    written: int
    steps: dict[str, float]


class Rejected(ProblemsFound):
    """Everything ran, but something about it is wrong.

    Attributes:
        before: cleaned drawings of the last good build, by snippet.
    """

    def __init__(
        self, problems: list[Problem], source: Source, book: Book, before: dict[str, tuple[Drawing, ...]]
    ) -> None:
        super().__init__(problems)
        self.source, self.book, self.before = source, book, before


class Laps:
    """Seconds between calls, by name; `steps` came before."""

    def __init__(self, steps: dict[str, float] | None = None) -> None:
        self.steps, self.last = dict(steps or {}), time.perf_counter()

    def __call__(self, name: str) -> None:
        now = time.perf_counter()
        self.steps[name], self.last = now - self.last, now


def prepare(
    root: Path,
    report: Report = lambda text: None,
    *,
    executor: Executor | None = None,
    workers: int | None = None,
    keep_days: int = KEEP_DAYS,
) -> Prepared:
    """Everything up to the generator.

    Args:
        keep_days: age from which stored results that this build did not use are dropped.

    Raises:
        ProblemsFound: nothing was written but results that are sound.
    """
    laps = Laps()
    source = read(root)
    root = Path(source.root)
    store = Store(root / BUILD / "results")
    configured = configuration(root / "mkdocs.yml")
    translated, wrong = translations(source.pages)
    notes, late = outdated(root, translated)
    for note in (*source.notes, *notes):
        report(str(note))
    report(f"snippets: {len(source.snippets)}, labs: {len(source.labs)}, claims: {len(source.claims)}")
    laps("read")
    results = run(source, store, report, executor=executor, workers=workers)
    laps("run")
    with Typesetter(root, store, source.settings.macros) as typesetter:
        used = {*results.used, typesetter.stamp}
        about = site(configured)
        labs = dict(_lab_pages(source, about, store, used))
        settings = source.settings.site
        made = licences(root, settings.licences, bundle(root, settings.bundled, store, used))
        drawings = _Drawings(store, used)
        book = msgspec.structs.replace(
            _bound(source, results, drawings, translated),
            site=about,
            surroundings=store.surroundings(source.settings.run),
        )
        made |= card.cards(book, settings.cards, source.settings.palette, store, used)
        pages = source.pages | labs
        facts, woven = _woven(book, pages, extensions(configured), typesetter, store, used)
        problems = changed_outputs(source, results) + failures(book.verdicts)
        problems += [problem for found in facts.values() for problem in found.problems]
        problems += _misplaced(source, facts) + wrong + late
        if problems:
            raise Rejected(problems, source, msgspec.structs.replace(book, facts=facts), drawings.before())
        keys = {key for found in facts.values() for key in found.formulas}
        formulas = {key: typesetter.known[key] for key in sorted(keys)}
        laps("judge and weave")
        book = msgspec.structs.replace(book, facts=facts, formulas=formulas, changes=_changes(book, pages, facts, root))
        written = _write(source, book, pages, made)
        drawings.remember({name: ran.drawings for name, ran in results.snippets.items()})
    store.prune(used, keep_days)
    laps("publish")
    return Prepared(source, results, book, woven, written, laps.steps)


class _Drawings:
    """Cleaned drawings, kept by the content of the raw ones and of what cleans them."""

    def __init__(self, store: Store, used: set[str]) -> None:
        self.store, self.used = store, used
        self.code = [(Path(__file__).parent / name).read_text("utf-8") for name in ("draw.py", "label.py")]

    def __call__(self, drawings: tuple[Drawing, ...]) -> tuple[Drawing, ...]:
        if not drawings:
            return ()
        key = self._key(drawings)
        self.used.add(key)
        return self.store.once(key, tuple[Drawing, ...], lambda: tuple(map(draw.cleaned, drawings)))

    def _key(self, drawings: tuple[Drawing, ...]) -> str:
        return "drawings-" + digest(*self.code, *drawings)

    def remember(self, drawings: dict[str, tuple[Drawing, ...]]) -> None:
        """These drawings, by snippet, are those of the last good build."""
        self.used.add(LAST_GOOD)
        keys = {name: self._key(drawn) for name, drawn in drawings.items() if drawn}
        if self.store.get(LAST_GOOD, dict[str, str]) != keys:
            self.store.put(LAST_GOOD, keys)

    def before(self) -> dict[str, tuple[Drawing, ...]]:
        """Drawings of the last good build, as far as they are still stored."""
        keys = self.store.get(LAST_GOOD, dict[str, str]) or {}
        known = {name: self.store.get(key, tuple[Drawing, ...]) for name, key in keys.items()}
        return {name: drawings for name, drawings in known.items() if drawings}


def _bound(source: Source, results: Results, cleaned: _Drawings, translated: dict[str, Translation]) -> Book:
    """The book without its pages' facts."""
    labs = {}
    for name, ran in results.labs.items():
        pairs = zip(source.labs[name].code, ran.outputs, strict=True)
        labs[name] = {cell.id: Output(output.stdout, cleaned(output.drawings)) for cell, output in pairs}
    return Book(
        special=source.settings.pages,
        snippets=source.snippets,
        labs=source.labs,
        verdicts=judge(source, results),
        stdout={name: ran.stdout for name, ran in results.snippets.items()},
        drawings={name: cleaned(ran.drawings) for name, ran in results.snippets.items()},
        cells=labs,
        chapters=source.settings.chapters,
        modules=_modules(source),
        languages=source.settings.languages,
        translations={path: one.originals[0].path for path, one in translated.items() if one.whole},
        difficulties={path: page.difficulty for path, page in source.pages.items() if page.difficulty},
    )


def _changes(book: Book, pages: dict[str, Page], facts: dict[str, Facts], root: Path) -> dict[str, Change]:
    """The last change of each page: of its own file, of the snippets that it shows, of the claims that it quotes.

    A page that shows the whole book changes with all snippets and claims.
    """
    history, found = History(root), {}
    claims = [verdict.claim for verdict in book.verdicts.values()]
    for path, page in pages.items():
        about = facts[path]
        names = list(book.snippets) if about.whole else [shown.name for shown in about.shown]
        quoted = [claim for claim in claims if claim.id in about.quoted or claim.snippet in names]
        if change := history.last([page.file, *(book.snippets[name].file for name in names)], quoted):
            found[path] = change
    return found


def _modules(source: Source) -> dict[str, tuple[str, ...]]:
    """What each module of the site's own package imports of it."""
    if not source.settings.site.package:
        return {}
    folder = Path(source.root) / source.settings.site.package
    files = sorted(folder.rglob("*.py"))
    texts = {".".join(f.relative_to(folder).with_suffix("").parts): f.read_text("utf-8") for f in files}
    return {name: tuple(sorted(used)) for name, used in imports(texts, folder.name).items()}


def _code() -> str:
    """Digest of what turns a page into HTML: this tool and the Markdown library."""
    here = Path(__file__).parent
    return digest(markdown.__version__, *(path.read_text("utf-8") for path in sorted(here.glob("**/*.py"))))


def _woven(
    book: Book,
    pages: dict[str, Page],
    configured: dict[str, dict[str, Any]],
    typesetter: Typesetter,
    store: Store,
    used: set[str],
) -> tuple[dict[str, Facts], int]:
    """Facts of every page, and how many pages had to be woven: those whose text or quoted results changed."""
    weaver: Weaver | None = None
    base, woven, facts = digest(_code(), sorted(map(str, configured.items())), typesetter.stamp), 0, {}
    for path, page in pages.items():
        key = "facts-" + digest(base, path, page.text)
        used.add(key)
        known = store.get(key, tuple[str, Facts])
        if known is None or known[0] != quoted(book, path, known[1]) or not known_formulas(known[1], typesetter):
            weaver = weaver or Weaver(configured)
            _, found = weaver.weave(book, page, typesetter.html)
            known = (quoted(book, path, found), found)
            woven += 1
            if not found.problems:
                store.put(key, known)
        facts[path] = known[1]
    return facts, woven


def known_formulas(facts: Facts, typesetter: Typesetter) -> bool:
    return all(key in typesetter.known for key in facts.formulas)


def quoted(book: Book, path: str, facts: Facts) -> str:
    """Digest of the results that a page quotes: its numbers, outputs and drawings, and all of a lab where it is one."""
    lab = path.removesuffix(".md")
    names = [shown.name for shown in facts.shown]
    numbers = [book.verdicts.get(name) for name in facts.quoted]
    tested = [verdict for verdict in book.verdicts.values() if verdict.claim.snippet in names]
    return digest(
        *(msgspec.json.encode(verdict) for verdict in (*numbers, *tested)),
        *(book.snippets[name].code + book.stdout[name] for name in names if name in book.stdout),
        *(drawing for name in names for drawing in book.drawings.get(name, ())),
        msgspec.json.encode((book.labs.get(lab), book.cells.get(lab))),
    )


def around(book: Book, path: str) -> str:
    """Digest of what stands around a page's text, at its head and foot."""
    facts = book.facts[path]
    own = (book.changes.get(path), book.difficulties.get(path), facts.minutes, facts.title)
    return digest(msgspec.json.encode((book.site, book.surroundings, book.languages, *own)))


def _misplaced(source: Source, facts: dict[str, Facts]) -> list[Problem]:
    """What no single page shows: snippets without a page, papers that none cites, theorems told twice."""
    problems, file = [], {path: page.file for path, page in source.pages.items()}
    shown = {s.name for found in facts.values() for s in found.shown}
    whole = {s.name for found in facts.values() for s in found.shown if s.whole}
    for snippet in source.snippets.values():
        if snippet.name not in shown:
            message = f"no page shows this snippet; add “/// exhibit | {snippet.name}” to one"
            problems.append(Problem(snippet.file, 1, message))
        elif snippet.name not in whole:
            path, line = next((p, s.line) for p, f in facts.items() for s in f.shown if s.name == snippet.name)
            problems.append(Problem(file[path], line, f"no page shows the code of {snippet.name}"))
    cited = {paper for found in facts.values() for paper in found.cited}
    defined = {anchor for found in facts.values() for anchor, _ in found.papers}
    for path, found in facts.items():
        for anchor, line in found.papers:
            if anchor not in cited:
                problems.append(Problem(file[path], line, f"no page cites this paper: {anchor}"))
        for anchor in found.cited:
            if anchor not in defined:
                problems.append(Problem(file.get(path, path), 1, f"cites a paper that is not listed: {anchor}"))
    return problems


def _lab_pages(source: Source, about: Site, store: Store, used: set[str]) -> Iterator[tuple[str, Page]]:
    """Labs as Markdown: their text as it is, each code cell as a block that the extension fills.

    mkdocs-jupyter's converter does it; a lab that has not changed is not converted again, as nbconvert is slow to load.
    """
    for lab in source.labs.values():
        key = "lab-" + digest(lab.text, about.notebooks, LAB_TEMPLATE)
        used.add(key)
        yield lab.page, Page(lab.page, lab.file, store.once(key, str, partial(_converted, lab, about.notebooks)))


LAB_TEMPLATE = """\
---
description: {{ resources.exhibits.description | tojson }}
---
{% for cell in nb.cells %}
{% if cell.cell_type == "markdown" %}
{{ cell.source }}
{% if loop.first %}
<p class="exhibit-links" markdown="1">
[{{ resources.exhibits.file }}]({{ resources.exhibits.file }}){ download }: the whole lab as a notebook.
{% if resources.exhibits.colab %}[Open in Colab]({{ resources.exhibits.colab }}).
{% endif -%}
This page is that notebook, executed when the site was built.</p>
{% endif %}
{% elif cell.cell_type == "code" %}
/// cell | {{ resources.exhibits.name }}#{{ cell.id }}
///
{% endif %}
{% endfor %}
"""


def _converted(lab: Lab, notebooks: str) -> str:
    import nbformat
    from jinja2 import DictLoader
    from mkdocs_jupyter.nbconvert2 import get_nbconvert_app
    from nbconvert.exporters import TemplateExporter

    exporter = TemplateExporter(  # type: ignore[no-untyped-call]
        config=get_nbconvert_app().config,
        template_file="lab.md.j2",
        extra_loaders=[DictLoader({"lab.md.j2": LAB_TEMPLATE})],
    )
    notebook = nbformat.reads(lab.text, as_version=4)  # type: ignore[no-untyped-call]
    about = {"name": lab.name, "file": Path(lab.file).name, "description": lab.description}
    about["colab"] = notebooks and f"{notebooks}{lab.name}.ipynb"
    body, _ = exporter.from_notebook_node(notebook, resources={"exhibits": about})
    return str(body)


def downloadable(lab: Lab) -> str:
    """A lab as readers take it away: links lead to built pages, absolute where the site has an address.

    Without one they are relative, and lead on from the unpacked archive.
    """
    base, here = os.environ.get("SITE_URL", ""), posixpath.dirname(lab.name)

    def link(match: re.Match[str]) -> str:
        path = posixpath.normpath(posixpath.join(here, match[1])) if base else match[1]
        return f"]({base}{path}.html{match[2] or ''})"

    return re.sub(r"\]\(([\w./-]+)\.md(#[\w-]+)?\)", link, lab.text)


def snippet_notebook(snippet: Snippet) -> str:
    """A snippet as a notebook: its docstring as text, then its parts as one cell each."""
    module = ast.parse(snippet.code)
    text = ast.get_docstring(module, clean=False)
    end = module.body[0].end_lineno or 0 if text else 0
    parts = [("markdown", text)] if text else []
    parts.append(("code", "\n".join(snippet.computation.splitlines()[end:]).strip("\n")))
    parts += [("code", part) for part in (snippet.demonstration, snippet.plotting) if part]
    cells: list[dict[str, object]] = []
    for number, (kind, source) in enumerate(parts, 1):
        cell = {"cell_type": kind, "id": f"cell-{number}", "metadata": {}, "source": source.splitlines(keepends=True)}
        cells.append(cell | ({"execution_count": None, "outputs": []} if kind == "code" else {}))
    return json.dumps({"cells": cells} | NOTEBOOK, indent=1, ensure_ascii=False) + "\n"


def _files(
    source: Source, book: Book, pages: dict[str, Page], made: dict[str, bytes]
) -> Iterator[tuple[str, str | bytes]]:
    """Every file of the prepared folder, by path."""
    root = Path(source.root)
    everything = digest(msgspec.json.encode(book))
    for path, page in pages.items():
        facts = book.facts[path]
        own = digest(quoted(book, path, facts), *map(str, book.terms), around(book, path))
        results = everything if facts.whole else own
        yield path, _stamped(page.text, {"results": results} | _languages(book, path) | _card(source, book, path))
    for lab in source.labs.values():
        yield f"{lab.name}.ipynb", downloadable(lab)
    for other in source.others:
        yield other, (root / "docs" / other).read_bytes()
    for snippet in source.snippets.values():
        yield f"snippets/{snippet.name}.py", snippet.code
        yield f"snippets/{snippet.name}.ipynb", snippet_notebook(snippet)
        for number, drawing in enumerate(book.drawings[snippet.name], 1):
            yield f"figures/{snippet.slug}-{number}.svg", draw.standalone(draw.small(drawing), source.settings.palette)
    settings = source.settings.site
    for pattern, place in settings.copied.items():
        for found in sorted(root.glob(pattern)):
            yield (f"{place}{found.name}" if place.endswith("/") else place), found.read_bytes()
    yield from made.items()
    cells = (output.drawings for lab in book.cells.values() for output in lab.values())
    drawings = chain.from_iterable(chain(book.drawings.values(), cells))
    sheets = [draw.style(source.settings.palette), *((root / sheet).read_text("utf-8") for sheet in settings.styles)]
    sheets.append(draw.rules(drawings))
    yield "assets/style.css", re.sub(r"/\*.*?\*/\s*", "", "\n".join(sheets), flags=re.S)  # comments are for authors


def _languages(book: Book, path: str) -> dict[str, object]:
    """What a page's template needs to know of languages: the page's own, and where to read on in each."""
    twins, languages = book.twins(path), []
    for code, language in book.languages.items():
        page = twins.get(code) or posixpath.join(language.folder, "index.md")
        if page in book.facts:
            address = page.removesuffix(".md") + ".html"
            languages.append({"lang": code, "name": language.name, "page": address, "twin": code in twins})
    return {"lang": book.language(path), "languages": languages} if languages else {}


def _card(source: Source, book: Book, path: str) -> dict[str, object]:
    """The picture that a link to a page shows where it is shared: that of its chapter, or else of the site."""
    figures = source.settings.site.cards
    folder = book.chapter(path) if book.chapter(path) in figures else ""
    if folder not in figures:
        return {}
    sheet = Sheet()
    sheet.open(book, path, "")
    shows = [sheet.fill(text) for text in book.alternatives(figures[folder])[:1]]
    return {"card": {"image": card.place(folder), "alt": " ".join(shows)}}


def _stamped(text: str, entries: dict[str, object]) -> str:
    """A page with more in its front matter.

    The digest of the results that it quotes makes a generator with a cache render it again when these change.
    """
    front = FRONT_MATTER.match(text)
    head = re.sub(r"(---|\.\.\.)\n\Z", "", front[0]) if front else "---\n"
    more = "".join(f"{name}: {json.dumps(value, ensure_ascii=False)}\n" for name, value in entries.items())
    return f"{head}{more}---\n{text[front.end() :] if front else text}"


def _write(source: Source, book: Book, pages: dict[str, Page], made: dict[str, bytes]) -> int:
    """Write what differs and remove what no longer belongs; returns how many files changed."""
    build = Path(source.root) / BUILD
    # The book first: a generator that watches the pages must not meet a page that is ahead of it.
    changed = int(write_whole(build / "book.json", msgspec.json.encode(book)))
    folder, kept = build / "docs", set()
    for name, data in _files(source, book, pages, made):
        kept.add(folder / name)
        changed += write_whole(folder / name, data)
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()
        elif path.is_file() and path not in kept:
            path.unlink()
            changed += 1
    return changed
