"""Fonts for pictures: our serif, then the machine’s fonts for letters that it lacks. A missing letter is never drawn as a box."""

import re
import unicodedata
from bisect import bisect
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby, pairwise
from math import ceil
from pathlib import Path

from django.conf import settings
from PIL import Image, ImageChops, ImageDraw, ImageFont

OURS = ("source-serif-4-latin.woff2", "source-serif-4-latin-ext.woff2")
FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
OTHERS = (
    "NotoSerifCJK*", "NotoSansCJK*", "DroidSansFallback*", "wqy-*", "ipa*p.ttf", "DejaVuSerif.ttf", "DejaVuSans.ttf",
    "NotoSansArabic*", "NotoSansHebrew*", "NotoSansDevanagari*",
)  # fmt: skip
"""File names of fonts, better ones first. Of each name, the first file found is used."""
NO_SPACES = r"\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff00-\uffef"
PIECE = re.compile(rf"\s+|[{NO_SPACES}]|[^\s{NO_SPACES}]+")
"""Where a line may break: at white space, and beside each letter of a language without spaces."""
MISSING = "\uffff"
LONGEST = 400
"""The most characters of a text that are drawn."""


@lru_cache(maxsize=1)
def files() -> tuple[Path, ...]:
    found = [settings.BASE_DIR / "static" / "fonts" / name for name in OURS]
    for pattern in OTHERS:
        found += sorted(path for folder in FOLDERS if folder.is_dir() for path in folder.rglob(pattern))[:1]
    return tuple(found)


@lru_cache(maxsize=64)
def font(path: Path, size: int, weight: int) -> ImageFont.FreeTypeFont:
    made = ImageFont.truetype(str(path), size)
    if path.name in OURS:
        made.set_variation_by_axes([weight])
    return made


@lru_cache(maxsize=8192)
def file_with(letter: str) -> Path | None:
    """The first font that has the letter."""
    for path in files():
        made = font(path, 20, 400)
        if bytes(made.getmask(letter)) != bytes(made.getmask(MISSING)):
            return path
    return None


def drawable(text: str) -> str:
    """The text on one line, of at most LONGEST characters, without emoji that no font has; empty if it lacks any other letter."""
    letters = []
    for letter in " ".join(text[: 2 * LONGEST].split())[:LONGEST]:
        if letter == " " or unicodedata.category(letter) in ("Cf", "Cc") or "\ufe00" <= letter <= "\ufe0f":
            letters.append(" " if letter == " " else "")  # the last ones choose between two looks of a sign
        elif file_with(letter):
            letters.append(letter)
        else:
            plain = unicodedata.normalize("NFKD", letter)
            if plain != letter and all(map(file_with, plain)):
                letters.append(plain)
            elif unicodedata.category(letter) not in ("So", "Sk"):
                return ""
    return " ".join("".join(letters).split())


def runs(text: str) -> Iterator[tuple[Path, str]]:
    """The drawable text in parts of one font each."""
    last = files()[0]
    if text and all(map(_fits_first, text)):  # nearly always, and each line is measured after each of its words
        yield last, text
        return
    chosen = []
    for letter in text:
        last = last if letter == " " or unicodedata.combining(letter) else file_with(letter) or last
        chosen.append((last, letter))
    for path, letters in groupby(chosen, key=lambda one: one[0]):
        yield path, "".join(letter for _, letter in letters)


@lru_cache(maxsize=8192)
def _fits_first(letter: str) -> bool:
    """Say whether the first font has the letter, or it takes the font of the letter before it."""
    return letter == " " or bool(unicodedata.combining(letter)) or file_with(letter) in (files()[0], None)


@lru_cache(maxsize=8192)
def width(text: str, size: int, weight: int) -> float:
    return sum(font(path, size, weight).getlength(part) for path, part in runs(text))


