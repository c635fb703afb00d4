"""Draw in the site's style and turn matplotlib's SVG into one that a page can inline.

Colours become CSS variables, so that one drawing follows the page's light or dark scheme; ids are
dropped unless something refers to them, and carry the figure's name, so that several drawings can
stand on one page; coordinates are rounded to a hundredth of a point.
"""

from __future__ import annotations

import io
import re

INK, GRID = "#010203", "#040506"  # sentinels: no snippet draws in these
# Okabe and Ito's colour-blind-safe hues, darkened where white paper needs it (contrast over 3:1).
CYCLE = ["#0072b2", "#c85200", "#00875f", "#a8518a", "#8a6d00", "#3b7ea1", "#6f4fa8", "#595959"]

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
}


def apply_style() -> None:
    """Reset matplotlib to its defaults, then to the site's style, whatever the user's own says."""
    import matplotlib as mpl
    from cycler import cycler

    mpl.use("svg")
    mpl.rcdefaults()
    mpl.rcParams.update(STYLE | {"axes.prop_cycle": cycler(color=CYCLE)})


def draw(name: str) -> list[str]:
    """SVG of every open figure, in order of creation; equal figures give equal bytes.

    Args:
        name: the snippet's name; salts and prefixes the ids.
    """
    import matplotlib as mpl
    import matplotlib.pyplot as plt

    drawings = []
    for index, number in enumerate(plt.get_fignums(), 1):
        slug = f"{name.replace('/', '-')}-{index}"
        buffer = io.StringIO()
        with mpl.rc_context({"svg.hashsalt": slug}):
            plt.figure(number).savefig(buffer, format="svg", metadata={"Date": None})
        drawings.append(inline(buffer.getvalue(), slug))
    return drawings


def inline(svg: str, slug: str) -> str:
    """Clean matplotlib's SVG for use inside a page; `slug` must be unique on the site."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->", "", svg, flags=re.S)
    referred = set(re.findall(r'(?:url\(#|href="#)([^)"]+)', svg))
    svg = re.sub(r' id="([^"]+)"', lambda m: f' id="{slug}-{m[1]}"' if m[1] in referred else "", svg)
    svg = re.sub(r'(url\(#|href="#)', rf"\g<1>{slug}-", svg)
    svg = svg.replace("xlink:href", "href").replace(' xmlns:xlink="http://www.w3.org/1999/xlink"', "")
    svg = re.sub(r'<svg [^>]*?(viewBox="[^"]+")[^>]*>', r'<svg xmlns="http://www.w3.org/2000/svg" \1>', svg, count=1)
    svg = re.sub(r"<[^>]+>", _rounded, svg)
    svg = re.sub(r"font-family:[^;\"]*;?", "", svg)
    svg = re.sub(r"font: ([^'\"]*?px) ?(?:&quot;|')[^;\"]*", r"font-size: \1", svg)
    svg = re.sub(r"#010203|#000000", "var(--figure-ink)", svg).replace(GRID, "var(--figure-grid)")
    for index, colour in enumerate(CYCLE):
        svg = svg.replace(colour, f"var(--figure-{index})")
    return re.sub(r">\s+<", "><", svg).strip()


def standalone(svg: str) -> str:
    """An inlined drawing as a file of its own: on white, in the colours of the light scheme."""
    style = "background:#fff;font-family:system-ui,sans-serif"
    svg = svg.replace("<svg ", f'<svg style="{style}" ', 1)
    svg = svg.replace("var(--figure-ink)", "#24292f").replace("var(--figure-grid)", "#d9dce0")
    return re.sub(r"var\(--figure-(\d)\)", lambda m: CYCLE[int(m[1])], svg)


def _rounded(tag: re.Match) -> str:
    """Round the numbers inside a tag; the text between tags, tick labels among it, is left alone."""
    return re.sub(r"\d+\.\d{3,}", lambda m: f"{float(m[0]):.2f}".rstrip("0").rstrip("."), tag[0])
