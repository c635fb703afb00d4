"""From sources to the prepared folder: all problems at once, what it contains, and what an unchanged one costs."""

from __future__ import annotations

import json
import re
from collections import Counter
from importlib.metadata import version
from pathlib import Path

import msgspec
import pytest

from exhibits import judge, publish
from exhibits.configuration import configuration, extensions, site
from exhibits.model import Book, Lab, Limits, ProblemsFound, Site, Snippet
from exhibits.publish import prepare, snippet_notebook
from exhibits.weave import Weaver, makeExtension, page_path, read_book
from tests.tool.conftest import CLAIMS, COUNT, INDEX, LAB, MEAN, THROWS, edit, files, problems, write

# What is edited, and the one problem.
MISTAKES = {
    "unknown claim": (INDEX, "{{ mean-throw }}", "{{ mean-thow }}", f"{INDEX}:7: no claim named mean-thow"),
    "unknown snippet": (THROWS, "throws/count\n///", "throws/coint\n///", [
        f"{THROWS}:5: no snippet named throws/coint",
        f"{COUNT}:1: no page shows this snippet; add “/// exhibit | throws/count” to one",
    ]),
    "unknown claim in a lab": (LAB, "{{ mean-throw.theory:.1f }}", "{{ meen }}", f"{LAB}:10: no claim named meen"),
    "formula in a lab": (LAB, "2\\\\E[X]", "2\\\\frac{X", f"{LAB}:10: formula does not parse: KaTeX"),
    "formula": (INDEX, "\\frac72", "\\frac{7", f"{INDEX}:7: formula does not parse: KaTeX"),
    "figure in a lab": (
        LAB, '"assert 2 <= total <= 12"', '"import matplotlib.pyplot as plt\\n",\n "assert plt.plot([total, 2])"',
        f"{LAB}:39: draws a figure: say what it shows in the cell's metadata, as `alt`",
    ),
    "block that is not understood": (
        INDEX, "alt: The running mean of", "alt: The running mean: of", [
            f"{INDEX}:10: “/// exhibit | throws/mean” not understood",
            f"{MEAN}:1: no page shows this snippet",
        ]),
    "code on no page": (THROWS, "throws/count\n", "throws/count\n    show: figure\n",
                        f"{THROWS}:5: no page shows the code of throws/count"),
    "paper that no page cites": (
        "docs/reference/papers.md", "# Papers\n", "# Papers\n\nOhm { #ohm }\n:   Kette.\n",
        "docs/reference/papers.md:3: no page cites this paper: ohm",
    ),
    "paper that is not listed": (THROWS, "An expectation", "[Ohm](reference/papers.md#ohm) has an expectation that",
                                 f"{THROWS}:1: cites a paper that is not listed: ohm"),
    "claim that fails": (CLAIMS, '"2 * 6"', '"2 * 7"', f"{CLAIMS}:13: claim both-dice fails: measured 12 should be ≈"),
    "output that changed": (COUNT, 'print("faces", faces)', 'print("sides", faces)',
                            "snippets/throws/count.out:1: output of throws/count changed (make accept takes it):"),
    "theorem without proof": (THROWS, "/// proof\nSum over all outcomes.\n///\n", "", f"{THROWS}:8: theorem linearity"),
    "configuration that is no YAML": ("mkdocs.yml", "nav:", "nav: [", "mkdocs.yml:17: no YAML: "),
}  # fmt: skip


@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistake_is_named_at_its_line_and_nothing_is_written(case, dice):
    file, old, new, expected = MISTAKES[case]
    edit(dice, file, old, new)
    before = files(dice / "build/docs"), (dice / "build/book.json").read_bytes()
    found = problems(lambda: prepare(dice))
    expected = [expected] if isinstance(expected, str) else expected
    assert len(found) == len(expected), found
    assert all(one.startswith(message) for one, message in zip(found, expected, strict=True)), found
    assert (files(dice / "build/docs"), (dice / "build/book.json").read_bytes()) == before


