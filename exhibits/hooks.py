"""MkDocs hooks: files that the site needs beside its pages, labs, and live reload of snippets."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import event_priority
from mkdocs.structure.pages import Page

from exhibits.figures import standalone
from exhibits.markdown import Book, open_book
from exhibits.mathematics import ROOT
from exhibits.notebooks import Lab, render, result_folder, snippet_notebook
from exhibits.project import ProblemsFound, Project, slug

_serving = False


def _book(config: MkDocsConfig) -> Book:
    macros = config.mdx_configs["exhibits.markdown"].get("macros", {})
    return open_book(Path(config.config_file_path).parent, macros)


def on_startup(command: str, dirty: bool) -> None:
    global _serving
    _serving = command == "serve"


def on_pre_build(config: MkDocsConfig) -> None:
    """While serving, run what changed since the last build."""
    if not _serving:
        return
    from exhibits.__main__ import run

    try:
        run(Project(Path(config.config_file_path).parent))
    except ProblemsFound as found:
        raise PluginError(str(found)) from None


def on_config(config: MkDocsConfig) -> None:
    """Keep executed labs apart by all that their results depend on, and drop what no longer counts."""
    if plugin := config.plugins.get("mkdocs-jupyter"):
        cache = Project(Path(config.config_file_path).parent).cache
        folder = result_folder(cache, Path(config.docs_dir) / "labs")
        for old in (cache / "labs").glob("*"):
            if old != folder:
                shutil.rmtree(old)
        plugin.config["cache_dir"] = str(folder)


@event_priority(-100)  # after mkdocs-jupyter, whose rendering this wraps
def on_pre_page(page: Page, config: MkDocsConfig, files) -> Page:
    """Turn labs into pages of this site."""
    if not page.file.src_uri.endswith(".ipynb"):
        return page
    lab, execute = Lab(Path(page.file.abs_src_path), f"docs/{page.file.src_uri}"), page.render

    def executed() -> str:
        execute(config, files)
        return page.content

    def draw(config: MkDocsConfig, files) -> None:
        book = _book(config)
        page.content = render(lab, executed, book.project.cache, book.typesetter)
        page.meta["description"] = lab.description

    page.render = draw
    return page


def on_post_page(output: str, page: Page, config: MkDocsConfig) -> str:
    return _with_named_search(output)


def on_post_template(output_content: str, template_name: str, config: MkDocsConfig) -> str:
    return _with_named_search(output_content)


def _with_named_search(html: str) -> str:
    """Name the search dialog, which Material leaves without a name for screen readers."""
    dialog = 'data-md-component="search" role="dialog"'
    return html.replace(dialog, f'{dialog} aria-label="Search"')


@event_priority(-200)  # after the offline plugin, which writes the search index as a script
def on_post_build(config: MkDocsConfig) -> None:
    """Add what pages refer to: downloads, KaTeX's style and fonts, the search's shim, figures and an archive."""
    root, site = Path(config.config_file_path).parent, Path(config.site_dir)
    shutil.copytree(
        root / "snippets",
        site / "snippets",
        ignore=shutil.ignore_patterns("*.toml", "*.out", "__pycache__"),
        dirs_exist_ok=True,
    )
    modules, assets = ROOT / "node_modules", site / "assets"
    katex = modules / "katex/dist"
    (assets / "fonts").mkdir(parents=True, exist_ok=True)
    for font in katex.glob("fonts/*.woff2"):
        shutil.copy(font, assets / "fonts")
    theme = [next(assets.glob(f"stylesheets/{name}.*.css")) for name in ("main", "palette")]
    sheets = [*theme, katex / "katex.min.css", Path(__file__).parent / "theme/site.css"]
    style = "\n".join(re.sub(r"/[*]# .*?[*]/", "", sheet.read_text("utf-8")) for sheet in sheets)
    (assets / "style.css").write_text(style, "utf-8")
    shutil.rmtree(assets / "stylesheets")
    for source_map in assets.rglob("*.map"):
        source_map.unlink()
    (assets / "iframe-worker").mkdir(exist_ok=True)
    shutil.copy(modules / "iframe-worker/shim/index.js", assets / "iframe-worker" / "shim.js")
    book = _book(config)
    for snippet in book.project.snippets.values():
        (site / f"snippets/{snippet.name}.ipynb").write_text(snippet_notebook(snippet), "utf-8")
    (site / "figures").mkdir(exist_ok=True)
    for name, run in book.runs.items():
        for number, svg in enumerate(run["figures"], 1):
            file = site / "figures" / f"{slug(name)}-{number}.svg"
            file.write_text(standalone(svg), "utf-8")
    if not _serving:
        # Made beside the site and moved into it, so that the archive does not contain itself.
        archive = shutil.make_archive(str(site.parent / "archive"), "zip", site)
        shutil.move(archive, site / "why-gradients-vanish.zip")
