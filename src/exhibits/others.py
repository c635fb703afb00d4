"""The same scripts through other tools: what a first build costs, one where nothing changed, one after an edit.

Each tool gets a project as its own documentation shows one, and its pages must hold every output and every figure.
"""

from __future__ import annotations

import html
import json
import re
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from exhibits.measure import CONFIG, EXHIBITS, Table, seconds
from exhibits.model import Problem, ProblemsFound, Run, Snippet
from exhibits.run import Report
from exhibits.source import SETTINGS, Settings
from exhibits.store import write_whole

OWN_PAGE = "# {name}\n\n/// exhibit | {name}\n    alt: {alt}\n\nA script.\n///\n"

SPHINX = ("python", "-m", "sphinx", "-q", ".", "out")
MKDOCS = ("python", "-m", "mkdocs", "build", "--quiet")
SPHINX_GALLERY = """\
extensions = ["sphinx_gallery.gen_gallery"]
sphinx_gallery_conf = {{
    "examples_dirs": "examples",
    "gallery_dirs": "made",
    "filename_pattern": ".",
    "abort_on_example_error": True,
    "parallel": {jobs},
}}
"""
MYST = """\
extensions = ["myst_nb"]
exclude_patterns = ["out"]
nb_custom_formats = {".py": ["jupytext.reads", {"fmt": "py:percent"}]}
nb_execution_mode = "cache"
nb_execution_raise_on_error = True
nb_execution_timeout = 300
"""
THEME = "site_name: Scripts\nsite_dir: out\nuse_directory_urls: false\ntheme: {name: material, font: false}\n"
MKDOCS_GALLERY = """\
nav: [index.md, made]
plugins:
  - gallery:
      examples_dirs: docs/examples
      gallery_dirs: docs/made
      filename_pattern: "."
      abort_on_example_error: true
"""
MKDOCS_JUPYTER = 'plugins:\n  - mkdocs-jupyter: {execute: true, include: ["*.py"]}\n'
MARKDOWN_EXEC = "plugins: [markdown-exec]\nmarkdown_extensions: [pymdownx.superfences]\n"
BLOCK = '\n```python exec="1" source="above" {option} session="{slug}"\n{text}\n```\n'
# markdown-exec shows what a block prints, so a figure is printed.
PRINTED = """\
import io
for number in plt.get_fignums():
    drawn = io.StringIO()
    plt.figure(number).savefig(drawn, format="svg")
    print(drawn.getvalue())
plt.close("all")"""


class Sample(Struct, frozen=True):
    """Scripts, what each printed and drew, and the settings of the site that they are from."""

    snippets: tuple[Snippet, ...]
    runs: dict[str, Run]
    settings: Settings

    @property
    def figures(self) -> int:
        return sum(len(self.runs[snippet.name].drawings) for snippet in self.snippets)

    def reset(self, snippet: Snippet) -> str:
        """Lines that undo, in a shared process, what others set there and this script does not set itself."""
        lines = {line.partition("(")[0]: line for line in self.settings.bench.reset}
        left = [call for call in lines if any(call in other.code for other in self.snippets)]
        return "".join(f"import {c.split('.')[0]}\n{lines[c]}\n" for c in left if c not in snippet.code)


class Tool(Struct, frozen=True):
    """A tool that runs scripts and puts on pages what they print and draw.

    Attributes:
        command: builds the project in the working directory; "python" is the environment's.
        files: of the project, beside the scripts.
        place: of a script, or of the page that holds it, by {name} or {slug}.
        form: what stands there: of the script and of lines that go before it.
        figure: pattern of one figure in HTML.
        shared: whether scripts share a process.
        out: folder of the built pages.
    """

    name: str
    command: tuple[str, ...]
    files: dict[str, str]
    place: str
    form: Callable[[Snippet, str], str]
    figure: str
    shared: bool = False
    out: str = "out"


def plain(snippet: Snippet, before: str) -> str:
    return before + snippet.code


def gallery(snippet: Snippet, before: str) -> str:
    """Below a docstring with a title, which galleries ask for."""
    return f'"""\n{snippet.name}\n{"=" * len(snippet.name)}\n\nA script.\n"""\n{before}{snippet.code}'


def notebook(snippet: Snippet, before: str) -> str:
    """As jupytext writes notebooks."""
    return f"# %% [markdown]\n# # {snippet.name}\n\n# %%\n{before}{snippet.code}"


