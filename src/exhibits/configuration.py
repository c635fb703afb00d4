"""What the generator's own configuration, mkdocs.yml, says that this tool needs, too."""

from __future__ import annotations

import importlib
import os
from pathlib import Path
from typing import Any

import yaml

from exhibits.model import Problem, ProblemsFound, Site


class _Loader(yaml.SafeLoader):
    """Reads mkdocs.yml as MkDocs does: `!ENV` variables, and Python names, which it leaves as they are."""


def _environment(loader: yaml.SafeLoader, node: yaml.Node) -> object:
    values = [loader.construct_object(n) for n in node.value] if isinstance(node, yaml.SequenceNode) else [node.value]
    *names, default = values if len(values) > 1 else [*values, None]
    return next((os.environ[name] for name in names if name in os.environ), default)


def _name(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> object:
    module, _, attribute = suffix.rpartition(".")
    return getattr(importlib.import_module(module), attribute)


_Loader.add_constructor("!ENV", _environment)
_Loader.add_multi_constructor("tag:yaml.org,2002:python/name:", _name)


def configuration(path: Path) -> dict[str, Any]:
    """
    Raises:
        ProblemsFound: the file is missing or no YAML.
    """
    try:
        read: dict[str, Any] = yaml.load(path.read_text("utf-8"), _Loader)  # noqa: S506  (a SafeLoader)
    except FileNotFoundError:
        raise ProblemsFound([Problem(path.name, 1, "not found")]) from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ProblemsFound([Problem(path.name, line, f"no YAML: {error.problem}")]) from None
    return read


def extensions(configured: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Markdown extensions that the configuration lists, without this tool's own."""
    listed: dict[str, dict[str, Any]] = {}
    for entry in configured.get("markdown_extensions", []):
        name, options = next(iter(entry.items())) if isinstance(entry, dict) else (entry, {})
        listed[name] = options or {}
    # MkDocs adds these to whatever is listed.
    listed = dict.fromkeys(("toc", "tables", "fenced_code"), {}) | listed
    listed.pop("exhibits.weave", None)
    if "pymdownx.superfences" in listed:
        listed.pop("fenced_code")
    return listed


def site(configured: dict[str, Any]) -> Site:
    """The site's name and addresses; `extra.notebooks` is where its notebooks open."""

    def said(name: str, within: dict[str, Any] = configured) -> str:
        return str(within.get(name) or "")

    def folder(address: str) -> str:
        return address and address.rstrip("/") + "/"

    notebooks = said("notebooks", configured.get("extra") or {})
    repository = said("repo_url").rstrip("/")
    return Site(said("site_name"), said("site_author"), folder(said("site_url")), repository, folder(notebooks))
