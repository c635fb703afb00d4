"""The figure above the claims: every judged one as measured over theory, with what it admits.

Places along the page are in per cent and heights in pixels, so that one drawing fits a phone and a wide screen while
its text keeps its size. What a mark says under the pointer, a script takes from its claim's row.
"""

from __future__ import annotations

from html import escape
from math import asinh, inf, log

from exhibits.model import Verdict
from exhibits.sheet import counted

FINE = 1e-3  # the scale is linear within this distance from 1, logarithmic beyond
REACH = 10.0  # the largest ratio, and the inverse of the smallest, that has a place of its own
TICKS = (10, 1.1, 1.01, 1, 0.99, 0.9, 0.1)
HALF, TOP, GAP = 44.0, 30.0, 16.0  # pixels: half a panel, a title with some air, the space below a panel
LEFT, RIGHT, WIDEST = 9.0, 99.5, 4.0  # per cent of the width: where columns begin and end, the widest column
PER_PANEL = 60  # claims side by side: on a phone each has five pixels
STYLE = (
    ".ratios{content-visibility:auto}.ratios>svg{display:block;width:100%;font-size:11px}"
    ".ratios .name{font-weight:700}.ratios text,#ratio-scale text{fill:var(--figure-ink)}"
    # In a copy by `use`, selectors see the copied group as the outermost.
    "#ratio-scale .grid{stroke:var(--figure-grid)}#ratio-scale .one{stroke:var(--figure-ink)}"
    ".ratios svg svg{overflow:visible}.ratios a *{stroke:var(--figure-0);fill:var(--figure-0)}"
    ".ratios a rect{stroke:none;fill-opacity:0}.ratios a:hover rect{fill-opacity:.15}.ratios circle{r:2.4px}"
    ".ratios .bar{stroke-width:4;stroke-opacity:.35}"
    ".ratios .computed{fill:var(--md-default-bg-color,#fff)}"
)
CAPTION = (
    "Every judged claim, measured over theory: 1 is agreement. A dot is the mean over seeds, its whisker one standard "
    "deviation to either side, the pale bar what the claim admits; a bound admits everything to one side. Open dots "
    "are computed two ways, not measured. Triangles lie beyond the scale, which is logarithmic but for the last "
    "thousandth around 1. Where theory is 0, the mark shows 1 plus the measured value. Each mark leads to its claim."
)


def figure(chapters: list[tuple[str, list[Verdict]]]) -> str:
    """The drawing with its caption, a panel for each chapter; "" where nothing is judged."""
    judged = [(title, [v for v in verdicts if v.theory is not None]) for title, verdicts in chapters]
    judged = [(title, verdicts) for title, verdicts in judged if verdicts]
    if not judged:
        return ""
    width = min(WIDEST, (RIGHT - LEFT) / min(PER_PANEL, max(len(verdicts) for _, verdicts in judged)))
    drawn = "".join(chapter(number, title, verdicts, width) for number, (title, verdicts) in enumerate(judged))
    return (
        '<figure class="claims-figure">'
        f"<style>{STYLE}.ratios a rect{{x:{-width / 2:.2f}%;width:{width:.2f}%;height:{2 * HALF:.0f}px}}</style>{drawn}"
        f"<figcaption>{escape(summary([v for _, vs in judged for v in vs]))} {CAPTION}</figcaption></figure>"
    )


def chapter(number: int, title: str, verdicts: list[Verdict], width: float) -> str:
    """One chapter's panels as a drawing of its own: a browser lays out only those near the window.

    Readers by ear get the caption and the tables, which say all that is drawn.
    """
    rows = [verdicts[start : start + PER_PANEL] for start in range(0, len(verdicts), PER_PANEL)]
    panels = "".join(panel(row, width, TOP + step * (2 * HALF + GAP)) for step, row in enumerate(rows))
    axis = f'<text x="100%" y="{TOP - 14:.0f}" text-anchor="end">measured over theory</text>' if number == 0 else ""
    size = TOP + len(rows) * (2 * HALF + GAP)
    return (
        f'<div class="ratios" style="contain-intrinsic-height:{size:.0f}px">'
        f'<svg xmlns="http://www.w3.org/2000/svg" aria-hidden="true" height="{size:.0f}">'
        f"{scale() if number == 0 else ''}"
        f'<text class="name" x="0" y="{TOP - 14:.0f}">{escape(title)}</text>{axis}{panels}</svg></div>'
    )


