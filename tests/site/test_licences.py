"""Whatever others wrote and readers get is named with its licence."""

from __future__ import annotations

import json
import re
import zipfile

import pytest

from tests.conftest import ROOT

# Files of the site that others made, and how the file of licences calls what they come from.
ORIGINS = {
    "assets/fonts/KaTeX_*.woff2": "Fonts of KaTeX",
    "assets/images/favicon.png": "Material for MkDocs: pages, styles, scripts",
    "assets/javascripts/bundle.*.js": "Material for MkDocs: pages, styles, scripts",
    "assets/javascripts/workers/*.js": "Material for MkDocs: pages, styles, scripts",
    "assets/javascripts/lunr/min/*.js": "lunr-languages",
    "assets/javascripts/**/*.map": "Material for MkDocs: pages, styles, scripts",
    "assets/stylesheets/*": "Material for MkDocs: pages, styles, scripts",
}
OWN = ("assets/style.css", "assets/scripts/", "assets/cards/")  # with the d3 modules, looked for below


@pytest.fixture(scope="module")
def texts(site) -> dict[str, str]:
    """Licences by name, as readers find them."""
    parts = re.split(r"^={80}\n(.+)\n={80}\n", (site / "LICENSES.txt").read_text("utf-8"), flags=re.M)
    assert parts[0] == ""
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_every_file_that_others_made_has_an_origin_with_a_licence(site, texts):
    others = {path for path in (site / "assets").rglob("*") if path.is_file()}
    for pattern, name in ORIGINS.items():
        found = set(site.glob(pattern))
        assert found and name in texts, pattern
        others -= found
    assert "KaTeX" in texts, "its style sheet is a part of ours"
    assert [p for p in others if not p.relative_to(site).as_posix().startswith(OWN)] == []


def test_every_package_in_the_themes_scripts_and_styles_is_named(site, texts):
    sources = [json.loads(path.read_text("utf-8"))["sources"] for path in (site / "assets").rglob("*.map")]
    packages = {m[1] for names in sources for s in names if (m := re.search(r"node_modules/((?:@[^/]+/)?[^/]+)", s))}
    packages |= {m[1] for names in sources for s in names if (m := re.match(r"(material-design-color)/", s))}
    assert {"rxjs", "lunr", "clipboard", "material-design-color"} <= packages
    assert packages - {name.lower() for name in texts} == set()


def test_every_package_in_our_own_scripts_is_named(texts):
    """Those that the explorables import, and what these depend on, by the lock file."""
    locked = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    code = "".join(path.read_text("utf-8") for path in (ROOT / "explore").glob("*.js"))
    waiting = set(re.findall(r'from "([^."][^"]*)"', code))
    assert len(waiting) >= 4
    needed: set[str] = set()
    while waiting:
        name = waiting.pop()
        needed.add(name)
        waiting |= set(locked[f"node_modules/{name}"].get("dependencies", {})) - needed
    assert needed - set(texts) <= {"internmap"}, "of which esbuild takes nothing, as no code that runs needs it"


def test_texts_are_whole(texts):
    for name, text in texts.items():
        assert len(text.strip()) > 250, name
        assert re.search(r"licen[cs]e|permission", text, re.I), name
    assert "Version 2.0, January 2004" in texts["RxJS"] and "PERMISSION & CONDITIONS" in texts["Fonts of KaTeX"]


def test_readers_find_it_on_the_site_and_in_the_archive(site):
    assert 'href="../LICENSES.txt"' in (site / "reference/how.html").read_text("utf-8")
    with zipfile.ZipFile(site / "why-gradients-vanish.zip") as archive:
        assert archive.read("LICENSES.txt") == (site / "LICENSES.txt").read_bytes()


def test_what_no_page_loads_is_not_shipped(site):
    """Word breakers for Thai and Japanese, one of them under a licence that asks for more than its text."""
    left = {path.name for path in (site / "assets/javascripts/lunr").glob("*.js")}
    assert left == set()
