"""Notebooks: labs become pages, snippets become downloads.

mkdocs-jupyter executes the labs. This module gives their kernels a fixed environment, their results a cache that
knows torch and the processor, and turns the cells into the site's own markup with typeset formulas.
"""

from __future__ import annotations

import ast
import json
import logging
import os
import re
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from html import escape
from importlib.metadata import version
from pathlib import Path

from bs4 import BeautifulSoup
from nbformat import ValidationError, validate

from exhibits.blocks import copyable, highlighted, output_html
from exhibits.cache import Cache, digest, write_whole
from exhibits.figures import STYLE, inline
from exhibits.mathematics import PUNCTUATION, FormulaError, Typesetter
from exhibits.project import TIME_LIMIT, Snippet
from exhibits.run import clean_environment

log = logging.getLogger("mkdocs.plugins.exhibits")
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
STYLE_OF_LABS = STYLE | {"figure.figsize": "5.8, 3.7", "svg.hashsalt": "lab"}
DISTRIBUTIONS = ("mkdocs-jupyter", "nbconvert", "ipykernel", "ipython", "matplotlib-inline")
FORMULA = re.compile(rf"\$\$(?P<display>.+?)\$\$|\$(?P<text>[^$]+?)\$(?P<after>{PUNCTUATION.pattern})", re.S)


