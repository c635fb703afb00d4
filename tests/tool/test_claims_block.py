"""What the block of claims, numbers' tooltips and exhibits' notes on seeds make of verdicts; no site is built."""

from __future__ import annotations

import re
import xml.etree.ElementTree as etree  # noqa: N813

import pytest
from bs4 import BeautifulSoup

from exhibits.blocks import ratios
from exhibits.blocks.claims import by_chapter, rules_out, texts
from exhibits.judge import verdict
from exhibits.model import Book, Claim, Facts, Limits, Page, Shown, Snippet, Special, Verdict
from exhibits.sheet import measured, tooltip
from exhibits.weave import Weaver

SEEDS = (2.01, 1.99, 2.02, 1.98, 2.0, 2.01, 2.0, 1.99)


def judged(id_: str = "gain", values=SEEDS, snippet: str = "one/noisy", theory: str | None = "2", **given) -> Verdict:
    """A verdict; expressions are numerals, so that each is its own value."""
    given = {"kind": "network", "rel_tol": 0.05 if theory else None} | given
    if theory and {"abs_tol", "bound", "ulps"} & given.keys():
        given["rel_tol"] = None
    claim = Claim(id_, f"says {id_}", snippet, given.pop("kind"), "x", "claims.toml", 1, theory, **given)
    return verdict(claim, tuple(values), (), {formula: float(formula) for formula in claim.over_theory})


VERDICTS = [
    judged("gain", rivals={"half": "1", "double": "4"}, source="a page"),
    judged("sum", (4.0,), "two/exact", "4", kind="arithmetic", abs_tol=0.0, rivals={"one": "2"}),
    judged("rounding", (4.0,), "two/exact", "4", ulps=4.0),
    judged("cap", theory="3", bound="upper", rivals={"twice": "6"}),
    judged("drift", [x - 2 for x in SEEDS], theory="0", abs_tol=0.05, rivals={"one": "1"}, why="few seeds"),
    judged("noted", theory=None),
    judged("trained", kind="training", share=7, setup="SGD, rate 0.1", ablation="noted", rivals={"none": "0"}),
    judged("tiny", [1e-14 * x for x in SEEDS], theory="1e-9", bound="upper", rivals={"one": "1"}, why="rounding"),
]


def book(verdicts=VERDICTS, chapters=None, facts=None) -> Book:
    names = {v.claim.snippet for v in verdicts}
    snippets = {name: Snippet(name, name, "x\n", "x\n", "", "", None, (), Limits(), 8) for name in names}
    pages = {f"{name.split('/')[0]}.md": Facts(f"Page {name}", (Shown(name, 1, True),)) for name in sorted(names)}
    return Book(
        special=Special(claims="reference/claims.md"),
        snippets=snippets,
        verdicts={v.claim.id: v for v in verdicts},
        stdout=dict.fromkeys(names, "out\n"),
        drawings=dict.fromkeys(names, ()),
        facts=pages if facts is None else facts,
        chapters=chapters or {"two": "The second", "one": "The first"},
    )


def woven(content: Book, path: str, text: str) -> BeautifulSoup:
    html, facts = Weaver({}).weave(content, Page(path, path, text), lambda tex, display: tex)
    assert not facts.problems
    return BeautifulSoup(html, "html.parser")


@pytest.fixture
def page() -> BeautifulSoup:
    return woven(book(), "reference/claims.md", "# Claims\n\n/// claims\n///\n")


def row(page: BeautifulSoup, id_: str) -> list[str]:
    return [re.sub(r"\s+", " ", cell.get_text(" ")) for cell in page.select_one(f"tr#{id_}").select("td")]


def test_chapters_stand_in_the_order_of_the_settings_with_headings_for_the_contents(page):
    assert [heading.get_text() for heading in page.select(".claims h2[id]")] == ["The second", "The first"]
    assert [r["id"] for r in page.select("tbody tr")][:3] == ["sum", "rounding", "gain"]
    assert page.select("svg text.name")[0].get_text() == "The second"
    assert [title for title, _ in by_chapter(book().verdicts, {})] == ["One", "Two"]


