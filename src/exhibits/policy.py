"""Tell browsers what a built page may load and run: a Content-Security-Policy in its head, for any generator."""

from __future__ import annotations

import base64
import hashlib
import re
from html import escape
from pathlib import Path

from exhibits.model import Problem, ProblemsFound

INLINE = re.compile(r"<script\b(?P<attributes>[^>]*)>(?P<code>.*?)</script\s*>", re.S | re.I)
LOADED = re.compile(
    r"""(^|\s)(src\s*=|type\s*=\s*["']?application/json)""", re.I
)  # from a file, or data that no browser runs
START = re.compile(r"""<head\b[^>]*>(\s*<meta\s+charset\s*=\s*["']?[\w-]+["']?\s*/?>)?""", re.I)
INDENTED = re.compile(r"\n\s+(?=<)")


def policy(directives: dict[str, str], html: str) -> str:
    """The directives as a header has them; `script-src` names the page's own inline scripts by their hashes."""
    # Browsers hash a script as they read it, with line feeds alone.
    scripts = {m["code"].replace("\r\n", "\n") for m in INLINE.finditer(html) if not LOADED.search(m["attributes"])}
    hashes = sorted(f"'sha256-{base64.b64encode(hashlib.sha256(s.encode()).digest()).decode()}'" for s in scripts)
    wanted = directives | {"script-src": " ".join([directives.get("script-src", ""), *hashes]).strip()}
    return "; ".join(f"{name} {sources}" for name, sources in wanted.items())


def unindented(html: str) -> str:
    """A page without the indentation above its article: the navigation's is a good part of a page's bytes.

    It comes before the policy, which names inline scripts by what they are then.
    """
    frame, article, rest = html.partition("<article")
    return INDENTED.sub("\n", frame) + article + rest if article else html


def protect(folder: Path, directives: dict[str, str]) -> None:
    """Put the policy into every page below `folder`, before anything that the page loads; see also `unindented`.

    Raises:
        ProblemsFound: a page has no head to put it in.
    """
    problems = []
    for path in sorted(folder.rglob("*.html")):
        html = unindented(path.read_text("utf-8"))
        start = START.search(html)
        if start is None:
            problems.append(Problem(path.relative_to(folder).as_posix(), 1, "has no <head> for the site's policy"))
            continue
        meta = f'<meta http-equiv="Content-Security-Policy" content="{escape(policy(directives, html))}">'
        path.write_text(html[: start.end()] + meta + html[start.end() :], "utf-8")
    if problems:
        raise ProblemsFound(problems)
