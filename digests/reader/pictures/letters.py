"""Fonts for pictures: our serif, then the machine’s fonts for letters that it lacks. A missing letter is never drawn as a box."""

import re
import unicodedata
from bisect import bisect
from collections.abc import Iterator, Sequence
from functools import lru_cache, partial
from itertools import groupby
from math import ceil
from pathlib import Path

from django.conf import settings
from PIL import ImageDraw, ImageFont

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
    """The text on one line, of at most LONGEST characters; empty if some letter of it is in no font."""
    letters = []
    for letter in " ".join(text[: 2 * LONGEST].split())[:LONGEST]:
        if letter == " " or unicodedata.category(letter) in ("Cf", "Cc"):
            letters.append(" " if letter == " " else "")
        elif file_with(letter):
            letters.append(letter)
        else:
            plain = unicodedata.normalize("NFKD", letter)
            if not all(map(file_with, plain)) or plain == letter:
                return ""
            letters.append(plain)
    return "".join(letters)


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
    begin = 0
    while begin < len(pieces):
        ahead = pieces[begin:]
        fits = bisect(range(1, len(ahead) + 1), room, key=partial(_width_of_first, ahead, size, weight))
        end = begin + max(1, fits)
        if end < len(pieces) and len(lines) + 1 == most:
            return [*lines, _cut("".join(pieces[begin : end + 3]).lstrip(), room, size, weight)]
        lines.append("".join(pieces[begin:end]).strip())
        begin = end
    return lines if not lines or lines[-1] else lines[:-1]


def _width_of_first(pieces: Sequence[str], size: int, weight: int, many: int) -> int:
    return ceil(width("".join(pieces[:many]).strip(), size, weight))


def _fitting(piece: str, room: int, size: int, weight: int) -> Iterator[str]:
    """A word that is wider than a line, in parts that are not."""
    while piece and width(piece, size, weight) > room:
        length = max(1, bisect(range(1, len(piece)), room, key=lambda n: round(width(piece[:n], size, weight))))
        yield piece[:length]
        piece = piece[length:]
    if piece:
        yield piece


def _cut(text: str, room: int, size: int, weight: int) -> str:
    fits = bisect(range(1, len(text) + 1), room, key=lambda end: ceil(width(f"{text[:end].rstrip()}…", size, weight)))
    return f"{text[:fits].rstrip(' ,:;')}…"


def draw_lines(
    on: ImageDraw.ImageDraw, lines: Sequence[str], at: tuple[int, int], size: int, weight: int, ink: str, leading: float
) -> int:
    """Draw the lines below each other. Returns where the next line would begin, in pixels from the top."""
    left, top = at
    for line in lines:
        x = float(left)
        for path, part in runs(line):
            face = font(path, size, weight)
            on.text((x, top + size), part, font=face, fill=ink, anchor="ls")
            x += face.getlength(part)
        top += round(size * leading)
    return top