@pytest.mark.parametrize(
    ("id_", "expected"),
    [
        ("gain", ("2", "2.000 ± 0.01", "± 5 %", "holds, 8 of 8 seeds")),
        ("sum", ("4", "4 (computed)", "exact", "computed two ways")),
        ("rounding", ("4", "4", "4 units in the last place (float64); no difference measured", "holds, no randomness")),
        ("cap", ("≤ 3", "2.000 ± 0.01", "upper bound; measured 0.67 of it", "holds, 8 of 8 seeds")),
        ("noted", ("–", "2.000 ± 0.01", "–", "not judged, 8 seeds")),
        ("trained", ("2", "2.000 ± 0.01", "± 5 %", "holds, 8 of 8 seeds (7 needed)")),
    ],
)
def test_a_row_says_theory_measurement_tolerance_and_verdict(page, id_, expected):
    assert tuple(row(page, id_)[1:]) == expected


@pytest.mark.parametrize(
    ("id_", "expected"),
    [
        ("gain", r"Rules out half \(1, by \d{3} s\.e\.\); double \(4, by \d{3} s\.e\.\)\."),
        ("sum", r"Rules out one \(2, exactly\)\."),
        ("rounding", r"Rules out values outside the tolerance; no rival theory is named\."),
        ("tiny", r"Rules out one \(1, by over 1,000 s\.e\.\)\."),
        ("trained", r"Training, with SGD, rate 0\.1\..*trained · Without it: says noted · Page one/noisy"),
        ("drift", r"Sampled network\. Tolerance: few seeds\."),
        ("gain", r"Sampled network\. Source: a page\."),
    ],
)
def test_a_row_says_what_it_rules_out_and_what_it_allows(page, id_, expected):
    assert re.search(expected, re.sub(r" +", " ", row(page, id_)[0]).replace(" .", "."))


def test_what_is_not_judged_rules_out_nothing(page):
    assert rules_out(judged(theory=None)) == ""
    assert "Rules out" not in row(page, "noted")[0]


@pytest.mark.parametrize(
    "given", [{"abs_tol": 0.0}, {"rel_tol": 0.0}, {"ulps": 0.0}, {"ulps": 4.0}, {"abs_tol": 1e-300}]
)
def test_no_tolerance_reads_as_nought(given):
    tolerance = texts(judged("x", (4.0,), theory="4", rivals={"one": "2"}, **given))[2]
    assert tolerance and not re.match(r"(± )?0(\.0*)?( %)?\b(?!\.)", tolerance)


def test_a_bias_is_told_with_its_reason():
    biased = judged("b", [x + 0.05 for x in SEEDS], bias="width is finite", rivals={"one": "1"})
    page = woven(book([biased]), "reference/claims.md", "/// claims\n///\n")
    assert "Mean +0.05 from theory: width is finite." in row(page, "b")[0]
    assert not biased.complaint


def test_a_row_says_to_the_filter_its_kind_and_verdict(page):
    begins = lambda cell: re.split(r"[.,]", cell.get_text().strip())[0]  # noqa: E731
    marks = {r["id"]: (begins(r.small), begins(r.select("td")[-1])) for r in page.select("tbody tr")}
    assert marks["sum"] == ("Arithmetic", "computed two ways")
    assert marks["gain"] == ("Sampled network", "holds")
    assert marks["noted"] == ("Sampled network", "not judged")


def test_pages_are_linked_by_their_titles(page):
    link = page.select_one("tr#gain small span a")
    assert (link.get_text(), link["href"]) == ("Page one/noisy", "../one.md#one-noisy")


def test_text_of_claims_is_no_markup():
    odd = Verdict(Claim("odd", "2 * 3 * <b> & x_1_", "one/a", "sampling", "x", "f", 1, "1"), 1.0, (1.0,), 1.0, 0.0)
    page = woven(book([odd]), "reference/claims.md", "/// claims\n///\n")
    assert "2 * 3 * <b> & x_1_" in row(page, "odd")[0]
    assert page.select_one("svg a")["href"] == "#odd"


def test_the_sites_search_leaves_rows_to_the_filter(page):
    assert all(rows.has_attr("data-search-exclude") and not rows.div for rows in page.select(".claims-rows"))