def test_problems_of_all_kinds_come_at_once(dice):
    edit(dice, INDEX, "{{ mean-throw }}", "{{ mean-thow }}")
    edit(dice, LAB, "{{ mean-throw.theory:.1f }}", "{{ meen }}")
    edit(dice, CLAIMS, '"2 * 6"', '"2 * 7"')
    edit(dice, COUNT, 'print("faces", faces)', 'print("sides", faces)')
    edit(dice, THROWS, "/// proof\nSum over all outcomes.\n///\n", "")
    write(dice, {"snippets/throws/orphan.py": "x = 1\n"})
    places = [one.split(": ")[0] for one in problems(lambda: prepare(dice))]
    assert places == [
        f"{INDEX}:7", f"{LAB}:10", f"{THROWS}:8", f"{CLAIMS}:13", "snippets/throws/count.out:1",
        "snippets/throws/orphan.py:1",
    ]  # fmt: skip


def test_a_missing_configuration(dice):
    (dice / "mkdocs.yml").unlink()
    assert problems(lambda: prepare(dice)) == ["mkdocs.yml:1: not found"]


def test_a_site_without_labs_papers_or_theory(dice):
    (dice / LAB).unlink()
    edit(dice, INDEX, "[two dice](labs/two.md)", "two dice")
    for page in ("claims", "papers", "gallery", "glossary"):
        (dice / f"docs/reference/{page}.md").unlink()
    edit(dice, INDEX, "[Huygens 1657](reference/papers.md#huygens-1657)", "Huygens")
    edit(dice, "exhibits.toml", 'theory = "theory"\n', "")
    text = (dice / "exhibits.toml").read_text("utf-8")
    (dice / "exhibits.toml").write_text(re.sub(r"\[pages\].*?\n\n", "", text, flags=re.S), "utf-8")
    edit(dice, CLAIMS, "expectation(6)", "7 / 2")
    prepared = prepare(dice)
    assert set(prepared.book.facts) == {"index.md", "throws.md"}


def test_an_unchanged_site_weaves_no_page_and_writes_no_file(dice, monkeypatch):
    before = {path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in (dice / "build").rglob("*")}
    monkeypatch.setattr(publish, "Weaver", lambda configured: pytest.fail("a weaver was made"))
    monkeypatch.setattr(publish, "_converted", lambda *arguments: pytest.fail("a lab was converted"))
    monkeypatch.setattr("exhibits.tex.Typesetter._start", lambda self: pytest.fail("Node was started"))
    prepared = prepare(dice)
    assert (prepared.woven, prepared.written, prepared.results.ran) == (0, 0, ())
    after = {path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in (dice / "build").rglob("*")}
    assert after == before


def test_each_file_is_read_once_and_each_claim_judged_once(dice, monkeypatch):
    read, judged = Counter(), Counter()
    for method in ("read_bytes", "read_text"):
        real = getattr(Path, method)

        def counting(self, *arguments, real=real, **options):
            read[self] += 1
            return real(self, *arguments, **options)

        monkeypatch.setattr(Path, method, counting)
    real_verdict = judge.verdict

    def verdict(claim, *arguments):
        judged[claim.id] += 1
        return real_verdict(claim, *arguments)

    monkeypatch.setattr(judge, "verdict", verdict)
    write(dice, {"docs/assets/extra.txt": "x"})
    prepare(dice)
    own = {path: n for path, n in read.items() if path.is_relative_to(dice) and "build" not in path.parts}
    own = {path: n for path, n in own.items() if "node_modules" not in path.parts}
    names = {path.relative_to(dice).as_posix() for path in own}
    assert {INDEX, THROWS, LAB, MEAN, COUNT, CLAIMS, "exhibits.toml", "mkdocs.yml", "theory/moments.py",
            "snippets/throws/mean.out", "docs/assets/extra.txt"} <= names  # fmt: skip
    assert {path: n for path, n in own.items() if n > 1} == {}
    assert judged == {"mean-throw": 1, "both-dice": 1}


