"""The built site behind a server on this machine, which compresses as public hosts do."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from tests.conftest import ROOT


class Host(SimpleHTTPRequestHandler):
    """Like a host for static pages: gzip for text, and the site's own 404 page."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *args) -> None:
        pass

    def do_GET(self) -> None:  # noqa: N802  (the standard library's name)
        path, status = Path(self.translate_path(self.path)), 200
        if path.is_dir():
            path /= "index.html"
        if not path.exists():
            path, status = Path(self.directory) / "404.html", 404
        body, kind = path.read_bytes(), self.guess_type(path)
        self.send_response(status)
        self.send_header("Content-Type", kind)
        if kind.startswith("text/") or any(word in kind for word in ("javascript", "json", "svg", "xml")):
            body = gzip.compress(body)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def violations(page, within: str = "html") -> list:
    """What axe-core finds wrong with a page or a part of it: rule and first element."""
    page.evaluate((ROOT / "tests/node_modules/axe-core/axe.min.js").read_text("utf-8"))
    return page.evaluate("part => axe.run(part).then(r => r.violations.map(v => [v.id, v.nodes[0].html]))", within)


def search(page, words: str) -> None:
    """Type words into the search field, which listens to keys alone."""
    field = page.locator("input.md-search__input")
    field.fill(words)
    field.press("End")


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Address of a server for `folder`, as long as the context lasts."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Host, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="session")
def soups(site: Path) -> dict[str, BeautifulSoup]:
    """Every built page, parsed once; no test changes it."""
    from tests.site.test_pages import PAGES

    return {page: BeautifulSoup((site / page).read_text("utf-8"), "html.parser") for page in PAGES}


@pytest.fixture(scope="session")
def address(site) -> Iterator[str]:
    with served(site) as url:
        yield url