def snippet_notebook(snippet: Snippet) -> str:
    """A snippet as a notebook: its docstring as text, its computation and its plotting as one cell each."""
    module = ast.parse(snippet.source)
    text = ast.get_docstring(module, clean=False)
    end = module.body[0].end_lineno if text else 0
    parts = [("markdown", text)] if text else []
    parts.append(("code", "\n".join(snippet.computation.splitlines()[end:]).strip("\n")))
    if snippet.plotting:
        parts.append(("code", snippet.plotting))
    cells = []
    for number, (kind, source) in enumerate(parts, 1):
        cell = {"cell_type": kind, "id": f"cell-{number}", "metadata": {}, "source": source.splitlines(keepends=True)}
        cells.append(cell | ({"execution_count": None, "outputs": []} if kind == "code" else {}))
    notebook = {"cells": cells, "metadata": METADATA, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def configuration(time_limit: float) -> dict[str, str]:
    """Files, by name, that configure the execution of a lab whose cells may take `time_limit` seconds each."""
    drawing = {"figure_formats": ["svg"], "print_figure_kwargs": {"metadata": {"Date": None}}}
    return {
        "jupyter_nbconvert_config.json": json.dumps({"NotebookClient": {"timeout": int(time_limit)}}),
        "profile_default/ipython_kernel_config.json": json.dumps(
            {"InlineBackend": drawing, "HistoryManager": {"enabled": False}}
        ),
        "matplotlibrc": "".join(f'{name}: "{value}"\n' for name, value in STYLE_OF_LABS.items()),
    }


def result_folder(cache: Path, labs: Path) -> Path:
    """Where executed labs are kept: a folder named by all that can change a result, except the lab itself.

    mkdocs-jupyter keys its results by notebook and options; this adds versions, processor, style and helper files.
    """
    helpers = [path.read_bytes() for path in sorted(labs.glob("*")) if path.is_file() and path.suffix != ".ipynb"]
    versions = [f"{name} {version(name)}" for name in DISTRIBUTIONS]
    key = digest(Cache(cache / "runs").environment, *versions, *configuration(0).values(), *helpers)
    folder = cache / "labs" / key
    for path in folder.glob("*.json"):
        try:
            json.loads(path.read_text("utf-8"))
        except ValueError:  # written in part: execute again
            path.unlink()
    return folder


def kernel_environment(cache: Path, time_limit: float) -> dict[str, str]:
    """Variables that lead kernels to the site's configuration and style instead of the user's own."""
    folder = cache / "jupyter"
    for name, content in configuration(time_limit).items():
        write_whole(folder / name, content)
    variables = ("JUPYTER_CONFIG_DIR", "IPYTHONDIR", "MATPLOTLIBRC")
    # No PYTHONPATH: a lab runs elsewhere only if it needs nothing of this project.
    return dict.fromkeys(variables, str(folder)) | {"PYTHONPATH": ""}


@contextmanager
def stderr_in(path: Path) -> Iterator[None]:
    """Send stderr, that of child processes included, to a file.

    Kernels log the races of their own end there, with tracebacks; what a lab did wrong their client reports.
    """
    saved = os.dup(2)
    with path.open("wb") as file:
        os.dup2(file.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)


class Lab:
    """One notebook as the project stores it.

    Args:
        path: the .ipynb file.
        file: its name in messages.
    """

    def __init__(self, path: Path, file: str):
        self.file, self.text = file, path.read_text("utf-8")
        notebook = self._read()
        self.description: str = notebook["metadata"].get("description", "")
        self.time_limit: float = notebook["metadata"].get("time_limit", TIME_LIMIT)
        self.cells: list[dict] = notebook["cells"]

    def _read(self) -> dict:
        """The notebook, or an empty one after an error that is logged."""
        try:
            notebook = json.loads(self.text)
            validate(notebook)
            if notebook["cells"] and "id" in notebook["cells"][0]:
                return notebook
            log.error(f"{self.file}:1: needs cells with ids, as notebooks have since format 4.5")
        except json.JSONDecodeError as error:
            log.error(f"{self.file}:{error.lineno}: no JSON: {error.msg}")
        except ValidationError as error:
            log.error(f"{self.file}:1: no valid notebook: {str(error).splitlines()[0]}")
        return {"metadata": {}, "cells": []}

    @cached_property
    def code(self) -> list[dict]:
        return [cell for cell in self.cells if cell["cell_type"] == "code"]

    def report(self, cell: dict, message: str, source_line: str = "") -> None:
        """Log an error at a line of a cell's source, or at the cell."""
        start = max(self.text.find(f'"{cell["id"]}"'), 0)
        part = json.dumps(source_line, ensure_ascii=False)[1:-1]
        place = self.text.find(part, start) if source_line else start
        log.error(f"{self.file}:{self.text.count(chr(10), 0, max(place, start)) + 1}: {message}")

    def report_failure(self, error: Exception) -> None:
        """Log why the execution ended: at the line that raised, or at the cell that took too long."""
        at = re.search(r"Cell In\[(\d+)\], line (\d+)", re.sub(r"\x1b\[[\d;]*m", "", str(error)))
        if at:
            cell = self.code[int(at[1]) - 1]
            line = "".join(cell["source"]).splitlines()[int(at[2]) - 1]
            self.report(cell, f"cell {at[1]}, line {at[2]}: {error.ename}: {error.evalue}", line)
            return
        late = next((c for c in self.code if c["source"] and c["source"][0].strip() in str(error)), self.cells[0])
        self.report(late, str(error).splitlines()[0])

    def check_stored(self) -> None:
        """Report what must not be committed: results, and solutions that check nothing."""
        for cell in self.code:
            if cell["outputs"] or cell["execution_count"] is not None:
                self.report(cell, "stored with its outputs; clear them, the build makes them anew")
            if "solution" in cell["metadata"].get("tags", ()) and "assert" not in "".join(cell["source"]):
                self.report(cell, "a solution without assert tests nothing")

    def page(self, html: str, typesetter: Typesetter) -> str:
        """The site's own markup for what mkdocs-jupyter made of the executed notebook."""
        soup = BeautifulSoup(re.sub(r"<(style|script)\b.*?</\1>", "", html, flags=re.S), "html.parser")
        parts = []
        for number, cell in enumerate(self.cells):
            made = soup.find(id=f"cell-id={cell['id']}")
            if cell["cell_type"] == "markdown":
                parts.append(self._prose(cell, made, typesetter))
            elif cell["cell_type"] == "code":
                parts.append(self._code(cell, made, f"lab-{number}-"))
            if not number:
                name = Path(self.file).name
                parts.append(
                    f'<p class="exhibit-links"><a href="{name}" download>{name}</a>: the whole lab as a notebook. '
                    "This page is that notebook, executed when the site was built.</p>"
                )
        return f'<div class="lab">{"".join(parts)}</div>'

    def _prose(self, cell: dict, made: BeautifulSoup, typesetter: Typesetter) -> str:
        """A text cell with its formulas typeset and Material's links at headings."""
        prose, stash = made.select_one(".jp-RenderedMarkdown"), {}
        for anchor in prose.select(".anchor-link"):
            anchor["class"], anchor["title"] = "headerlink", "Permanent link"

        def typeset(match: re.Match) -> str:
            display = match["display"] is not None
            tex = (match["display"] or match["text"]).strip()
            try:
                formula = typesetter.html(tex, display, match["after"] or "")
            except FormulaError as error:
                self.report(cell, f"formula does not parse: {error}", tex.splitlines()[0])
                formula = escape(tex)
            tag = 'div class="math" tabindex="0"' if display else 'span class="math"'
            # Kept aside, as the HTML parser would change the case of names in MathML and SVG.
            name = f"\x02{len(stash)}\x03"
            stash[name] = f"<{tag} data-search-exclude>{formula}</{tag.split()[0]}>"
            return name

        for text in prose.find_all(string=FORMULA):
            if not text.find_parent(["code", "pre"]):
                text.replace_with(FORMULA.sub(typeset, str(text)))
        html = re.sub(r"<p>(\x02\d+\x03)</p>", r"\1", prose.decode_contents())
        return re.sub(r"\x02\d+\x03", lambda match: stash[match[0]], html)

    def _code(self, cell: dict, made: BeautifulSoup, prefix: str) -> str:
        """A code cell and its outputs; a solution is folded."""
        source = "".join(cell["source"])
        html = copyable(source, highlighted(source), "Copy this cell")
        for number, output in enumerate(made.select(".jp-OutputArea-output")):
            kind = output.get("data-mime-type", "")
            if kind == "image/svg+xml":
                drawing = b64decode(output.img["src"].split(",", 1)[1]).decode()
                html += self._figure(cell, drawing, f"{prefix}{number}-")
            elif kind == "text/plain":
                text = output.get_text().strip("\n") + "\n"
                if bad := re.search(r"(?<![\w-])-?(nan|inf)\b", text):
                    self.report(cell, f"printed {bad[0]}")
                html += output_html(text)
            else:
                first_line = (output.get_text().strip() or str(output)).splitlines()[0]
                self.report(cell, f"wrote {kind}: {first_line[:200]}")
        if "solution" in cell["metadata"].get("tags", ()):
            return f'<details class="solution"><summary>Solution</summary>{html}</details>'
        return html

    def _figure(self, cell: dict, svg: str, prefix: str) -> str:
        alternative = cell["metadata"].get("alt")
        if not alternative:
            self.report(cell, 'draws a figure: say what it shows in the cell\'s metadata, "alt"')
        drawing = inline(svg, prefix).replace("<svg ", f'<svg role="img" aria-label="{escape(alternative or "")}" ', 1)
        return f"<figure>{drawing}</figure>"


def render(lab: Lab, execute, cache: Path, typesetter: Typesetter) -> str:
    """HTML of a lab's page; every problem is logged.

    Args:
        execute: called without arguments; returns mkdocs-jupyter's HTML and may raise what the kernel reports.
    """
    if not lab.cells:
        return ""
    lab.check_stored()
    try:
        with clean_environment(kernel_environment(cache, lab.time_limit)), stderr_in(cache / "jupyter" / "log"):
            html = execute()
    except Exception as error:  # nbclient has no common class for a failing, a late and a dead cell
        lab.report_failure(error)
        return ""
    return lab.page(html, typesetter)
