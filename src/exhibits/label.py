"""Labels of a drawing that hold a formula, as text that flows.

matplotlib gives each letter of such a label a place, measured in its own font; in a reader's font, words would fall
apart. Here neighbours of one style and height become one piece, and each piece follows the one before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape, unescape
from typing import NamedTuple

LABEL = re.compile(r"<text>\s*(<tspan.*?)</text>", re.S)
SIGNS = "=≈≠<>≤≥+−·⋅×±→∝"  # mathtext leaves room around these, but no space
BETWEEN = re.compile(rf"(?<![\s(,{SIGNS}])[{SIGNS}](?!\s)")
THIN = "\u2009"
LETTER = 0.6  # width of most letters, in their size


class Piece(NamedTuple):
    x: float
    y: float
    style: str
    letters: str

    @property
    def size(self) -> float:
        return float(re.findall(r"font-size: ([\d.]+)px", self.style)[0])

    @property
    def width(self) -> float:
        return len(self.letters) * LETTER * self.size


def flowing(svg: str) -> str:
    """A drawing in which the labels that matplotlib placed letter by letter flow."""
    return LABEL.sub(lambda found: f"<text>{_label(found[1])}</text>", svg)


def _label(tspans: str) -> str:
    pieces: list[Piece] = []
    for letter in sorted(_letters(tspans)):
        last = pieces[-1] if pieces else None
        if last and (last.y, last.style) == (letter.y, letter.style):
            pieces[-1] = last._replace(letters=last.letters + letter.letters)
        else:
            pieces.append(letter)
    largest = max(piece.size for piece in pieces)
    return "".join(
        _tspan(piece, before, piece.size == largest) for piece, before in zip(pieces, [None, *pieces], strict=False)
    )


def _letters(tspans: str) -> Iterator[Piece]:
    for places, y, style, letters in re.findall(
        r'<tspan x="([^"]*)" y="([^"]*)" style="([^"]*)">([^<]*)</tspan>', tspans
    ):
        plain = re.sub(r"; font-family:[^;]*", "", style)
        for x, letter in zip(places.split(), unescape(letters), strict=True):
            yield Piece(float(x), float(y), plain, letter)


def _tspan(piece: Piece, before: Piece | None, large: bool) -> str:
    """A piece, a formula's index or exponent lower or higher than the piece before it, or under that piece."""
    letters = escape(BETWEEN.sub(rf"{THIN}\g<0>{THIN}", piece.letters) if large else piece.letters, quote=False)
    if before is None:
        return f'<tspan y="{piece.y:.1f}" style="{piece.style}">{letters.lstrip(THIN)}</tspan>'
    shift = f' dy="{piece.y - before.y:.1f}"' if piece.y != before.y else ""
    if not large and before.size == piece.size and piece.x < before.x + before.width / 2:  # an index below an exponent
        shift += f' dx="{piece.x - before.x - before.width:.1f}"'
    return f'<tspan{shift} style="{piece.style}">{letters}</tspan>'
