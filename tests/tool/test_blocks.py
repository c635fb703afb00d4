"""Every kind of block and reference, woven from a string with a book made by hand."""

from __future__ import annotations

from html import escape

import pytest
from bs4 import BeautifulSoup
from msgspec.structs import replace

from exhibits.blocks.modules import drawing, imports, ranks
from exhibits.model import (
    Book,
    Cell,
    Claim,
    Drawing,
    Facts,
    Lab,
    Limits,
    Output,
    Shown,
    Snippet,
    Special,
    Term,
    Theorem,
    Verdict,
)  # fmt: skip
from exhibits.store import digest
from exhibits.tex import FormulaError
from exhibits.weave import Weaver
from tests.tool.conftest import page

EXTENSIONS = {
    "admonition": {}, "attr_list": {}, "def_list": {}, "md_in_html": {}, "tables": {}, "toc": {},
    "pymdownx.arithmatex": {"generic": True}, "pymdownx.superfences": {},
}  # fmt: skip
WEAVER = Weaver(EXTENSIONS)
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 417.6 266.4"><path/></svg>'
NARROW = SVG.replace("417.6", "300")


def typeset(tex: str, display: bool) -> str:
    if "wrong" in tex:
        raise FormulaError("formula does not parse: wrong")
    return f"<math>{''.join(f'<mi>{escape(letter)}</mi>' for letter in tex)}</math>"


def snippet(name: str, *, demonstration: str = "", plotting: str = "") -> Snippet:
    rest = f"\n\n\n# %% Demonstration\n{demonstration}" if demonstration else ""
    rest += f"\n\n# %% Plot\n{plotting}" if plotting else ""
    code = f"x = 1{rest}\n"
    return Snippet(name, f"snippets/{name}.py", code, "x = 1\n", plotting, demonstration, None, (), Limits(), 8)


def verdict(name: str, about: str, *, theory: float | None = 3.5, values=(3.25, 3.75), **fields) -> Verdict:
    of_verdict = {key: fields.pop(key) for key in ("rivals", "complaint", "holding") if key in fields}
    claim = Claim(name, f"{name} says", about, fields.pop("kind", "sampling"), "m", "c.toml", 1, theory="t", **fields)
    spread = 0.353553 if len(values) > 1 else 0.0
    mean = sum(values) / len(values)
    return Verdict(claim, theory, tuple(values), mean, spread, **({"holding": len(values)} | of_verdict))


SNIPPETS = {
    name: snippet(name, **parts)
    for name, parts in {
        "a/plain": {}, "a/one": {"plotting": "draw()"}, "b/two": {}, "b/tool": {"demonstration": "print(x)"},
    }.items()
}  # fmt: skip
BOOK = Book(
    special=Special("ref/claims.md", "ref/glossary.md", "ref/papers.md"),
    snippets=SNIPPETS,
    labs={
        "labs/l": Lab("labs/l", "docs/labs/l.ipynb", "", "", (
            Cell("text", "markdown", "# L", 1), Cell("run", "code", "y < 2", 2, (), "A curve."),
            Cell("solved", "code", "assert y", 3, ("solution",)),
            Cell("long", "code", "z = 1", 4, ("folded",))), Limits()),
    },
    verdicts={
        "mean": verdict("mean", "a/one", abs_tol=0.5),
        "sum": verdict("sum", "b/two", theory=12.0, values=(12.0,), kind="arithmetic", abs_tol=0.0),
        "loss": verdict("loss", "a/plain", theory=None, values=(1e-7,), kind="network"),
    },
    stdout={"a/plain": "1 < 2\n", "a/one": "", "b/two": "", "b/tool": ""},
    drawings={"a/plain": (), "a/one": (Drawing(SVG, NARROW),), "b/two": (Drawing(SVG),) * 2, "b/tool": ()},
    cells={"labs/l": {"run": Output("True\n", (Drawing(SVG),)), "solved": Output("")}},
    facts={
        "home.md": Facts("Home & hearth", (Shown("a/one", 3, True, ("A line to {{ mean }}.",)),), ("mean",),
                         ("ohm-1827",)),
        "deep/other.md": Facts("Other", (Shown("b/two", 3, True, ("First.", "Second.")), Shown("a/one", 9, False)),
                               ("sum", "mean"), ("ohm-1827", "gauss-1809")),
        "ref/glossary.md": Facts("Glossary", terms=(
            Term(("expectation", "mean value"), "expectation", "What settles."), Term(("die",), "die", "A cube."))),
    },
    chapters={"b": "Second things", "a": "First things"},
)  # fmt: skip


