"""Cards of 1200 × 630 pixels, as PNG: a paper's and a day's."""

import zlib
from collections.abc import Sequence
from io import BytesIO
from threading import Lock

from PIL import Image, ImageColor

from digests.reader.pictures.letters import draw_lines, drawable, wrapped
from papers.plurals import counted

SIZE = (1200, 630)
MARGIN = 84
ROOM = SIZE[0] - 2 * MARGIN
PAPER, LINE = "#fffdf9", "#e3dbd0"
INKS = {"#211d19": 6, "#655d55": 4, "#a63a12": 4}
"""How many shades each has, at the edges of letters. With the paper and the line there are sixteen colours: a pixel takes half a
byte."""


def _between(ink: str, share: float) -> list[int]:
    """The colour between paper and ink."""
    return [round(ground + (full - ground) * share) for ground, full in zip(*map(ImageColor.getrgb, (PAPER, ink)), strict=True)]


COLOURS = [
    *(ImageColor.getrgb(PAPER) + ImageColor.getrgb(LINE)),
    *(part for ink, shades in INKS.items() for shade in range(shades) for part in _between(ink, (shade + 1) / shades)),
]
"""The palette: red, green and blue of each colour."""


def _ink(number: int) -> list[int]:
    """The place in the palette for each darkness of a pixel, from 0 to 255."""
    shades = list(INKS.values())
    first, most = 2 + sum(shades[:number]), shades[number]
    return [first + shade - 1 if (shade := round(most * darkness / 255)) else 0 for darkness in range(256)]


INK, SOFT, RUST = map(_ink, range(3))
_one_at_a_time = Lock()
"""Several threads must not use FreeType’s faces at the same time."""


def paper_card(title: str, authors: Sequence[str], arxiv_id: str, below: str) -> bytes:
    """Draw a paper’s card: title, authors on one line, a line at the bottom. A title that no font can write is left out."""
    with _one_at_a_time:
        card = _begun()
        shown, name = drawable(title), f"arXiv:{arxiv_id}"
        lines, size = _fitted(shown or name, most=5)
        top = draw_lines(card, lines, (MARGIN, 150), size, 640, INK, 1.2)
        names = ", ".join(filter(None, map(drawable, authors)))
        if names:
            draw_lines(card, wrapped(names, ROOM, 30, 400, 1), (MARGIN, top + 24), 30, 400, SOFT, 1.3)
        _foot(card, f"{name} · {below}" if below else name)
        return _finished(card)


def day_card(day: str, papers: Sequence[tuple[str, str]], number: int) -> bytes:
    """Draw the card of a day: its first papers, each by its title, or by its arXiv id if no font can write the title."""
    with _one_at_a_time:
        card = _begun()
        top = draw_lines(card, wrapped(day, ROOM, 58, 640, 1), (MARGIN, 150), 58, 640, INK, 1.35) + 18
        for n, (title, arxiv_id) in enumerate(papers, 1):
            draw_lines(card, [f"{n}."], (MARGIN, top), 34, 640, RUST, 1.25)
            said = drawable(title) or f"arXiv:{arxiv_id}"
            top = draw_lines(card, wrapped(said, ROOM - 54, 34, 480, 2), (MARGIN + 54, top), 34, 480, INK, 1.22) + 14
        _foot(
            card,
            f"{counted(number, 'paper')} that people talked about" if number else "No paper was hot on this day",
        )
        return _finished(card)


def _begun() -> Image.Image:
    """A card whose pixels are places in the palette."""
    card = Image.new("L", SIZE, 0)
    card.paste(RUST[-1], (0, 0, 19, SIZE[1]))
    draw_lines(card, ["Hot Papers"], (MARGIN, 62), 34, 640, RUST, 1)
    return card


def _fitted(title: str, most: int) -> tuple[list[str], int]:
    """The title in the largest letters in which it fits into few lines."""
    for size, lines in ((72, 3), (62, 4)):
        if len(found := wrapped(title, ROOM, size, 640, lines + 1)) <= lines:
            return found, size
    return wrapped(title, ROOM, 52, 640, most), 52


def _foot(card: Image.Image, text: str) -> None:
    card.paste(1, (MARGIN, 538, SIZE[0] - MARGIN, 540))
    draw_lines(card, wrapped(drawable(text), ROOM, 28, 400, 1), (MARGIN, 552), 28, 400, SOFT, 1)


def _finished(card: Image.Image) -> bytes:
    file = BytesIO()
    card.putpalette(COLOURS)
    card.save(file, "PNG", compress_type=zlib.Z_RLE)  # a tenth larger than the usual way, in half of its time
    return file.getvalue()
