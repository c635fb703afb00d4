"""The picture that a shared link shows: a chapter's title beside one of its figures, as PNG.

resvg draws it with matplotlib's fonts and no others, so that equal figures give equal bytes on every machine.
"""

from __future__ import annotations

import textwrap
from html import escape
from importlib.util import find_spec
from pathlib import Path

from exhibits.draw import size, standalone
from exhibits.model import Book, Palette, Problem, ProblemsFound
from exhibits.source import SETTINGS
from exhibits.store import Store, digest, installed

WIDTH, HEIGHT = 1200, 630  # pixels, as services that show links ask for
MARGIN, COLUMN, LINE = 64, 15, 62  # of the paper; characters in a line of the title; pixels between its lines
FONT = "DejaVu Sans"
FOLDER = "assets/cards"  # among the pages


def cards(book: Book, figures: dict[str, str], palette: Palette, store: Store, used: set[str]) -> dict[str, bytes]:
    """PNG of every card, drawn now or earlier, by its place among the pages.

    Args:
        figures: the snippet whose first figure is on a chapter's card, by the chapter's folder; "" for no chapter.

    Raises:
        ProblemsFound: a chapter or a figure does not exist, or resvg is not installed.
    """
    made = {}
    for folder, name in figures.items():
        if folder and folder not in book.chapters:
            raise ProblemsFound([_problem(f"a card for a chapter that does not exist: {folder}")])
        if not book.drawings.get(name):
            raise ProblemsFound([_problem(f"a card with a figure that does not exist: {name}")])
        figure = standalone(book.drawings[name][0].wide, palette)
        svg = composed(book.chapters.get(folder, book.site.name), book.site.name, figure, palette.light)
        key = "card-" + digest(svg, *map(_installed, ("resvg_py", "matplotlib")))
        used.add(key)
        made[place(folder)] = store.once(key, bytes, lambda svg=svg: drawn(svg))  # type: ignore[misc]
    return made


def place(folder: str) -> str:
    """Where the card of a chapter's folder is, among the pages."""
    return f"{FOLDER}/{folder or 'index'}.png"


def _problem(message: str) -> Problem:
    return Problem(SETTINGS, 1, message)


def _installed(name: str) -> str:
    if found := installed(name):
        return found
    raise ProblemsFound([_problem(f"cards need {name}, which is not installed")])


def composed(title: str, site: str, figure: str, colours: tuple[str, ...]) -> str:
    """SVG of a card.

    Args:
        figure: a drawing as a file of its own, without CSS variables.
        colours: ink and grid, then the series'.
    """
    ink, _, accent, *_ = colours
    lines = textwrap.wrap(title, COLUMN)
    top = (HEIGHT - LINE * (len(lines) - 1)) / 2
    said = "".join(f'<tspan x="{MARGIN}" y="{top + LINE * n:g}">{escape(line)}</tspan>' for n, line in enumerate(lines))
    below = "" if title == site else f'<text x="{MARGIN}" y="{HEIGHT - MARGIN}" font-size="24">{escape(site)}</text>'
    width, height = size(figure)
    left, room = 548, HEIGHT - 2 * MARGIN
    place = f'x="{left}" y="{MARGIN}" width="{WIDTH - left - MARGIN / 2:g}" height="{room}"'
    drawing = figure[figure.index(">", figure.index("<svg")) + 1 :]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="{FONT}" fill="{ink}">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/><rect width="12" height="{HEIGHT}" fill="{accent}"/>'
        f'<text font-size="46" font-weight="bold">{said}</text>{below}'
        f'<svg {place} viewBox="0 0 {width} {height}" fill="#000">{drawing}</svg>'
    )


def drawn(svg: str) -> bytes:
    """PNG of a card."""
    import resvg_py

    found = find_spec("matplotlib")
    assert found is not None and found.origin  # its figure is on the card
    fonts = Path(found.origin).parent / "mpl-data/fonts/ttf"
    files = [str(fonts / name) for name in ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")]
    return resvg_py.svg_to_bytes(
        svg, width=WIDTH, skip_system_fonts=True, font_files=files, font_family=FONT, sans_serif_family=FONT
    )
