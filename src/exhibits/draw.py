"""Turn matplotlib's raw SVG into one that a page can inline.

Colours become CSS variables, so that one drawing follows the page's light or dark scheme; ids are dropped unless
something refers to them; repeated styles become classes and coordinates are rounded to a tenth of a point, so that a
page stays light. On pages these classes come from the site's style sheet: a style element of its own in each drawing
would make a browser style the whole page anew as it meets it.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable
from html import escape

from exhibits.label import flowing
from exhibits.model import GRID, INK, SERIES, Drawing, Palette

OWN_STYLE = re.compile(r"<defs><style[^>]*>(.*?)</style></defs>", re.S)


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
    svg = flowing(svg)
    svg = re.sub(r"<[^>]+>", _rounded, svg)
    svg = re.sub(r'(?<= d=")[^"]*', lambda m: re.sub(r" ?([A-Za-z]) ?", r"\1", m[0]), svg)  # M 1 2 L 3 4 → M1 2L3 4
    svg = re.sub(r"font-family:[^;\"]*;?", "", svg)
    svg = re.sub(r"font: ([^'\"]*?px) ?(?:&quot;|')[^;\"]*", r"font-size: \1", svg)
    svg = re.sub(rf"{INK}|#000000", "var(--figure-ink)", svg).replace(GRID, "var(--figure-grid)")
    for index, colour in enumerate(SERIES):
        svg = svg.replace(colour, f"var(--figure-{index})")
    return _with_classes(_flat(re.sub(r">\s+<", "><", svg).strip()))


def cleaned(drawing: Drawing) -> Drawing:
    return Drawing(inline(drawing.wide), inline(drawing.narrow) if drawing.narrow else "")


def _rounded(tag: re.Match[str]) -> str:
    """Round the numbers inside a tag; the text between tags, tick labels among it, is left alone."""

    def short(match: re.Match[str]) -> str:
        return match[0] if match[0].startswith(" style") else f"{float(match[0]):.1f}".removesuffix(".0")

    # Styles hold opacities, which a tenth would spoil.
    return re.sub(r"\s+", " ", re.sub(r' style="[^"]*"|\d+\.\d{2,}', short, tag[0]))


def _flat(svg: str) -> str:
    """Without the groups that say nothing of what they hold."""
    kept: list[bool] = []

    def of(tag: re.Match[str]) -> str:
        if tag[0] == "</g>":
            return tag[0] if kept.pop() else ""
        kept.append(tag[0] != "<g>")
        return tag[0] if kept[-1] else ""

    return re.sub(r"</g>|<g>|<g [^>]*(?<!/)>", of, svg)


def _with_classes(svg: str) -> str:
    """Styles that occur more than twice become classes, named by their content: equal names mean equal styles."""
    repeated = [style for style, count in Counter(re.findall(r' style="([^"]*)"', svg)).items() if count > 2]
    names = {style: "s" + hashlib.sha256(style.encode()).hexdigest()[:6] for style in repeated}
    svg = re.sub(r' style="([^"]*)"', lambda m: f' class="{names[m[1]]}"' if m[1] in names else m[0], svg)
    rules = "".join(f".{name}{{{style}}}" for style, name in names.items())
    return svg.replace("</style>", f"{rules}</style>", 1)


def small(drawing: Drawing) -> str:
    """The drawing that takes the least room."""
    return drawing.narrow or drawing.wide


def size(svg: str) -> tuple[int, int]:
    """Width and height of a cleaned drawing, in whole points."""
    box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    return (round(float(box[1])), round(float(box[2]))) if box else (1, 1)


def described(drawing: Drawing, text: str) -> str:
    """A cleaned drawing at its sizes, of which the style sheet shows one, with an alternative text for all.

    Its tick labels are nothing to search, and its classes are those of `rules`.
    """
    wide, narrow = (OWN_STYLE.sub("", svg) for svg in (drawing.wide, drawing.narrow))
    narrow = narrow.replace("<svg ", '<svg class="narrow" ', 1)
    named = f'role="img" aria-label="{escape(text)}"'
    return f'<div class="drawing" {named} data-search-exclude>{wide}{narrow}</div>'


def rules(drawings: Iterable[Drawing]) -> str:
    """What the style elements of cleaned drawings say, each rule once, for drawings in pages alone."""
    found: set[str] = set()
    for drawing in drawings:
        for own in OWN_STYLE.findall(drawing.wide + drawing.narrow):
            found |= set(re.findall(r"[^{}]+{[^}]*}", own))
    # A rule for everything, which matplotlib writes, yields to the drawing's other rules as it does in a file.
    return "\n".join(re.sub(r"^\*", ":where(.drawing *)", rule) for rule in sorted(found))


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
