"""Cards of 1200 × 630 pixels, as PNG: a paper's and a day's."""

from collections.abc import Sequence
from functools import lru_cache
from io import BytesIO
from threading import Lock

from PIL import Image, ImageColor, ImageDraw

from digests.reader.pictures.letters import draw_lines, drawable, wrapped
from papers.counted import counted

SIZE = (1200, 630)
MARGIN = 84
ROOM = SIZE[0] - 2 * MARGIN
PAPER, INK, SOFT, RUST, LINE = "#fffdf9", "#211d19", "#655d55", "#a63a12", "#e3dbd0"
SHADES = 8
"""From the paper to an ink, at the edges of letters."""
_one_at_a_time = Lock()
"""Several threads must not use FreeType’s faces at the same time."""


def paper_card(title: str, authors: Sequence[str], arxiv_id: str, below: str) -> bytes:
    """Draw a paper’s card: title, authors on one line, a line at the bottom. A title that no font can write is left out."""
    with _one_at_a_time:
        card, on = _begun()
        shown, name = drawable(title), f"arXiv:{arxiv_id}"
        lines, size = _fitted(shown or name, most=5)
        top = draw_lines(on, lines, (MARGIN, 150), size, 640, INK, 1.2)
        names = ", ".join(filter(None, map(drawable, authors)))
        if names:
            draw_lines(on, wrapped(names, ROOM, 30, 400, 1), (MARGIN, top + 24), 30, 400, SOFT, 1.3)
        _foot(on, f"{name} · {below}" if below else name)
        return _finished(card)


def day_card(day: str, titles: Sequence[str], number: int) -> bytes:
    """Draw the card of a day: its first titles."""
    with _one_at_a_time:
        card, on = _begun()
        top = draw_lines(on, wrapped(day, ROOM, 58, 640, 1), (MARGIN, 150), 58, 640, INK, 1.35) + 18
        for n, title in enumerate(filter(None, map(drawable, titles)), 1):
            draw_lines(on, [f"{n}."], (MARGIN, top), 34, 640, RUST, 1.25)
            top = draw_lines(on, wrapped(title, ROOM - 54, 34, 480, 2), (MARGIN + 54, top), 34, 480, INK, 1.22) + 14
        _foot(
            on,
            f"{counted(number, 'paper')} that people talked about" if number else "No paper was hot on this day",
        )
        return _finished(card)


def _begun() -> tuple[Image.Image, ImageDraw.ImageDraw]:
    card = Image.new("RGB", SIZE, PAPER)
    on = ImageDraw.Draw(card)
    on.rectangle((0, 0, 18, SIZE[1]), fill=RUST)
    draw_lines(on, ["Hot Papers"], (MARGIN, 62), 34, 640, RUST, 1)
    return card, on


def _fitted(title: str, most: int) -> tuple[list[str], int]:
    """The title in the largest letters in which it fits into few lines."""
    for size, lines in ((72, 3), (62, 4)):
        if len(found := wrapped(title, ROOM, size, 640, lines + 1)) <= lines:
            return found, size
    return wrapped(title, ROOM, 52, 640, most), 52


def _foot(on: ImageDraw.ImageDraw, text: str) -> None:
    on.line((MARGIN, 538, SIZE[0] - MARGIN, 538), fill=LINE, width=2)
    draw_lines(on, wrapped(drawable(text), ROOM, 28, 400, 1), (MARGIN, 552), 28, 400, SOFT, 1)


def _finished(card: Image.Image) -> bytes:
    file = BytesIO()
    # To look for the best colours, and to try all filters, took ten times as long for a tenth less.
    card.quantize(palette=_palette(), dither=Image.Dither.NONE).save(file, "PNG", compress_level=6)
    return file.getvalue()


@lru_cache(maxsize=1)
def _palette() -> Image.Image:
    """The colours of the cards."""
    paper, *inks = map(ImageColor.getrgb, (PAPER, INK, SOFT, RUST, LINE))
    palette = Image.new("P", (1, 1))
    palette.putpalette(
        [
            round(ground + (full - ground) * shade / (SHADES - 1))
            for ink in inks
            for shade in range(SHADES)
            for ground, full in zip(paper, ink, strict=True)
        ]
    )
    return palette
