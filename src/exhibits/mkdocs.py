"""Conveniences for MkDocs alone; the site is whole without them.

A lab's page comes from a notebook: its edit link leads there.
"""

from __future__ import annotations

from typing import Any


def on_page_context(context: dict[str, Any], page: Any, config: Any, nav: Any) -> dict[str, Any]:
    if page.edit_url and page.file.src_uri.startswith("labs/"):
        page.edit_url = page.edit_url.removesuffix(".md") + ".ipynb"
    return context
