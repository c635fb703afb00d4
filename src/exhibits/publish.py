"""Prepare the folder that a site generator reads: run, judge, weave every page once, then write what pages need.

A generator finds there pages, labs as Markdown, scripts, notebooks, drawings, fonts and style as ordinary files, and
beside it the book. It can fail only at what is its own, navigation and dead links.
"""

from __future__ import annotations

import ast
import importlib
import json
import os
import posixpath
import re
from collections.abc import Iterator
from concurrent.futures import Executor
from functools import partial
from pathlib import Path
from typing import Any

import markdown
import msgspec
import yaml
from msgspec import Struct

from exhibits import draw
from exhibits.blocks.modules import imports
from exhibits.bundle import bundle
from exhibits.judge import changed_outputs, failures, judge
from exhibits.model import Book, Facts, Lab, Output, Page, Problem, ProblemsFound, Snippet
from exhibits.run import Report, Results, run
from exhibits.source import FRONT_MATTER, Source, read
from exhibits.store import Store, digest, write_whole
from exhibits.tex import Typesetter
from exhibits.translation import Translation, outdated, translations
from exhibits.weave import Weaver

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
    """What `prepare` did."""

    source: Source
    results: Results
    book: Book
    woven: int
    written: int


class _ConfigLoader(yaml.SafeLoader):
    """Reads mkdocs.yml as MkDocs does: `!ENV` variables, and Python names, which it leaves as they are."""


def _environment(loader: yaml.SafeLoader, node: yaml.Node) -> object:
    values = [loader.construct_object(n) for n in node.value] if isinstance(node, yaml.SequenceNode) else [node.value]
    *names, default = values if len(values) > 1 else [*values, None]
    return next((os.environ[name] for name in names if name in os.environ), default)


def _name(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> object:
    module, _, attribute = suffix.rpartition(".")
    return getattr(importlib.import_module(module), attribute)


_ConfigLoader.add_constructor("!ENV", _environment)
_ConfigLoader.add_multi_constructor("tag:yaml.org,2002:python/name:", _name)


def extensions(config: Path) -> dict[str, dict[str, Any]]:
    """Markdown extensions that mkdocs.yml lists, without this tool's own.

    Raises:
        ProblemsFound: the file is missing or no YAML.
    """
    try:
        settings = yaml.load(config.read_text("utf-8"), _ConfigLoader)  # noqa: S506  (a SafeLoader)
    except FileNotFoundError:
        raise ProblemsFound([Problem(config.name, 1, "not found")]) from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ProblemsFound([Problem(config.name, line, f"no YAML: {error.problem}")]) from None
    listed: dict[str, dict[str, Any]] = {}
    for entry in settings.get("markdown_extensions", []):
        name, options = next(iter(entry.items())) if isinstance(entry, dict) else (entry, {})
        listed[name] = options or {}
    # MkDocs adds these to whatever is listed.
    listed = dict.fromkeys(("toc", "tables", "fenced_code"), {}) | listed
    listed.pop("exhibits.weave", None)
    if "pymdownx.superfences" in listed:
        listed.pop("fenced_code")
    return listed


def prepare(
    root: Path, report: Report = lambda text: None, *, executor: Executor | None = None, workers: int | None = None
) -> Prepared:
    """Everything up to the generator.

    Raises:
        ProblemsFound: nothing was written but results that are sound.
    """
    source = read(root)
    root = Path(source.root)
    store = Store(root / BUILD / "results")
    translated, wrong = translations(source.pages)
    notes, late = outdated(root, translated)
    for note in (*source.notes, *notes):
        report(str(note))
    report(f"snippets: {len(source.snippets)}, labs: {len(source.labs)}, claims: {len(source.claims)}")
    results = run(source, store, report, executor=executor, workers=workers)
    with Typesetter(root, store, source.settings.macros) as typesetter:
        used = {*results.used, typesetter.stamp}
        labs = dict(_lab_pages(source, store, used))
        made = bundle(root, source.settings.site.bundled, store, used)
        book = _bound(source, results, _Drawings(store, used), translated)
        pages = source.pages | labs
        facts, woven = _woven(book, pages, extensions(root / "mkdocs.yml"), typesetter, store, used)
        problems = changed_outputs(source, results) + failures(book.verdicts)
        problems += [problem for found in facts.values() for problem in found.problems]
        problems += _misplaced(source, facts) + wrong + late
        if problems:
            raise ProblemsFound(problems)
        keys = {key for found in facts.values() for key in found.formulas}
        formulas = {key: typesetter.known[key] for key in sorted(keys)}
        book = msgspec.structs.replace(book, facts=facts, formulas=formulas)
        written = _write(source, book, pages, made)
    store.prune(used)
    return Prepared(source, results, book, woven, written)


class _Drawings:
    """Cleaned drawings, kept by the content of the raw ones and of what cleans them."""

    def __init__(self, store: Store, used: set[str]) -> None:
        self.store, self.used = store, used
        self.code = Path(draw.__file__).read_text("utf-8")

    def __call__(self, drawings: tuple[str, ...]) -> tuple[str, ...]:
        if not drawings:
            return ()
        key = "drawings-" + digest(self.code, *drawings)
        self.used.add(key)
        return self.store.once(key, tuple[str, ...], lambda: tuple(map(draw.inline, drawings)))


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
    )


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
        *("".join(book.drawings[name]) for name in names if name in book.drawings),
        msgspec.json.encode((book.labs.get(lab), book.cells.get(lab))),
    )


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


