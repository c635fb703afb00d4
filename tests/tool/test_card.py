"""Cards of shared links: what they show, and that equal ones are equal."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from exhibits import card
from exhibits.publish import prepare
from tests.tool.conftest import MEAN, edit, files, problems
from tests.tool.test_prepare import front

COLOURS = ("#222222", "#dddddd", "#0072b2")
FIGURE = '<svg style="x" viewBox="0 0 400 300"><rect width="400" height="300" fill="#c85200"/></svg>'


def picture(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


def ink(image: Image.Image, box: tuple[int, int, int, int]) -> int:
    """How many dark pixels stand in a part of a picture."""
    return sum(image.crop(box).convert("L").histogram()[:100])


@pytest.fixture
def carded(dice):
    edit(dice, "exhibits.toml", "[palette]", '[site.cards]\n"" = "throws/mean"\nthrows = "throws/mean"\n\n[palette]')
    prepare(dice)
    return dice


def test_a_card_shows_title_site_and_figure():
    one = picture(card.drawn(card.composed("A chapter & its long title", "Site", FIGURE, COLOURS)))
    assert one.size == (1200, 630)
    assert one.getpixel((5, 300)) == (0, 114, 178) and one.getpixel((1190, 5)) == (255, 255, 255)
    assert one.getpixel((860, 315)) == (200, 82, 0), "the figure"
    assert ink(one, (64, 200, 530, 430)) > 4000, "the title, bold"
    assert 100 < ink(one, (64, 540, 530, 580)) < 1000, "the site's name"


def test_a_title_that_is_the_sites_name_stands_once():
    one = picture(card.drawn(card.composed("Site", "Site", FIGURE, COLOURS)))
    assert ink(one, (64, 540, 530, 580)) == 0 < ink(one, (64, 250, 530, 380))


def test_equal_cards_are_equal_and_say_nothing_of_their_making():
    svg = card.composed("T", "S", FIGURE, COLOURS)
    data = card.drawn(svg)
    assert card.drawn(svg) == data
    assert not {b"tIME", b"tEXt", b"iTXt", b"zTXt", b"eXIf"} & {data[n : n + 4] for n in range(len(data))}


def test_pages_name_the_card_of_their_chapter_or_of_the_site(carded):
    cards = {name: data for name, data in files(carded / "build/docs").items() if name.startswith("assets/cards/")}
    assert set(cards) == {"assets/cards/index.png", "assets/cards/throws.png"}
    assert all(picture(data).size == (1200, 630) for data in cards.values())
    shows = '"alt": "The running mean of throws settles at three and a half."'
    assert front(carded, "index.md")["card"] == '{"image": "assets/cards/index.png", ' + shows + "}"
    assert "assets/cards/throws.png" in front(carded, "throws.md")["card"], "the chapter has this page's name"
    (carded / "docs/throws").mkdir()
    (carded / "docs/throws/more.md").write_text("# More\n")
    prepare(carded)
    assert "assets/cards/throws.png" in front(carded, "throws/more.md")["card"]


def test_an_unchanged_card_is_not_drawn_again_and_another_figure_is(carded, monkeypatch):
    drawn = []
    monkeypatch.setattr(card, "drawn", lambda svg: drawn.append(svg) or b"png")
    prepare(carded)
    assert drawn == []
    edit(carded, MEAN, "running mean", "running")
    prepare(carded)
    assert len(drawn) == 2


def test_a_site_without_cards_needs_no_resvg(dice, monkeypatch):
    monkeypatch.setattr(card, "installed", None)
    prepare(dice)
    assert "card" not in front(dice, "index.md")


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ('thros = "throws/mean"', "a card for a chapter that does not exist: thros"),
        ('throws = "throws/count"', "a card with a figure that does not exist: throws/count"),
    ],
)
def test_a_card_of_nothing_is_a_problem(said, message, dice):
    edit(dice, "exhibits.toml", "[palette]", f"[site.cards]\n{said}\n\n[palette]")
    assert problems(lambda: prepare(dice)) == [f"exhibits.toml:1: {message}"]


def test_without_resvg_cards_are_a_problem(carded, monkeypatch):
    monkeypatch.setattr(card, "installed", lambda name: "")
    assert problems(lambda: prepare(carded)) == ["exhibits.toml:1: cards need resvg_py, which is not installed"]
