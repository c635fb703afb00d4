"""MkDocs hooks: files that the site needs beside its pages, and live reload of snippets."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import event_priority

from exhibits.figures import standalone
from exhibits.mathematics import ROOT
from exhibits.project import ProblemsFound, Project, slug

_serving = False


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


def on_post_page(output: str, page, config: MkDocsConfig) -> str:
    """Name the search dialog, which Material leaves without a name for screen readers."""
    dialog = 'data-md-component="search" role="dialog"'
    return output.replace(dialog, f'{dialog} aria-label="Search"')


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
    (assets / "katex" / "fonts").mkdir(parents=True, exist_ok=True)
    shutil.copy(modules / "katex/dist/katex.min.css", assets / "katex")
    for font in modules.glob("katex/dist/fonts/*.woff2"):
        shutil.copy(font, assets / "katex" / "fonts")
    (assets / "iframe-worker").mkdir(exist_ok=True)
    shutil.copy(modules / "iframe-worker/shim/index.js", assets / "iframe-worker" / "shim.js")
    (site / "figures").mkdir(exist_ok=True)
    outcome = json.loads((root / ".cache" / "outcome.json").read_text("utf-8"))
    for name, run in outcome["runs"].items():
        for number, svg in enumerate(run["figures"], 1):
            file = site / "figures" / f"{slug(name)}-{number}.svg"
            file.write_text(standalone(svg), "utf-8")
    if not _serving:
        # Made beside the site and moved into it, so that the archive does not contain itself.
        archive = shutil.make_archive(str(site.parent / "archive"), "zip", site)
        shutil.move(archive, site / "why-gradients-vanish.zip")
