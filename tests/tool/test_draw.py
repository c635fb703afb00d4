"""What becomes of matplotlib's SVG: variables for colours, short ids and numbers, classes for repeated styles."""

from __future__ import annotations

import io
import re

import matplotlib.pyplot as plt
import pytest
from bs4 import BeautifulSoup

from exhibits.draw import described, inline, rules, size, standalone, style, variables
from exhibits.model import GRID, INK, SERIES, Drawing, Palette
from exhibits.run import run
from exhibits.source import read
from exhibits.store import Store
from exhibits.worker import alike

PALETTE = Palette(("#111111", "#222222", "#333333"), ("#aaaaaa", "#bbbbbb", "#cccccc"))


def raw(folder) -> str:
    return run(read(folder), Store(folder / "build/results")).snippets["throws/mean"].drawings[0].wide


def test_a_drawing_follows_the_pages_scheme_and_is_light(dice):
    svg = inline(raw(dice))
    ids = re.findall(r'\bid="([^"]+)"', svg)
    assert ids and set(re.findall(r"(?:url\(#|href=\"#)([^)\"]+)", svg)) == set(ids)
    assert "var(--figure-ink)" in svg and "var(--figure-0)" in svg
    assert not re.search(r"#[0-9a-f]{6}\b", svg.replace("#ffffff", ""))
    assert "<text" in svg and not re.search("metadata|font-family|xlink|<!--|<\\?xml", svg)
    assert not re.search(r"[\"=, ]\d+\.\d{2,}", re.sub(r"<style.*?</style>|style=\"[^\"]*\"|>[^<]*<", "", svg))
    assert svg.startswith('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 460.8 345.6">')


def test_a_prefix_makes_ids_unique_and_keeps_references(dice):
    svg = inline(raw(dice), "second-")
    ids = re.findall(r'\bid="([^"]+)"', svg)
    assert ids and all(name.startswith("second-") for name in ids)
    assert set(re.findall(r"(?:url\(#|href=\"#)([^)\"]+)", svg)) == set(ids)


def test_colours_that_stand_for_others_become_variables():
    svg = f'<svg><path style="fill: {INK}; stroke: {GRID}"/><path fill="{SERIES[2]}"/><path fill="#000000"/></svg>'
    assert inline(svg) == (
        '<svg><path style="fill: var(--figure-ink); stroke: var(--figure-grid)"/><path fill="var(--figure-2)"/>'
        '<path fill="var(--figure-ink)"/></svg>'
    )


def test_text_keeps_its_digits_and_styles_their_opacity():
    text = "<text>0.0010 and 12.345</text></svg>"
    svg = '<?xml?><svg width="9.8765"><path d="M 1.23456\n7.04" style="opacity: 0.15"/>' + text
    assert inline(svg) == '<svg width="9.9"><path d="M1.2 7" style="opacity: 0.15"/>' + text


def test_what_turns_nothing_and_names_fonts_goes():
    svg = '<svg><g transform="rotate(-0 1 2)" style="font: 10px \'DejaVu Sans\', sans-serif; fill: red"/></svg>'
    assert inline(svg) == '<svg><g style="font-size: 10px; fill: red"/></svg>'
    assert inline('<svg><g transform="rotate(-90 1 2)"/></svg>') == '<svg><g transform="rotate(-90 1 2)"/></svg>'


def test_repeated_styles_become_classes():
    svg = inline(
        "<svg><style>*{}</style>" + '<use style="fill: red"/>' * 3 + '<use style="fill: blue"/>' * 2 + "</svg>"
    )
    name = re.search(r"\.(s[0-9a-f]{6})\{fill: red\}</style>", svg)[1]
    assert svg.count(f'<use class="{name}"/>') == 3 and svg.count('<use style="fill: blue"/>') == 2


def test_groups_that_say_nothing_are_dropped_and_paths_are_short():
    raw = '<svg><g><g clip="a"><path d="M 1 2 L 3 -4 z"/></g><g/></g><g><text>1 L 2</text></g></svg>'
    assert inline(raw) == '<svg><g clip="a"><path d="M1 2L3 -4z"/></g><g/><text>1 L 2</text></svg>'


@pytest.mark.parametrize(
    ("svg", "expected"),
    [('<svg viewBox="0 0 417.6 266.4">', (418, 266)), ('<svg viewBox="0 0 72 36">', (72, 36)), ("<svg>", (1, 1))],
)
def test_size(svg, expected):
    assert size(svg) == expected