def blocks(snippet: Snippet, before: str) -> str:
    """A page with a block that prints text and one that prints figures."""
    parts = {'result="text"': before + snippet.unplotted, 'html="1"': snippet.plotting.replace("plt.show()", PRINTED)}
    texts = (BLOCK.format(option=option, slug=snippet.slug, text=text) for option, text in parts.items() if text)
    return f"# {snippet.name}\n{''.join(texts)}"


def tools(sample: Sample) -> list[Tool]:
    """This tool, then the others."""
    galleries = [
        Tool(
            f"sphinx-gallery, {jobs} job{'s' * (jobs > 1)}",
            SPHINX,
            {
                "conf.py": SPHINX_GALLERY.format(jobs=jobs),
                "index.rst": "Scripts\n=======\n\n.. toctree::\n\n   made/index\n",
                "examples/README.rst": "Scripts\n=======\n",
            },
            "examples/{slug}.py",
            gallery,
            r"<img[^>]*/sphx_glr_[\w-]+_\d{3}\.png",
            shared=True,
        )
        for jobs in (1, 2)
    ]
    home = {"docs/index.md": "# Scripts\n"}
    return [
        Tool(
            "this tool",
            (*EXHIBITS, "site"),
            own(sample),
            "snippets/{name}.py",
            plain,
            '<div class="drawing"',
            out="site",
        ),
        *galleries,
        Tool(
            "mkdocs-gallery",
            MKDOCS,
            home | {"mkdocs.yml": THEME + MKDOCS_GALLERY, "docs/examples/README.md": "# Scripts\n"},
            "docs/examples/{slug}.py",
            gallery,
            r"<img[^>]*/mkd_glr_[\w-]+_\d{3}\.png",
            shared=True,
        ),
        Tool(
            "mkdocs-jupyter",
            MKDOCS,
            home | {"mkdocs.yml": THEME + MKDOCS_JUPYTER},
            "docs/{slug}.py",
            notebook,
            '<img[^>]*src="data:image/png',
        ),
        Tool(
            "MyST-NB with jupyter-cache",
            SPHINX,
            {"conf.py": MYST, "index.md": "# Scripts\n\n```{toctree}\n:glob:\nscripts/*\n```\n"},
            "scripts/{slug}.py",
            notebook,
            r"<img[^>]*_images/[0-9a-f]{32,}\.png",
        ),
        Tool(
            "markdown-exec",
            MKDOCS,
            home | {"mkdocs.yml": THEME + MARKDOWN_EXEC},
            "docs/{slug}.md",
            blocks,
            '<g id="figure_1"',
            shared=True,
        ),
    ]


def own(sample: Sample) -> dict[str, str]:
    """A site of this tool, a page for each script; as it claims nothing, each runs with one seed."""
    settings = {"run": msgspec.structs.replace(sample.settings.run, theory=""), "palette": sample.settings.palette}
    made = {
        SETTINGS: "".join(f"{name} = {toml(msgspec.to_builtins(value))}\n" for name, value in settings.items()),
        "mkdocs.yml": CONFIG,
        "docs/index.md": "# Scripts\n",
    }
    options: dict[str, dict[str, object]] = {}
    for one in sample.snippets:
        chapter, _, name = one.name.partition("/")
        limits = {"time_limit": one.limits.seconds, "memory": one.limits.memory, "processes": one.limits.processes}
        options.setdefault(chapter, {})[name] = limits | {"allow": one.allow}
        figures = json.dumps("\n".join(["A figure."] * len(sample.runs[one.name].drawings)))
        made[f"docs/{one.slug}.md"] = OWN_PAGE.format(name=one.name, alt=figures)
        if one.expected is not None:
            made[f"snippets/{one.name}.out"] = one.expected
    return made | {f"snippets/{chapter}/claims.toml": f"snippet = {toml(of)}\n" for chapter, of in options.items()}


def toml(value: Any) -> str:
    """A value in TOML, to which JSON's texts, numbers and lists belong; what is None is left out."""
    if isinstance(value, dict):
        entries = (f"{json.dumps(name)} = {toml(of)}" for name, of in value.items() if of is not None)
        return f"{{ {', '.join(entries)} }}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(toml, value))}]"
    return json.dumps(value, ensure_ascii=False)