def summary(verdicts: list[Verdict]) -> str:
    """What the picture shows, in a sentence."""
    near = [v for v in verdicts if not v.claim.bound and v.theory and abs(v.mean / v.theory - 1) <= 0.01]
    failing = sum(bool(v.complaint) for v in verdicts)
    fate = f"{failing} outside what they admit" if failing else "every one within what it admits"
    bounds = sum(bool(v.claim.bound) for v in verdicts)
    return f"{counted(len(verdicts), 'claim')}, {fate}; {len(near)} within one per cent of theory, {bounds} by a bound."


def panel(verdicts: list[Verdict], width: float, top: float) -> str:
    """The scale, then a column for each claim in the order of its table."""
    columns = "".join(column(v, LEFT + width * number, width, top) for number, v in enumerate(verdicts))
    return f'<use href="#ratio-scale" y="{top:.0f}"/>{columns}'


def scale() -> str:
    """Lines and numbers of a panel, written once and used in each."""
    lines = "".join(
        f'<line class="{"one" if tick == 1 else "grid"}" x1="{LEFT}%" x2="100%" y1="{height(tick, 0):.1f}" '
        f'y2="{height(tick, 0):.1f}"/><text x="{LEFT - 1.5}%" y="{height(tick, 0) + 4:.1f}" text-anchor="end">'
        f"{tick:g}</text>"
        for tick in TICKS
    )
    return f'<defs><g id="ratio-scale">{lines}</g></defs>'


def column(verdict: Verdict, left: float, width: float, top: float) -> str:
    """One claim: the bar it admits, the spread over seeds, the mean."""
    claim, theory = verdict.claim, verdict.theory or 0.0
    lowest = -inf if claim.bound == "upper" else theory - verdict.allowed
    highest = inf if claim.bound == "lower" else theory + verdict.allowed
    ends = [height(ratio(value, theory), top) for value in (lowest, highest)]
    spread = [height(ratio(verdict.mean + side * verdict.spread, theory), top) for side in (-1, 1)]
    whisker = f'<path d="M0 {min(spread):.1f}V{max(spread):.1f}"/>' if verdict.spread else ""
    return (  # its own origin, so that a place along the page is written once
        f'<a href="#{claim.id}" tabindex="-1"><svg x="{left + width / 2:.2f}%"><rect y="{top:.0f}"/>'
        f'<path class="bar" d="M0 {min(ends) - 1:.1f}V{max(ends) + 1:.1f}"/>{whisker}'
        f"{mark(verdict, ratio(verdict.mean, theory), top)}</svg></a>"
    )


def mark(verdict: Verdict, value: float, top: float) -> str:
    """A dot, or at the edge of the scale a triangle that points beyond it."""
    kind, y = ' class="computed"' if verdict.claim.kind == "arithmetic" else "", height(value, top)
    if 1 / REACH <= value <= REACH:
        return f'<circle{kind} cy="{y:.1f}"/>'
    return f'<path{kind} d="M-3 {y:.1f}h6l-3 {-4 if value > 1 else 4}z"/>'


def ratio(value: float, theory: float) -> float:
    """Measured over theory; where theory is 0, one more than the measured value."""
    return value / theory if theory else 1 + value


def height(value: float, top: float) -> float:
    """Where a ratio stands in the panel that begins at `top`, in pixels."""
    distance = asinh(log(min(max(value, 1 / REACH), REACH)) / FINE) / asinh(log(REACH) / FINE)
    return top + HALF * (1 - distance)