def wrapped(text: str, room: int, size: int, weight: int, most: int) -> list[str]:
    """The drawable text in at most so many lines of this width (pixels). If it is longer, it ends with an ellipsis."""
    lines: list[str] = []
    pieces = [part for piece in PIECE.findall(text) for part in _fitting(piece, room, size, weight)]
    while pieces and len(lines) < most:
        fits = max(1, _fitting_first(pieces, room, size, weight))
        if fits < len(pieces) and len(lines) + 1 == most:
            left = room - ceil(width("…", size, weight))
            shown = pieces[: _fitting_first(pieces, left, size, weight)] or [*_fitting(pieces[0], left, size, weight)][:1]
            return [*lines, f"{''.join(shown).strip().rstrip(' ,:;')}…"]
        lines.append("".join(pieces[:fits]).strip())
        del pieces[:fits]
    return lines if not lines or lines[-1] else lines[:-1]


def _fitting_first(pieces: Sequence[str], room: int, size: int, weight: int) -> int:
    """How many of the first pieces fit into a line; white space at its ends takes no room. Pieces are measured one by one: the
    same words come again and again, a line never."""
    taken = 0.0
    for place, piece in enumerate(pieces):
        if place or not piece.isspace():
            taken += width(piece, size, weight)
        if ceil(taken) > room and not piece.isspace():
            return place
    return len(pieces)


def _fitting(piece: str, room: int, size: int, weight: int) -> Iterator[str]:
    """A word that is wider than a line, in parts that are not."""
    while piece and width(piece, size, weight) > room:
        length = max(1, bisect(range(1, len(piece)), room, key=lambda n: round(width(piece[:n], size, weight))))
        yield piece[:length]
        piece = piece[length:]
    if piece:
        yield piece


def draw_lines(
    card: Image.Image, lines: Sequence[str], at: tuple[int, int], size: int, weight: int, ink: Sequence[int], leading: float
) -> int:
    """Draw the lines below each other; `ink` has the colour of the card for each darkness of a letter's pixel, from 0 to 255.
    Returns where the next line would begin, in pixels from the top."""
    left, top = at
    step, above = round(size * leading), size // 2
    block = Image.new("L", (card.width - left, len(lines) * step + 2 * above))  # letters reach over their line
    for number, line in enumerate(lines):
        x = 0.0
        for path, part in runs(line):
            x = _draw(block, part, font(path, size, weight), (x, above + number * step + size), is_ours=path.name in OURS)
    if box := block.getbbox():  # what is blank need not be put on the card
        place = (left + box[0], top - above + box[1], left + box[2], top - above + box[3])
        card.paste(ImageChops.lighter(card.crop(place), block.crop(box).point(ink)), place)
    return top + len(lines) * step


def _draw(block: Image.Image, part: str, face: ImageFont.FreeTypeFont, at: tuple[float, int], *, is_ours: bool) -> float:
    """Draw what is in one font. Returns where it ends. Letters of our own font stand for themselves, so each is drawn once and
    stamped from then on; others may join their neighbours or run to the left."""
    x, base = at
    on = ImageDraw.Draw(block)
    if not is_ours or any(map(unicodedata.combining, part)):
        on.text(at, part, font=face, fill=255, anchor="ls")
        return x + face.getlength(part)
    for letter, following in pairwise(f"{part} "):
        stamp, left, top = _stamp(face, letter)
        if stamp:
            on.bitmap((round(x) + left, base + top), stamp, fill=255)
        x += _advance(face, letter, following)
    return x


@lru_cache(maxsize=2048)
def _stamp(face: ImageFont.FreeTypeFont, letter: str) -> tuple[Image.Image | None, int, int]:
    """The letter's picture, and where it begins, from its place on the line; None for a blank."""
    left, top, right, bottom = map(int, face.getbbox(letter, anchor="ls"))
    if left >= right or top >= bottom:
        return None, 0, 0
    stamp = Image.new("L", (right - left, bottom - top))
    ImageDraw.Draw(stamp).text((-left, -top), letter, font=face, fill=255, anchor="ls")
    return stamp, left, top


@lru_cache(maxsize=16384)
def _advance(face: ImageFont.FreeTypeFont, letter: str, following: str) -> float:
    """How far it is from the letter to the one that follows."""
    return face.getlength(letter + following) - face.getlength(following)