def woven(text: str, path: str = "page.md", book: Book = BOOK):
    html, facts = WEAVER.weave(book, page(text, path), typeset)
    return BeautifulSoup(html, "html.parser"), facts, [str(problem) for problem in facts.problems]


def clean(text: str, path: str = "page.md", book: Book = BOOK):
    soup, facts, problems = woven(text, path, book)
    assert problems == []
    return soup, facts


def complaints(text: str, path: str = "page.md", book: Book = BOOK) -> list[str]:
    return woven(text, path, book)[2]


ONE = "/// exhibit | a/one\n    alt: A line.\n\nThe *caption*, {{ mean }}.\n///\n"


def test_an_exhibit_shows_code_output_figure_caption_downloads_and_claims():
    soup, facts = clean(f"# T\n\n{ONE}", "deep/page.md")
    exhibit = soup.select_one("div.exhibit#a-one")
    assert exhibit.select_one("pre code").get_text() == "x = 1\n"
    assert exhibit.select_one("details:not(.exhibit-claims) summary").get_text() == "Plotting"
    button = exhibit.select_one("button")
    assert (button["data-clipboard-text"], button["title"]) == (SNIPPETS["a/one"].code, "Copy the whole script")
    drawing = exhibit.select_one("figure .drawing")
    assert (drawing["role"], drawing["aria-label"]) == ("img", "A line.")
    wide, narrow = drawing.find_all("svg")
    assert (wide["viewbox"], wide.get("class")) == ("0 0 417.6 266.4", None)
    assert (narrow["viewbox"], narrow["class"]) == ("0 0 300 266.4", ["narrow"])
    assert exhibit.select_one("figcaption em").get_text() == "caption"
    assert "3.5" in exhibit.select_one("figcaption").get_text() and exhibit.select_one("samp") is None
    links = [(link.get_text(), link["href"]) for link in exhibit.select(".exhibit-links a[download]")]
    assert links == [
        ("snippets/a/one.py", "../snippets/a/one.py"), ("as a notebook", "../snippets/a/one.ipynb")
    ]  # fmt: skip
    assert exhibit.select_one("details.exhibit-claims summary").get_text() == "Tested here: 1 claim"
    claim = exhibit.select_one("details.exhibit-claims li a")
    assert (claim.get_text(), claim["href"]) == ("mean says", "../ref/claims.md#mean")
    assert facts.shown == (Shown("a/one", 3, True, ("A line.",)),) and facts.quoted == ("mean",)


def test_an_exhibits_output_is_escaped():
    soup, _ = clean("/// exhibit | a/plain\n///\n")
    assert soup.select_one("samp").get_text() == "1 < 2\n"


def test_a_tool_and_its_demonstration_are_copied_apart():
    soup, _ = clean("/// exhibit | b/tool\n///\n")
    assert [(b["title"], b["data-clipboard-text"]) for b in soup.select("button")] == [
        ("Copy the tool alone", "x = 1\n"),
        ("Copy the demonstration, to paste below the tool", "# %% Demonstration\nprint(x)\n"),
    ]
    assert soup.select_one(".exhibit-claims") is None