def test_an_alternative_text_is_escaped():
    assert described(Drawing("<svg x><svg y></svg></svg>", "<svg z></svg>"), 'a < b & "c" > d') == (
        '<div class="drawing" role="img" aria-label="a &lt; b &amp; &quot;c&quot; &gt; d" data-search-exclude>'
        '<svg x><svg y></svg></svg><svg class="narrow" z></svg></div>'
    )


def test_the_site_has_each_rule_of_its_drawings_once_and_their_pages_have_none():
    one = "<defs><style type='text/css'>*{a: b}.s1{fill: none}</style></defs>"
    two = "<defs><style type='text/css'>*{a: b}.s2{x: y}.s1{fill: none}</style></defs>"
    drawings = [Drawing(f"<svg >{one}</svg>", f"<svg >{two}</svg>"), Drawing(f"<svg >{one}<defs>rest</defs></svg>")]
    assert rules(drawings) == ":where(.drawing *){a: b}\n.s1{fill: none}\n.s2{x: y}"
    assert [described(one, "") for one in drawings] == [
        f'<div class="drawing" role="img" aria-label="" data-search-exclude><svg >{wide}</svg>{narrow}</div>'
        for wide, narrow in [("", '<svg class="narrow" ></svg>'), ("<defs>rest</defs>", "")]
    ]


def test_a_file_of_its_own_is_drawn_on_white_in_light_colours():
    svg = standalone('<svg a="var(--figure-ink)" b="var(--figure-grid)" c="var(--figure-0)"/>', PALETTE)
    assert svg == '<svg style="background:#fff;font-family:system-ui,sans-serif" a="#111111" b="#222222" c="#333333"/>'


def test_the_style_sheet_has_both_schemes_and_prints_the_light_one():
    assert variables(PALETTE.light) == {"--figure-ink": "#111111", "--figure-grid": "#222222", "--figure-0": "#333333"}
    assert style(PALETTE) == (
        ":root{--figure-ink:#111111;--figure-grid:#222222;--figure-0:#333333;}\n"
        '@media screen{[data-md-color-scheme="slate"]{'
        "--figure-ink:#aaaaaa;--figure-grid:#bbbbbb;--figure-0:#cccccc;}}\n"
    )


@pytest.mark.parametrize(
    ("label", "pieces"),
    [
        (r"norm of $\sigma_w^2$ at last", ["norm of ", "σ", "w", "2", " at last"]),
        (r"$\alpha=1$, $-3<x$, $-\alpha$", ["α", " = 1, −3 < ", "x", ", −", "α"]),  # noqa: RUF001  (a minus)
        (r"at $l$ (0) $l/2$", ["at ", "l", " (0) ", "l", "/2"]),
        (r"$10^{-3}$ & more", ["10", "−3", " & more"]),  # noqa: RUF001
    ],
)
def test_a_label_with_a_formula_flows(label, pieces):
    figure = plt.figure()
    figure.text(0.1, 0.5, label)
    buffer = io.StringIO()
    with plt.rc_context({"svg.fonttype": "none"}):
        figure.savefig(buffer, format="svg")
    plt.close(figure)
    text = BeautifulSoup(inline(buffer.getvalue()), "html.parser").find("text")
    assert [re.sub(r"\s", " ", piece.get_text()) for piece in text.children] == pieces
    assert not text.select("[x]"), "no letter has a place of its own"
    assert bool(text.select("[dx]")) == ("_w^2" in label), "an index stands below the exponent"
    shifts = [float(piece.get("dy", 0)) for piece in text.children]
    assert sum(shifts) == pytest.approx(0, abs=0.2), "the label ends on the line on which it begins"


def test_no_two_series_share_a_colour_and_none_contains_another():
    colours = [INK, GRID, *SERIES]
    assert len(set(colours)) == len(colours) == 14 and {len(colour) for colour in colours} == {7}


def test_lines_that_differ_by_colour_alone_are_found():
    figure, axes = plt.subplots()
    axes.plot([1, 2], "o", color="C0")
    axes.plot([1, 2], "s", color="C1")
    axes.plot([1, 2], color="C0", label="through its own markers")
    axes.plot([1, 2], color="C1", label="through its own markers, too")
    axes.plot([2, 1], color="k", lw=0.5, label="thinner")
    assert alike(axes) == []
    axes.plot([2, 1], "--", color="C2", label="first")
    assert alike(axes) == []
    axes.plot([1, 1], "--", color="C2", label="first again")
    assert alike(axes) == []
    axes.plot([2, 1], "--", color="C3", label="second")
    assert alike(axes) == ["first", "second"]
    plt.close(figure)