def test_the_prepared_folder_holds_all_that_pages_need(dice):
    write(dice, {"docs/assets/extra.txt": "x", "fonts/a.woff2": "f", "fonts/b.woff2": "g", "theme/site.css": "p{}"})
    copied = '{ "fonts/*.woff2" = "assets/fonts/", "fonts/a.woff2" = "one.bin" }'
    copied = f'[site]\nstyles = ["theme/site.css"]\ncopied = {copied}'
    edit(dice, "exhibits.toml", "[site]", copied)
    prepared = prepare(dice)
    docs = files(dice / "build/docs")
    assert set(docs) == {
        "index.md", "throws.md", "labs/two.md", "labs/two.ipynb", "reference/claims.md", "reference/gallery.md",
        "reference/glossary.md", "reference/papers.md", "snippets/throws/mean.py", "snippets/throws/mean.ipynb",
        "snippets/throws/count.py", "snippets/throws/count.ipynb", "figures/throws-mean-1.svg", "assets/style.css",
        "assets/extra.txt", "assets/fonts/a.woff2", "assets/fonts/b.woff2", "one.bin",
    }  # fmt: skip
    assert docs["snippets/throws/mean.py"] == (dice / MEAN).read_bytes()
    assert docs["labs/two.ipynb"] == (dice / LAB).read_bytes() and docs["one.bin"] == b"f"
    style = docs["assets/style.css"].decode()
    assert style.startswith(":root{--figure-ink:#222222;") and "\np{}\n:where(.drawing *){" in style
    assert b"#0072b2" in docs["figures/throws-mean-1.svg"] and b"var(" not in docs["figures/throws-mean-1.svg"]
    assert prepared.written == 5, "extra, two fonts, one.bin, style"
    assert msgspec.json.decode((dice / "build/book.json").read_bytes(), type=Book) == prepared.book


def test_what_no_longer_belongs_is_removed(dice):
    write(dice, {"build/docs/old/page.md": "x", "build/docs/stray.txt": "x"})
    assert prepare(dice).written == 2
    assert not (dice / "build/docs/old").exists() and not (dice / "build/docs/stray.txt").exists()


def front(folder, page: str) -> dict[str, str]:
    text = (folder / "build/docs" / page).read_text("utf-8")
    match = re.match(r"---\n(.*?)\n---\n", text, re.S)
    assert match and text.count("\n---\n") == 1
    return dict(line.split(": ", 1) for line in match[1].splitlines())


def test_pages_keep_their_front_matter_and_text(dice):
    assert front(dice, "index.md")["description"] == "Dice, as a site that the tool's own tests build."
    assert set(front(dice, "throws.md")) == {"results"}
    assert front(dice, "labs/two.md")["description"] == '"Throw two dice and add what they show."'
    for page in ("index.md", "throws.md"):
        prepared = re.sub(r'results: "\w{32}"\n', "", (dice / "build/docs" / page).read_text("utf-8"))
        assert prepared.removeprefix("---\n---\n") == (dice / "docs" / page).read_text("utf-8")


def test_front_matter_that_dots_end(dice):
    edit(dice, INDEX, "build.\n---\n", "build.\n...\n")
    prepare(dice)
    assert set(front(dice, "index.md")) == {"description", "results"}


# What is edited, and the pages whose digest changes with it.
QUOTED = {
    "tolerance of a quoted claim": (CLAIMS, "abs_tol = 0.2", "abs_tol = 0.21",
                                    {"index.md", "throws.md", "labs/two.md", "reference/claims.md"}),
    "tolerance of another claim": (CLAIMS, "abs_tol = 0\n", "abs_tol = 0.001\n", {"throws.md", "reference/claims.md"}),
    "plotting": (MEAN, "running mean", "running", {"index.md"}),
    "prose": (THROWS, "Sum over all", "Add over all", set()),
    "a lab's code": (LAB, "2 * 3.5", "3.5 * 2", {"labs/two.md"}),
    "a term": ("docs/reference/glossary.md", "What repeated", "What many", {
        "index.md", "throws.md", "labs/two.md", "reference/glossary.md"}),
}  # fmt: skip


@pytest.mark.parametrize("case", QUOTED)
def test_a_pages_digest_changes_with_the_results_that_it_quotes(case, dice):
    file, old, new, changed = QUOTED[case]
    pages = ["index.md", "throws.md", "labs/two.md", "reference/claims.md", "reference/glossary.md"]
    before = {page: front(dice, page)["results"] for page in pages}
    edit(dice, file, old, new)
    prepare(dice)
    differing = {page for page in pages if front(dice, page)["results"] != before[page]}
    assert changed <= differing
    assert differing - changed <= {"reference/claims.md"}, "the page of claims names every page"


def test_an_edited_page_is_woven_alone(dice):
    edit(dice, THROWS, "no promise", "not a promise")
    assert prepare(dice).woven == 1


def test_a_changed_number_weaves_the_pages_that_quote_it(dice):
    edit(dice, CLAIMS, "abs_tol = 0\n", "abs_tol = 0.001\n")
    assert prepare(dice).woven == 1