def test_an_exhibit_of_the_figure_alone_leads_to_its_code():
    soup, facts = clean("/// exhibit | a/one\n    alt: A line.\n    show: figure\n///\n", "deep/page.md")
    assert soup.select_one("figure svg") and not soup.select("pre, button, details")
    links = [(link.get_text(), link["href"]) for link in soup.select(".exhibit-links a")]
    assert links == [("snippets/a/one.py", "../snippets/a/one.py"), ("code and output", "../home.md#a-one")]
    assert facts.shown[0].whole is False
    soup, _ = clean("/// exhibit | b/tool\n    show: figure\n///\n")
    assert [link.get_text() for link in soup.select(".exhibit-links a")] == ["snippets/b/tool.py"], "no home"


def test_two_figures_have_two_alternative_texts_with_numbers():
    soup, _ = clean("/// exhibit | b/two\n    alt: |\n        First, {{ mean.theory }}.\n        Second.\n///\n")
    assert [figure["aria-label"] for figure in soup.select(".drawing")] == ["First, 3.5.", "Second."]


def test_claims_are_not_linked_where_there_is_no_page_for_them():
    book = replace(BOOK, special=Special())
    soup, _ = clean(f"{ONE}\n{{{{ mean }}}}\n", book=book)
    assert soup.select_one(".exhibit-claims") is None and not soup.select("a.claim")
    assert "3.5" in soup.get_text()