def test_the_figure_has_one_mark_for_each_judged_claim(page):
    figure = page.select_one("figure")
    assert {a["href"][1:] for a in figure.select("a")} == {v.claim.id for v in VERDICTS if v.theory is not None}
    assert len(figure.select("a")) == len(figure.select("a rect")) == len(figure.select("a .bar")) == 7
    assert all(a.select("circle") or "z" in a.select("path")[-1]["d"] for a in figure.select("a"))
    assert "7 claims, every one within what it admits" in figure.select_one("figcaption").get_text()
    drawings = figure.select("div > svg")
    assert len(drawings) == len(page.select("section"))
    for svg in drawings:
        assert svg["aria-hidden"] == "true", "marks are for the eye; the tables say the same in words"
        etree.fromstring(str(svg))


def test_without_judged_claims_there_is_no_figure():
    page = woven(book([judged(theory=None)]), "reference/claims.md", "/// claims\n///\n")
    assert page.select("tbody tr") and not page.select("figure")


def test_the_scale_keeps_order_and_ends():
    values = [-1, 0, 0.1, 0.9, 0.999, 1, 1.001, 1.1, 10, float("inf")]
    heights = [ratios.height(value, 0) for value in values]
    assert heights == sorted(heights, reverse=True)
    assert heights[5] == ratios.HALF and heights[0] == 2 * ratios.HALF and heights[-1] == 0


def ends(bar) -> tuple[float, float]:
    """Upper and lower end of a vertical path."""
    above, below = re.fullmatch(r"M0 (\S+)V(\S+)", bar["d"]).groups()
    return float(above), float(below)


def test_a_mark_lies_in_its_bar_and_a_distant_one_at_the_edge(page):
    for column in page.select("figure svg a"):
        dot, (above, below) = column.select_one("circle"), ends(column.select_one("path.bar"))
        if dot:
            assert above <= float(dot["cy"]) <= below
    assert "z" in page.select("a[href='#tiny'] path")[-1]["d"] and page.select_one("a[href='#sum'] circle.computed")


def test_a_negative_theory_keeps_the_bound_on_its_side():
    """Measured ≤ −2 means measured over theory ≥ 1."""
    bounded = judged("b", [-x - 1 for x in SEEDS], theory="-2", bound="upper", rivals={"none": "0"})
    page = BeautifulSoup(ratios.figure([("One", [bounded])]), "html.parser")
    assert ends(page.select_one("path.bar"))[0] == pytest.approx(ratios.TOP - 1)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (judged(), "theory 2, measured 2.000 ± 0.01 (mean of 8 seeds), holds"),
        (judged(values=[3.0] * 8, theory="3", why="whole"), "theory 3, measured 3 (mean of 8 seeds), holds"),
        (judged(values=[3.0], theory="3", why="whole"), "theory 3, measured 3 (no randomness), holds"),
        (VERDICTS[1], "theory 4, computed a second way 4 (no randomness), holds"),
        (VERDICTS[3], "theory at most 3, measured 2.000 ± 0.01 (mean of 8 seeds), holds"),
        (judged(theory=None), "measured 2.000 ± 0.01 (mean of 8 seeds)"),
    ],
)
def test_a_tooltip_says_theory_spread_seeds_and_verdict(found, expected):
    assert tooltip(found) == expected


@pytest.mark.parametrize(
    ("mean", "spread", "expected"),
    [(0.00078, 0.01, "0.0008 ± 0.01"), (1234.5678, 20.0, "1235 ± 20"), (0.0, 0.5, "0.0 ± 0.5"), (2.0, 0.0, "2")],
)
def test_a_mean_has_the_digits_that_its_spread_leaves(mean, spread, expected):
    claim = judged().claim
    assert measured(Verdict(claim, None, (mean,) * 8, mean, spread)) == expected


QUOTING = "# One\n\nThat is {{ gain }}.\n\n/// exhibit | one/noisy\n///\n"
NOTE = "Output of one seed; numbers in the text are means over 8 seeds."


@pytest.mark.parametrize(
    ("verdicts", "quoted", "expected"),
    [
        ([judged()], ("gain",), [NOTE]),
        ([judged()], (), []),
        ([judged(values=[2.0])], ("gain",), []),
        ([judged(), judged("other", snippet="two/b")], ("other",), []),
    ],
)
def test_the_reader_is_told_of_means_beside_one_seed(verdicts, quoted, expected):
    content = book(verdicts, facts={"one.md": Facts("One", (Shown("one/noisy", 5, True),), quoted)})
    page = woven(content, "one.md", QUOTING)
    assert [note.get_text() for note in page.select(".exhibit-seeds")] == expected