def _lab_pages(source: Source, store: Store, used: set[str]) -> Iterator[tuple[str, Page]]:
    """Labs as Markdown: their text as it is, each code cell as a block that the extension fills.

    mkdocs-jupyter's converter does it; a lab that has not changed is not converted again, as nbconvert is slow to load.
    """
    for lab in source.labs.values():
        key = "lab-" + digest(lab.text, LAB_TEMPLATE)
        used.add(key)
        yield lab.page, Page(lab.page, lab.file, store.once(key, str, partial(_converted, lab)))


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
This page is that notebook, executed when the site was built.</p>
{% endif %}
{% elif cell.cell_type == "code" %}
/// cell | {{ resources.exhibits.name }}#{{ cell.id }}
///
{% endif %}
{% endfor %}
"""


def _converted(lab: Lab) -> str:
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
        results = everything if facts.whole else digest(quoted(book, path, facts), *map(str, book.terms))
        yield path, _stamped(page.text, {"results": results} | _languages(book, path))
    for lab in source.labs.values():
        yield f"{lab.name}.ipynb", downloadable(lab)
    for other in source.others:
        yield other, (root / "docs" / other).read_bytes()
    for snippet in source.snippets.values():
        yield f"snippets/{snippet.name}.py", snippet.code
        yield f"snippets/{snippet.name}.ipynb", snippet_notebook(snippet)
        for number, svg in enumerate(book.drawings[snippet.name], 1):
            yield f"figures/{snippet.slug}-{number}.svg", draw.standalone(svg, source.settings.palette)
    settings = source.settings.site
    for pattern, place in settings.copied.items():
        for found in sorted(root.glob(pattern)):
            yield (f"{place}{found.name}" if place.endswith("/") else place), found.read_bytes()
    yield from made.items()
    sheets = [(root / sheet).read_text("utf-8") for sheet in settings.styles]
    yield "assets/style.css", "\n".join([draw.style(source.settings.palette), *sheets])


def _languages(book: Book, path: str) -> dict[str, object]:
    """What a page's template needs to know of languages: the page's own, and where to read on in each."""
    twins, languages = book.twins(path), []
    for code, language in book.languages.items():
        page = twins.get(code) or posixpath.join(language.folder, "index.md")
        if page in book.facts:
            address = page.removesuffix(".md") + ".html"
            languages.append({"lang": code, "name": language.name, "page": address, "twin": code in twins})
    return {"lang": book.language(path), "languages": languages} if languages else {}


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