# Text after "# T\n\n", and the one problem.
WRONG = {
    "unknown snippet": ("/// exhibit | a/wrong\n///\n", "3: no snippet named a/wrong"),
    "no name": ("/// exhibit\n///\n", "3: exhibit needs a name: /// exhibit | name"),
    "no alternative text": ("/// exhibit | a/one\n///\n", "3: a/one draws 1 figure but has 0 alternative texts"),
    "one alternative text too few": (
        "/// exhibit | b/two\n    alt: First.\n///\n",
        "3: b/two draws 2 figures but has 1 alternative text",
    ),
    "alternative text of nothing": (
        "/// exhibit | a/plain\n    alt: First.\n///\n",
        "3: a/plain draws no figure to go with the alternative text",
    ),
    "twice": ("/// exhibit | a/plain\n///\n\n/// exhibit | a/plain\n///\n", "6: a/plain is already shown on this page"),
    "unknown option": (
        "x\n\n/// exhibit | a/plain\n    alternative: First.\n///\n",
        "5: exhibit: Object contains unknown field `alternative`",
    ),
    "option of a wrong type": (
        "/// exhibit | a/plain\n    alt: 3\n///\n",
        "3: exhibit: Expected `str`, got `int` - at `$.alt`",
    ),
    "unknown value": (
        "/// exhibit | a/plain\n    show: code\n///\n",
        "3: exhibit: Invalid enum value 'code' - at `$.show`",
    ),
    "in a list": (
        "1. Item\n\n    /// exhibit | a/plain\n    ///\n",
        "5: exhibit stands in a list, where it would be squeezed; put it between paragraphs",
    ),
    "options that are no YAML": (
        "/// exhibit | a/one\n    alt: A line: rising.\n///\n",
        "3: “/// exhibit | a/one” not understood; a block's options are YAML, and a text with a colon needs quotes",
    ),
    "unknown block": (
        "/// exibit | a/one\n///\n",
        "3: “/// exibit | a/one” not understood; a block's options are YAML",
    ),
    "unknown claim": ("{{ meen }}\n", "3: no claim named meen"),
    "unknown claim in an alternative text": (
        "/// exhibit | a/one\n    alt: To {{ meen }}.\n///\n",
        "4: no claim named meen",
    ),
    "capitals": ("It is {{ Answer_2 }}.\n", "3: not understood: {{ Answer_2 }}; write claim-id, claim-id.theory"),
    "unknown quantity": ("It is\n{{ mean.theori }}.\n", "4: not understood: {{ mean.theori }}; write claim-id"),
    "unknown format": ("{{ mean:.2q }}\n", "3: {{ mean:.2q }}: Unknown format code 'q' for object of type 'float'"),
    "whole number in decimals": ("{{ mean.seeds:.2q }}\n", "3: {{ mean.seeds:.2q }}: Unknown format code 'q'"),
    "theory of a measurement": ("{{ loss.theory }}\n", "3: loss is a measurement: it has no theory"),
    "bias of a measurement": ("{{ loss.bias }}\n", "3: loss is a measurement: it has no theory"),
    "formula": ("Let $wrong$.\n", "3: formula does not parse: wrong"),
    "display": ("x\n\n$$\nwrong\n$$\n", "6: formula does not parse: wrong"),
    "unknown cell": ("/// cell | labs/l#gone\n///\n", "3: no cell labs/l#gone"),
    "cell of an unknown lab": ("/// cell | labs/m#run\n///\n", "3: no cell labs/m#run"),
    "cell of text": ("/// cell | labs/l#text\n///\n", "3: no cell labs/l#text"),
    "claims with an option": ("/// claims\n    x: 1\n///\n", "3: claims: Object contains unknown field `x`"),
    "proof outside": ("/// proof\nx\n///\n", "3: a proof stands inside a theorem"),
    "hypothesis outside": (
        "/// hypothesis | h\n    without: mean\nx\n///\n",
        "3: a hypothesis stands inside a theorem",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_one_problem_at_its_line(case):
    text, problem = WRONG[case]
    (found,) = complaints(f"# T\n\n{text}")
    assert found.startswith(f"docs/page.md:{problem}")


def test_alike_blocks_are_told_apart_by_line():
    found = complaints(
        "# T\n\n/// exhibit | a/plain\n///\n\n/// exhibit | a/plain\n///\n\n/// exhibit | a/plain\n///\n"
    )
    assert [one.split(": ")[0] for one in found] == ["docs/page.md:6", "docs/page.md:9"]


def test_front_matter_counts_in_lines_and_is_not_shown():
    for end in ("---", "..."):
        soup, _, problems = woven(f"---\ndescription: d\n{end}\n# T\n\n{{{{ meen }}}}\n")
        assert problems == ["docs/page.md:6: no claim named meen"] and "description" not in soup.get_text()


def test_one_page_leaves_nothing_to_the_next():
    complaints(f"# T\n\n{ONE}{{{{ meen }}}} $x$ [p](ref/papers.md#ohm-1827)\n")
    _, facts = clean("# Other\n")
    assert facts == Facts("Other", minutes=1)


@pytest.mark.parametrize(
    ("reference", "text"),
    [
        ("mean", "3.5"), ("mean.measured", "3.5"), ("mean:.2f", "3.50"), ("mean.theory:.1f", "3.5"),
        ("mean.spread", "0.354"), ("mean.spread:.1g", "0.4"), ("mean.bias", "0"), ("mean.seeds", "2"),
        ("mean.holding", "2"), ("mean.seeds:.1f", "2.0"), ("loss:.0e", "1 × 10⁻⁷"), ("sum", "12"),
        ("mean:.0%", "350\N{NO-BREAK SPACE}%"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("form", ["{{{{ {} }}}}", "{{{{{}}}}}"])
def test_numbers_by_name(form, reference, text):
    soup, facts = clean(f"# T\n\nIt is {form.format(reference)}, *{form.format(reference)}*.\n", "deep/page.md")
    links = soup.select("a.claim")
    name = reference.split(".")[0].split(":")[0]
    assert [link.get_text() for link in links] == [text, text]
    assert {link["href"] for link in links} == {f"../ref/claims.md#{name}"} and facts.quoted == (name,)


def test_a_number_tells_at_a_glance_what_it_is():
    book = replace(BOOK, verdicts={
        **BOOK.verdicts,
        "upper": verdict("upper", "a/one", bound="upper"), "lower": verdict("lower", "a/one", bound="lower"),
        "broken": verdict("broken", "a/one", complaint="claim broken fails", abs_tol=0.1),
    })  # fmt: skip
    soup, _ = clean("{{ mean }} {{ sum }} {{ loss }} {{ upper }} {{ lower }} {{ broken }}\n", book=book)
    assert [link["title"] for link in soup.select("a.claim")] == [
        "theory 3.5, measured 3.50 ± 0.4 (mean of 2 seeds), holds",
        "theory 12, computed a second way 12 (no randomness), holds",
        "measured 1 × 10⁻⁷ (no randomness)",
        "theory at most 3.5, measured 3.50 ± 0.4 (mean of 2 seeds), holds",
        "theory at least 3.5, measured 3.50 ± 0.4 (mean of 2 seeds), holds",
        "theory 3.5, measured 3.50 ± 0.4 (mean of 2 seeds), fails",
    ]


def test_code_may_show_what_this_extension_would_read():
    text = "# T\n\n`{{ Answer_2 }}` and `/// exhibit`\n\n```md\n/// exhibit | a/nothing\n{{ nothing }}\n///\n```\n"
    soup, facts = clean(text)
    assert "{{ Answer_2 }}" in soup.get_text() and "{{ nothing }}" in soup.get_text() and facts.quoted == ()


def test_cells_of_a_wide_table_say_their_columns_name():
    heads, cells = "| of | $x$ | [b](#b) | c | d |", "| one | 1 | `2` and 3 | | 5 |"
    soup, _, problems = woven(f"{heads}\n|---|---|---|---|---|\n{cells}\n")
    assert [td.get_text() for td in soup.select("card-value")] == ["1", "2 and 3", "", "5"]
    assert [td.get_text() for td in soup.select("card-label")] == ["xx", "b", "c", "d"]  # to be read, and as text
    assert soup.select_one("td").get_text() == "one"
    assert not soup.select("card-label a") and soup.select("th a") and problems == []
    narrow, *_ = woven("| a | b | c |\n|---|---|---|\n| 1 | 2 | 3 |\n")
    assert narrow.select("table") and not narrow.select("card-label, [data-cards]")


def test_parts_neither_first_nor_last_are_marked_as_far_with_the_class_that_they_have():
    text = "\n\n".join(["One.", "## Two", *"3456", "$$\nx\n$$", "## A", "a | b\n--|--\n1 | 2", "- 9", *"vwxyz"])
    marked = clean(text)[0].select(".far")
    assert [(part.name, part["class"]) for part in marked] == [
        ("p", ["far"]), ("tex-formula", ["math", "display", "far"]), ("ul", ["far"]),
    ]  # fmt: skip


def test_the_gallery_shows_every_figure_at_its_home():
    soup, _ = clean("# Gallery\n\n/// gallery\n///\n", "ref/gallery.md")
    assert [heading.get_text() for heading in soup.select("h2")] == ["Second things", "First things"], (
        "in the site's order"
    )
    cards = [(a["href"], a.img["src"], a.img["alt"], a.span.get_text()) for a in soup.select(".gallery a")]
    assert cards == [
        ("../deep/other.md#b-two", "../figures/b-two-1.svg", "First.", "Other"),
        ("../deep/other.md#b-two", "../figures/b-two-2.svg", "Second.", "Other"),
        ("../home.md#a-one", "../figures/a-one-1.svg", "A line to 3.5.", "Home & hearth"),
    ]
    assert [image["width"] for image in soup.select(".gallery img")] == ["418", "418", "300"], "the narrow one, if any"
    image = soup.select_one("img")
    assert (image["width"], image["height"], image["loading"]) == ("418", "266", "lazy")
    empty, _ = clean("/// gallery\n///\n", book=replace(BOOK, facts={}))
    assert not empty.select("img, h2")


GRAPH = {"base": (), "middle": ("base",), "top": ("base", "middle"), "side": ("base",)}


def test_modules_are_drawn_with_what_they_use():
    soup, facts = clean("# M\n\n/// modules\nThe *tool*.\n///\n", book=replace(BOOK, modules=GRAPH))
    svg = soup.select_one("figure.modules svg")
    assert svg.parent["aria-label"] == (
        "Modules and what they use, most basic below. middle uses base; side uses base; top uses base, middle."
    )
    assert sorted(text.get_text() for text in svg.select("text")) == ["base", "middle", "side", "top"]
    assert len(svg.select("path")) == 3, "top → base goes by way of middle"
    height = {text.get_text(): float(text["y"]) for text in svg.select("text")}
    assert height["top"] < height["middle"] == height["side"] < height["base"]
    assert soup.select_one("figcaption em").get_text() == "tool" and facts.whole


def test_boxes_of_many_modules_do_not_meet():
    soup = BeautifulSoup(drawing({f"m{number}": set() for number in range(5)} | {"top": {"m0", "m4"}}), "html.parser")
    boxes = [(float(rect["x"]), float(rect["y"])) for rect in soup.select("rect")]
    width, height = float(soup.rect["width"]), float(soup.rect["height"])
    assert len(boxes) == 6 and all(x >= 0 and x + width <= 360 for x, _ in boxes)
    pairs = [(a, b) for n, a in enumerate(boxes) for b in boxes[:n]]
    assert [(a, b) for a, b in pairs if abs(a[0] - b[0]) < width and abs(a[1] - b[1]) < height] == []


def test_modules_without_a_package():
    assert complaints("# M\n\n/// modules\n///\n") == [
        "docs/page.md:3: draws no package: name its folder as `package` under [site] in exhibits.toml"
    ]


def test_a_packages_graph_is_read_from_its_imports():
    sources = {
        "__init__": "from p import a\n", "__main__": "import p.c\n", "a": "import os\nfrom pathlib import Path\n",
        "b": "from p.a import x\nfrom p import d\n", "c": "from p.b.inner import y\ndef f():\n    from p.a import x\n",
        "d.one": "from p.a import x\nfrom p.d.two import z\n", "d.__init__": "",
    }  # fmt: skip
    assert imports(sources, "p") == {"a": set(), "b": {"a", "d"}, "c": {"b"}, "d": {"a"}}


def test_a_circle_of_modules_has_no_rows():
    assert ranks({"a": set(), "b": {"a"}, "c": {"a", "b"}}) == {"a": 0, "b": 1, "c": 2}
    with pytest.raises(ValueError, match="in a circle: a, b"):
        ranks({"a": {"b"}, "b": {"a"}, "c": set()})


def test_a_cell_of_a_lab_with_its_output_and_drawing():
    soup, _ = clean("/// cell | labs/l#run\n///\n", "labs/l.md")
    assert soup.select_one("pre code").get_text() == "y < 2\n"
    assert soup.select_one("button")["data-clipboard-text"] == "y < 2"
    assert soup.select_one("samp").get_text() == "True\n" and soup.select_one(".drawing")["aria-label"] == "A curve."
    assert not soup.select("details")


def test_a_solution_is_folded():
    soup, _ = clean("/// cell | labs/l#solved\n///\n", "labs/l.md")
    details = soup.select_one("details.solution")
    assert (
        details.summary.get_text() == "Solution" and "assert y" in details.get_text() and not soup.select("samp, svg")
    )


def test_a_long_cell_of_a_lab_may_be_folded():
    soup, _ = clean("/// cell | labs/l#long\n///\n", "labs/l.md")
    details = soup.select_one("details.folded")
    assert details.summary.get_text() == "Code" and details.select_one("pre code").get_text() == "z = 1\n"


def test_a_drawing_in_a_lab_needs_an_alternative_text():
    (cell,) = [c for c in BOOK.labs["labs/l"].cells if c.id == "run"]
    lab = replace(BOOK.labs["labs/l"], cells=(replace(cell, alt=""),))
    found = complaints("# L\n\n/// cell | labs/l#run\n///\n", "labs/l.md", replace(BOOK, labs={"labs/l": lab}))
    assert found == ["docs/labs/l.md:2: draws a figure: say what it shows in the cell's metadata, as `alt`"]


THEOREM = """# T

//// theorem | sum
    title: Sums add

For $x$.

/// hypothesis | finite
    without: mean
Else not.
///

/// hypothesis | even
    without: loss
Else neither.
///

/// proof
Clear.
///
////
"""


def test_a_theorem_with_hypotheses_and_proof():
    soup, facts = clean(THEOREM)
    theorem = soup.select_one("div.theorem#theorem-sum")
    assert theorem.select_one(".theorem-title").get_text() == "Theorem: Sums add"
    assert [h.get_text() for h in theorem.select(".hypothesis-name")] == ["Hypothesis 1: finite", "Hypothesis 2: even"]
    assert theorem.select_one(".proof").get_text(" ", strip=True) == "Proof. Clear."
    assert facts.theorems == (Theorem("sum", 3, (("finite", "mean"), ("even", "loss")), True),)
    assert facts.quoted == ("mean", "loss")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("    title: Sums add\n", "", ["3: a theorem needs a title"]),
        ("    without: mean\n", "", ["8: hypothesis finite: `without` must name the claim that shows what happens"]),
        ("without: mean", "without: meen", ["8: no claim named meen"]),
        ("/// proof\nClear.\n///\n", "", ["3: theorem sum has no proof"]),
        ("theorem | sum", "theorem", ["3: theorem needs a name: /// theorem | name"]),
        ("hypothesis | finite", "hypothesis", ["8: hypothesis needs a name"]),
    ],
)
def test_a_theorem_that_lacks_something(old, new, expected):
    assert old in THEOREM
    found = complaints(THEOREM.replace(old, new))
    assert len(found) == len(expected)
    assert all(one.startswith(f"docs/page.md:{problem}") for one, problem in zip(found, expected, strict=True))


def test_a_theorem_without_hypotheses_and_one_told_twice():
    start, end = THEOREM.index("/// hypothesis"), THEOREM.index("/// proof")
    assert complaints(THEOREM[:start] + THEOREM[end:]) == ["docs/page.md:3: theorem sum names no hypothesis"]
    twice = THEOREM + THEOREM.removeprefix("# T\n\n")
    assert complaints(twice) == ["docs/page.md:22: theorem sum stands twice on this page"]


def test_the_first_occurrence_of_each_term_leads_to_the_glossary():
    text = (
        "# A die\n\n`die` and [die](x.md). Two Dies and a die, mean values, *expectations*; a dieing, re-die.\n\nDie.\n"
    )
    soup, _ = clean(text, "deep/page.md")
    assert [(link.get_text(), link["href"], link["title"]) for link in soup.select("a.term")] == [
        ("Dies", "../ref/glossary.md#die", "A cube."),
        ("mean values", "../ref/glossary.md#expectation", "What settles."),
    ]  # fmt: skip
    assert (
        soup.get_text()
        .strip()
        .startswith("A die\ndie and die. Two Dies and a die, mean values, expectations; a dieing")
    )


def test_terms_keep_the_order_of_the_words_around_them():
    soup, _ = clean("One **bold** die and expectation, *then* more. A [link](x.md) end.\n")
    assert soup.get_text() == "One bold die and expectation, then more. A link end."
    assert [link.get_text() for link in soup.select("a.term")] == ["die", "expectation"]


def test_headings_summaries_tables_of_terms_and_their_own_chapter_are_left_alone():
    assert not clean("# die\n\n## expectation\n")[0].select("a.term")
    assert not clean("# X\n\ndie\n", "ref/page.md")[0].select("a.term")
    assert not clean("# X\n\ndie\n", book=replace(BOOK, facts={}))[0].select("a.term")
    assert not clean(f"# T\n\n{ONE.replace('The *caption*', 'A die')}")[0].select("figcaption a.term")


def test_the_glossary_defines_terms_with_a_first_sentence():
    entries = "Variance, spread { #variance }\n:   How far\n    apart. More.\n\nMode { #mode }\n:   The peak.\n"
    _, facts = clean(f"# G\n\n{entries}",
                     "ref/glossary.md")  # fmt: skip
    assert facts.terms == (
        Term(("Variance", "spread"), "variance", "How far apart."), Term(("Mode",), "mode", "The peak.")
    )  # fmt: skip


@pytest.mark.parametrize(
    "entry", ["Mode\n:   The peak.\n", "Mode { #mode }\n:   The $x$ peak.\n", "Mode { #mode }\n:   Peak\n"]
)
def test_a_term_without_anchor_or_plain_sentence(entry):
    (found,) = complaints(f"# G\n\n{entry}", "ref/glossary.md")
    assert found.startswith(
        "docs/ref/glossary.md:3: Mode needs an anchor, “Term { #term }”, and a definition whose first"
    )


def test_papers_list_the_pages_that_cite_them():
    text = "# P\n\nOhm 1827 { #ohm-1827 }\n:   Kette.\n\nGauss 1809 { #gauss-1809 }\n:   Theoria.\n\nN { #n }\n:   O.\n"
    soup, facts = clean(text, "ref/papers.md")
    notes = soup.select("dd .back-links")
    assert [note.get_text() for note in notes] == ["Cited on: Home & hearth; Other", "Cited on: Other", "Cited on: "]
    assert [link["href"] for link in notes[0].select("a")] == ["../home.md", "../deep/other.md"]
    assert facts.papers == (("ohm-1827", 3), ("gauss-1809", 6), ("n", 9)) and facts.cited == ()


def test_a_page_cites_papers_by_links_to_their_page():
    _, facts = clean(
        "[O](../ref/papers.md#ohm-1827) [G](papers.md#gauss-1809) [x](../ref/papers.md) [y](#z)\n", "deep/p.md"
    )
    assert facts.cited == ("ohm-1827",)
    assert clean("[O](ref/papers.md#ohm-1827)\n", book=replace(BOOK, special=Special()))[1].cited == ()


def test_formulas_are_typeset_with_the_punctuation_that_follows():
    soup, facts = clean("Let $a<b$, and $c$; so $d$ holds ($e$).\n\n$$\nf<g\n$$\n")
    inline, display = soup.select(".math:not(.display)"), soup.select_one(".math.display")
    searched = [text.extract() for text in soup.select("tex-text[hidden]")]
    assert [text.get_text() for text in searched] == ["a < b", "c", "d", "e", "f < g "], "a sentence goes on after it"
    assert all("data-search-exclude" in formula.find("tex-drawn").attrs for formula in (*inline, display))
    assert [formula.get_text() for formula in inline] == ["a<b,", "c;", "d", "(e)."]
    assert not soup.select("[tabindex]"), "a formula that fits is no stop of the tab key"
    assert facts.formulas == tuple(digest(tex, tex == "f<g") for tex in ("a<b", "c", "d", "e", "f<g"))
    assert soup.get_text().startswith("Let a<b, and c; so d holds (e).")


def test_no_line_ends_on_what_opens():
    soup, _ = clean("$a$ ($b$), “$c$”, **x** ({{ mean }} ± {{ mean.spread:.1g }})\n")
    for text in soup.select("tex-text"):
        text.extract()
    assert [formula.get_text() for formula in soup.select(".math")] == ["a", "(b),", "“c”,"]
    assert soup.get_text().strip() == "a (b), “c”, x (3.5 ±\N{NO-BREAK SPACE}0.4)"


def test_a_page_with_a_book_alone_takes_its_formulas_from_there():
    from exhibits.sheet import Sheet

    sheet = Sheet()
    sheet.open(replace(BOOK, formulas={digest("x", False): "<i>x</i>"}), "page.md", "$x$")
    assert sheet.formula("x", False) == "<i>x</i>"


def test_the_title_is_the_first_headings_text():
    assert clean("# A *die* & `more` {{ mean }} $x$\n\n# Second\n")[1].title == "A die & more 3.5 x"
    assert clean("No heading.\n")[1].title == ""