def test_a_page_with_problems_is_woven_again_until_it_has_none(dice):
    edit(dice, INDEX, "{{ mean-throw }}", "{{ mean-thow }}")
    assert problems(lambda: prepare(dice)) == problems(lambda: prepare(dice))
    edit(dice, INDEX, "{{ mean-thow }}", "{{ mean-throw }}")
    assert prepare(dice).written == 0


def test_another_macro_typesets_and_weaves_every_page(dice):
    edit(dice, "exhibits.toml", "mathbb", "mathrm")
    assert prepare(dice).woven == 7


def test_notes_and_progress_are_reported(dice):
    (dice / "docs/.#index.md").write_text("x")
    edit(dice, COUNT, "6 + 6", "2 * 6")
    lines = []
    prepare(dice, lines.append)
    assert lines[0].startswith("docs/.#index.md:1: skipped: ") and lines[1] == "snippets: 2, labs: 1, claims: 2"
    assert re.fullmatch(r"  \[1/1, \d+ s\] throws/count 0.\d s", lines[2]) and len(lines) == 3


def test_a_lab_is_markdown_with_its_cells_as_blocks(dice):
    text = (dice / "build/docs/labs/two.md").read_text("utf-8")
    assert text.count("/// cell | labs/two#") == 2 and "# Two dice" in text and "[two.ipynb](two.ipynb)" in text
    html, facts = Weaver(extensions(configuration(dice / "mkdocs.yml"))).weave(
        read_book(dice / "build/book.json"), publish.Page("labs/two.md", LAB, text), lambda tex, display: "F"
    )
    assert ">3.5</a>" in html and 'title="What repeated throws settle at."' in html
    assert facts.quoted == ("mean-throw",) and len(facts.formulas) == 1 and facts.problems == ()
    assert "<samp>True\n7.0\n</samp>" in html and "<summary>Solution</summary>" in html


def test_a_generator_weaves_with_the_book_alone(dice, monkeypatch):
    from types import SimpleNamespace

    from markdown import Markdown

    monkeypatch.chdir(dice)
    listed = extensions(configuration(dice / "mkdocs.yml"))
    for holder, name, source in (
        ("treeprocessors", "relpath", {"file": SimpleNamespace(src_uri="index.md")}),
        ("preprocessors", "rendering_context", {"page": SimpleNamespace(path="index.md")}),
    ):
        md = Markdown(extensions=[*listed, makeExtension()], extension_configs=listed)
        getattr(md, holder).register(SimpleNamespace(run=lambda lines: lines, **source), name, 1)
        assert page_path(md) == "index.md"
        html = md.convert((dice / INDEX).read_text("utf-8").split("---\n")[2])
        assert 'href="reference/claims.md#mean-throw"' in html and "katex" in html and 'id="throws-mean"' in html
    with pytest.raises(LookupError, match="does not tell which page"):
        page_path(Markdown())


def test_the_book_is_read_again_when_it_changes(dice):
    path = dice / "build/book.json"
    first = read_book(path)
    assert read_book(path) is first
    edit(dice, INDEX, "# Dice", "# More dice")
    prepare(dice)
    assert read_book(path).facts["index.md"].title == "More dice"


@pytest.mark.parametrize(
    ("code", "cells"),
    [
        ('"""Says."""\n\nx = 1\n\n# %% Plot\ny = x\n', [("markdown", "Says."), ("code", "x = 1"), ("code", "y = x")]),
        ("x = 1\n", [("code", "x = 1")]),
        (
            '"""Two\nlines."""\nx = 1\n# %% Demonstration\nx\n',
            [("markdown", "Two\nlines."), ("code", "x = 1"), ("code", "x")],
        ),
    ],
)
def test_a_snippet_becomes_a_notebook(code, cells):
    import nbformat

    tool, *rest = re.split(r"^# %% (?:Plot|Demonstration)\n", code, flags=re.M)
    plotting, demonstration = (
        rest[0].strip() if rest and f"%% {name}" in code else "" for name in ("Plot", "Demonstration")
    )
    snippet = Snippet("a/b", "b.py", code, tool.rstrip() + "\n", plotting, demonstration, None, (), Limits(), 8)
    text = snippet_notebook(snippet)
    notebook = json.loads(text)
    assert [(cell["cell_type"], "".join(cell["source"])) for cell in notebook["cells"]] == cells
    nbformat.validate(nbformat.reads(text, as_version=4))


