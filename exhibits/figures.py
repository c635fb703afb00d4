"""Draw in the site's style and turn matplotlib's SVG into one that a page can inline.

Colours become CSS variables, so that one drawing follows the page's light or dark scheme; ids are
dropped unless something refers to them, and are salted with the figure's name, so that several
drawings can stand on one page; repeated styles become classes and coordinates are rounded to a tenth
of a point, so that a page stays light.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections import Counter

INK, GRID = "#010203", "#040506"  # sentinels: no snippet draws in these
# Okabe and Ito's colour-blind-safe hues, darkened where white paper needs it (contrast over 3:1).
CYCLE = ["#0072b2", "#c85200", "#00875f", "#a8518a", "#6b5600", "#4b97c4", "#3f2a7d", "#595959"]

STYLE = {
    "figure.figsize": (5.8, 3.7),
    "figure.constrained_layout.use": True,
    "font.size": 11,
    "axes.titlesize": 11,
    "axes.labelsize": 11,
    "legend.fontsize": 10,
    "legend.frameon": False,
    "lines.linewidth": 1.8,
    "lines.markersize": 5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.linewidth": 0.6,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": INK,
    "axes.titlecolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "grid.color": GRID,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
    "image.cmap": "cividis",
    "svg.fonttype": "none",
    "axes.prop_cycle": f"cycler(color={CYCLE})",
}


def apply_style() -> None:
    """Reset matplotlib to its defaults, then to the site's style, whatever the user's own says."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcdefaults()
    mpl.rcParams.update(STYLE)


def draw(name: str) -> list[str]:
    """SVG of every open figure, in order of creation; equal figures give equal bytes.

    Args:
        name: the snippet's name; salts the ids.
    """
    import matplotlib as mpl
    import matplotlib.pyplot as plt

    drawings = []
    for index, number in enumerate(plt.get_fignums(), 1):
        buffer = io.StringIO()
        with mpl.rc_context({"svg.hashsalt": f"{name}-{index}"}):
            plt.figure(number).savefig(buffer, format="svg", metadata={"Date": None})
        drawings.append(inline(buffer.getvalue()))
    return drawings


def alike(axes) -> list[str]:
    """Labels of lines in one matplotlib `axes` that only colour tells apart, as not everyone can see it.

    A bare line may share its look with another if it runs through markers of its own colour: theory
    through measurements.
    """
    from matplotlib.colors import to_hex

    lines = [(to_hex(line.get_color()), str(line.get_marker()), line) for line in axes.lines]
    marked = {colour for colour, marker, _ in lines if marker != "None"}
    looks: dict[tuple, dict[str, str]] = {}
    for colour, marker, line in lines:
        if marker != "None" or colour not in marked:
            look = (line.get_linestyle(), marker, line.get_linewidth())
            looks.setdefault(look, {}).setdefault(colour, str(line.get_label()))
    return next((list(labels.values()) for labels in looks.values() if len(labels) > 1), [])


def inline(svg: str, prefix: str = "") -> str:
    """Clean matplotlib's SVG for use inside a page; `prefix` makes its ids unique where its salt does not."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->", "", svg, flags=re.S)
    referred = set(re.findall(r'(?:url\(#|href="#)([^)"]+)', svg))
    svg = re.sub(r' id="([^"]+)"', lambda m: f' id="{prefix}{m[1]}"' if m[1] in referred else "", svg)
    svg = re.sub(r'(url\(#|href="#)', rf"\g<1>{prefix}", svg)
    svg = svg.replace("xlink:href", "href").replace(' xmlns:xlink="http://www.w3.org/1999/xlink"', "")
    svg = re.sub(r'<svg [^>]*?(viewBox="[^"]+")[^>]*>', r'<svg xmlns="http://www.w3.org/2000/svg" \1>', svg, count=1)
    svg = re.sub(r' transform="rotate\(-?0 [^)]*\)"', "", svg)
    svg = re.sub(r"<[^>]+>", _rounded, svg)
    svg = re.sub(r"font-family:[^;\"]*;?", "", svg)
    svg = re.sub(r"font: ([^'\"]*?px) ?(?:&quot;|')[^;\"]*", r"font-size: \1", svg)
    svg = re.sub(r"#010203|#000000", "var(--figure-ink)", svg).replace(GRID, "var(--figure-grid)")
    for index, colour in enumerate(CYCLE):
        svg = svg.replace(colour, f"var(--figure-{index})")
    return _with_classes(re.sub(r">\s+<", "><", svg).strip())


def _rounded(tag: re.Match) -> str:
    """Round the numbers inside a tag; the text between tags, tick labels among it, is left alone."""

    def short(match: re.Match) -> str:
        return match[0] if match[0].startswith(" style") else f"{float(match[0]):.1f}".removesuffix(".0")

    # Styles hold opacities, which a tenth would spoil.
    return re.sub(r"\s+", " ", re.sub(r' style="[^"]*"|\d+\.\d{2,}', short, tag[0]))


def _with_classes(svg: str) -> str:
    """Styles that occur more than twice become classes, named by their content: equal names mean equal styles."""
    repeated = [style for style, count in Counter(re.findall(r' style="([^"]*)"', svg)).items() if count > 2]
    names = {style: "s" + hashlib.sha256(style.encode()).hexdigest()[:6] for style in repeated}
    svg = re.sub(r' style="([^"]*)"', lambda m: f' class="{names[m[1]]}"' if m[1] in names else m[0], svg)
    rules = "".join(f".{name}{{{style}}}" for style, name in names.items())
    return svg.replace("</style>", f"{rules}</style>", 1)


def standalone(svg: str) -> str:
    """An inlined drawing as a file of its own: on white, in the colours of the light scheme."""
    style = "background:#fff;font-family:system-ui,sans-serif"
    svg = svg.replace("<svg ", f'<svg style="{style}" ', 1)
    svg = svg.replace("var(--figure-ink)", "#24292f").replace("var(--figure-grid)", "#d9dce0")
    return re.sub(r"var\(--figure-(\d)\)", lambda m: CYCLE[int(m[1])], svg)