def environment(packages: Path, folder: Path) -> Path:
    """An environment of what `packages` pins and, after it, of what is installed here; returns its Python.

    Raises:
        ProblemsFound: it cannot be made, as without network.
    """
    seconds(sys.executable, "-m", "venv", str(folder), cwd=packages.parent)
    python = str(folder / "bin" / "python")
    install = ("install", "--quiet", "--no-deps", "--require-hashes", "--requirement", str(packages))
    seconds(python, "-m", "pip", *install, cwd=packages.parent)
    asked = (python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))")
    place = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
    write_whole(Path(place, "here.pth"), sysconfig.get_path("purelib") + "\n")
    return Path(python)


def measured(tool: Tool, sample: Sample, python: Path, folder: Path) -> tuple[float, ...]:
    """Seconds of a first build, of one where nothing changed, and of one after an edit of the first script.

    Raises:
        ProblemsFound: a build failed, or its pages lack an output or a figure.
    """

    def put(snippet: Snippet) -> None:
        before = sample.reset(snippet) if tool.shared else ""
        write_whole(folder / tool.place.format(name=snippet.name, slug=snippet.slug), tool.form(snippet, before))

    for name, text in tool.files.items():
        write_whole(folder / name, text)
    for snippet in sample.snippets:
        put(snippet)
    command = (str(python), *tool.command[1:]) if tool.command[0] == "python" else tool.command
    # nbconvert looks for its templates beside the Python that runs, but they are with the packages from here.
    variables = sample.settings.run.variables | {"JUPYTER_PATH": f"{sys.prefix}/share/jupyter"}

    def build() -> float:
        return seconds(*command, cwd=folder, **variables)

    first = build()
    if lack := lacking(tool, sample, folder / tool.out):
        raise ProblemsFound([Problem(SETTINGS, 1, f"{tool.name}: {lack}")])
    unchanged = build()
    one = sample.snippets[0]
    put(msgspec.structs.replace(one, code=f"{one.code}# edited\n", computation=f"{one.computation}# edited\n"))
    return first, unchanged, build()


def lacking(tool: Tool, sample: Sample, folder: Path) -> str:
    """What built pages lack of what the scripts print and draw; "" for nothing."""
    pages = [path.read_text("utf-8") for path in folder.rglob("*.html")]
    shown = html.unescape(re.sub(r"<[^>]*>", "", "\n".join(pages)))
    for snippet in sample.snippets:
        for line in sample.runs[snippet.name].stdout.splitlines():
            if line.strip() not in shown:
                return f"its pages lack what {snippet.name} prints, “{line.strip()}”"
    found, wanted = sum(len(re.findall(tool.figure, page)) for page in pages), sample.figures
    return "" if found == wanted else f"its pages show {found} figures of {wanted}"


def tables(sample: Sample, root: Path, folder: Path, report: Report) -> list[Table]:
    """Every tool on the sample, the others in an environment of their own; no table where that cannot be made.

    A tool that fails is reported and has no times; the others are measured all the same.

    Raises:
        ProblemsFound: this tool's own site failed.
    """
    try:
        python = environment(root / sample.settings.bench.others, folder / "environment")
    except ProblemsFound as found:
        report(f"no comparison with other tools: {found.problems[0].message}")
        return []
    reset = sum(bool(sample.reset(snippet)) for snippet in sample.snippets)
    rows: list[tuple[str, ...]] = []
    base: tuple[float, ...] = ()
    for tool in tools(sample):
        try:
            times = measured(tool, sample, python, folder / tool.name)
        except ProblemsFound as found:
            if not base:
                raise
            report(f"others: {tool.name} failed: {found.problems[0].message}")
            rows.append((tool.name, *["failed"] * len(base), ""))
            continue
        base = base or times
        costs = (f"{time:.1f} s, {time / of:.2f}" for time, of in zip(times, base, strict=True))
        rows.append((tool.name, *costs, f"{reset} scripts" if tool.shared else "none"))
        report(f"others: {'; '.join(rows[-1])}")
    head = ("tool", "first build", "nothing changed", "one script edited", "reset lines in")
    note = f"{len(sample.snippets)} scripts, {sample.figures} figures, one seed; ratios to this tool's time."
    return [Table("The same scripts through other tools", head, tuple(rows), note)]