def test_configuration_is_read_as_mkdocs_reads_it(tmp_path, monkeypatch):
    config = tmp_path / "mkdocs.yml"
    config.write_text(
        "site_name: !ENV [NAME_NOT_SET, x]\nrepo_url: !ENV NAME_NOT_SET\n"
        "markdown_extensions:\n  - abbr\n  - exhibits.weave\n"
        "  - toc: {permalink: !ENV [DICE_LINK, OTHER, false]}\n  - pymdownx.superfences\n"
        "  - pymdownx.emoji:\n      emoji_index: !!python/name:json.dumps\n"
    )
    monkeypatch.setenv("DICE_LINK", "yes")
    found = extensions(configuration(config))
    assert found == {"toc": {"permalink": "yes"}, "tables": {}, "abbr": {}, "pymdownx.superfences": {},
                     "pymdownx.emoji": {"emoji_index": json.dumps}}  # fmt: skip
    config.write_text("site_name: x\n")
    assert extensions(configuration(config)) == {"toc": {}, "tables": {}, "fenced_code": {}}


def test_the_site_has_the_name_and_the_addresses_of_its_configuration(tmp_path):
    config = tmp_path / "mkdocs.yml"
    config.write_text("site_name: S\nsite_url: https://e.org/s\nrepo_url: https://g.org/r/\nsite_author: A\n"
                      "extra: {notebooks: https://n.org/b/}\n")  # fmt: skip
    assert site(configuration(config)) == Site("S", "A", "https://e.org/s/", "https://g.org/r", "https://n.org/b/")
    config.write_text("site_name: S\nsite_url:\nextra:\n")
    assert site(configuration(config)) == Site("S")


def test_notebooks_open_where_the_environment_says(dice, monkeypatch):
    edit(dice, "mkdocs.yml", "", 'extra: {notebooks: !ENV [NOTEBOOKS_URL, ""]}\n')
    prepare(dice)
    lab = (dice / "build/docs/labs/two.md").read_text("utf-8")
    assert "Colab" not in lab and "the whole lab as a notebook.\nThis page is that notebook" in lab
    before = {page: front(dice, page)["results"] for page in ("index.md", "reference/papers.md")}
    monkeypatch.setenv("NOTEBOOKS_URL", "https://n.org/b")
    assert prepare(dice).book.site.notebooks == "https://n.org/b/"
    lab = (dice / "build/docs/labs/two.md").read_text("utf-8")
    assert "the whole lab as a notebook.\n[Open in Colab](https://n.org/b/labs/two.ipynb).\nThis page is that" in lab
    assert all(front(dice, page)["results"] != digest for page, digest in before.items()), "or a cache keeps the page"


def test_what_stands_around_a_page_is_in_its_digest(dice):
    """Or a generator with a cache would not render it again."""
    digests = [front(dice, "throws.md")["results"]]
    edit(dice, THROWS, "# Throws", "---\ndifficulty: advanced\n---\n# Throws")
    edit(dice, "exhibits.toml", "[run]\n", '[run]\nnamed = ["matplotlib", "no-such-library"]\n')
    book = prepare(dice).book
    assert book.difficulties == {"throws.md": "advanced"} and book.surroundings == (
        f"matplotlib {version('matplotlib')}",
    )
    digests.append(front(dice, "throws.md")["results"])
    edit(dice, THROWS, "no promise.", "no promise." + " Word" * 220)
    assert prepare(dice).book.facts["throws.md"].minutes == book.facts["throws.md"].minutes + 1
    digests.append(front(dice, "throws.md")["results"])
    assert len(set(digests)) == 3


def test_no_result_of_a_failed_preparation_is_lost(dice):
    edit(dice, COUNT, "6 + 6", "2 * 6")
    edit(dice, INDEX, "{{ mean-throw }}", "{{ mean-thow }}")
    with pytest.raises(ProblemsFound):
        prepare(dice)
    edit(dice, INDEX, "{{ mean-thow }}", "{{ mean-throw }}")
    assert prepare(dice).results.ran == ()


@pytest.mark.parametrize(
    ("address", "link"),
    [("", "](../index.html#dice)"), ("https://example.org/d/", "](https://example.org/d/index.html#dice)")],
)
def test_links_of_a_downloaded_lab_lead_to_built_pages(monkeypatch, address, link):
    monkeypatch.setenv("SITE_URL", address)
    lab = Lab("labs/two", "docs/labs/two.ipynb", '"[dice](../index.md#dice)"', "", (), Limits())
    assert link in publish.downloadable(lab)
