"""Turn matplotlib's raw SVG into one that a page can inline.

Colours become CSS variables, so that one drawing follows the page's light or dark scheme; ids are dropped unless
something refers to them; repeated styles become classes and coordinates are rounded to a tenth of a point, so that a
page stays light.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter

from exhibits.model import GRID, INK, SERIES, Palette


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
    svg = re.sub(rf"{INK}|#000000", "var(--figure-ink)", svg).replace(GRID, "var(--figure-grid)")
    for index, colour in enumerate(SERIES):
        svg = svg.replace(colour, f"var(--figure-{index})")
    return _with_classes(re.sub(r">\s+<", "><", svg).strip())


def _rounded(tag: re.Match[str]) -> str:
    """Round the numbers inside a tag; the text between tags, tick labels among it, is left alone."""

    def short(match: re.Match[str]) -> str:
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


def size(svg: str) -> tuple[int, int]:
    """Width and height of a cleaned drawing, in whole points."""
    box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    return (round(float(box[1])), round(float(box[2]))) if box else (1, 1)


def described(svg: str, text: str) -> str:
    """A drawing with the alternative text that assistive technology reads."""
    escaped = text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")
    return svg.replace("<svg ", f'<svg role="img" aria-label="{escaped}" ', 1)


def standalone(svg: str, palette: Palette) -> str:
    """A cleaned drawing as a file of its own: on white, in the colours of the light scheme."""
    style = "background:#fff;font-family:system-ui,sans-serif"
    svg = svg.replace("<svg ", f'<svg style="{style}" ', 1)
    for name, colour in variables(palette.light).items():
        svg = svg.replace(f"var({name})", colour)
    return svg


def variables(colours: tuple[str, ...]) -> dict[str, str]:
    """CSS variables of one scheme: ink, grid, then one for each series."""
    names = ["--figure-ink", "--figure-grid", *(f"--figure-{index}" for index in range(len(SERIES)))]
    return dict(zip(names, colours, strict=False))


def style(palette: Palette) -> str:
    """The style sheet that gives drawings their colours; print uses the light ones."""
    light, dark = (
        "".join(f"{name}:{colour};" for name, colour in variables(colours).items())
        for colours in (palette.light, palette.dark)
    )
    return f':root{{{light}}}\n@media screen{{[data-md-color-scheme="slate"]{{{dark}}}}}\n'
