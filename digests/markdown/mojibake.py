"""Recognises and repairs UTF-8 text that was once read as Mac Roman ("512√ó512", "what‚Äôs"); healthy text is not changed.

A repair is the strict way back: encode as Mac Roman, decode as UTF-8. With healthy text this nearly always fails, but not quite
always ("l’été" could be read so). So a repair also needs evidence that healthy text never gives.
"""

import re
from dataclasses import dataclass

RUN = re.compile(r"[^\x00-\x7f]+")
MATHEMATICS = "≠∞±≤≥µ∂∑∏π∫Ω"
MEASURES = "£¢¥§°"
"""Signs that stand before or behind a number, where a mathematical sign may be next to them: "≈£5"."""
SIGNS = frozenset(MATHEMATICS + "¬√ƒ≈∆·÷◊")
LAST_OF_LATIN = "\u036f"
"""The end of the Latin letters, with phonetic signs and separate accents: no script whose words are damaged."""
GREEK = re.compile("[Œœ][^\x00-\x7fà-ÿ’”]")
"""What a single Greek letter became; no word continues like this after œ."""


@dataclass(frozen=True, slots=True)
class Repair:
    """A text after the repair: how many of its lines were repaired, and which lines (from 1) still look damaged."""

    text: str
    repaired: int
    hopeless: tuple[int, ...]


def repair(text: str) -> Repair:
    """Undo the damage as often as it was done, as long as a pass finds evidence. Each pass makes the text shorter."""
    before = after = text.split("\n")
    while any(_is_damage(run) for line in after if not line.isascii() for run in RUN.finditer(line)):
        after = _mend(after)
    repaired = sum(old != new for old, new in zip(before, after, strict=True))
    hopeless = (number for number, line in enumerate(after, 1) if not line.isascii() and _is_hopeless(line, repaired > 0))
    return Repair("\n".join(after), repaired, tuple(hopeless))


def _mend(lines: list[str]) -> list[str]:
    """Repair the whole text at once; if that is impossible, each damaged line; otherwise each run."""
    whole = _undone("\n".join(lines))
    return whole.split("\n") if whole is not None else [_mend_line(line) for line in lines]


def _is_hopeless(line: str, was_damaged: bool) -> bool:
    """Say whether the line still looks damaged after the repair; another code page may have damaged it, whatever the rest of
    the text is."""
    if was_damaged and LEFT_OVER.search(line):
        return True
    return bool(BEGINS_OTHER.search(line) and OTHER_PAGES.search(line)) or any(
        _is_of_other_page(run[0]) for run in RUN.finditer(line)
    )


def _is_of_other_page(run: str) -> bool:
    """Say whether two letters or more, in a row, become letters when they are read as UTF-8."""
    for page in PAGES if len(run) > 3 else ():
        try:
            right = run.encode(page).decode()
        except UnicodeError:
            continue
        if len(right) > 1 and right.isalpha():
            return True
    return False


PRIVATE = re.compile("[\ue000-\uf8ff]")
"""Characters that nobody writes: a text that would contain them was damaged in another way."""
PAGES = ("cp1252", "latin-1", "cp1250", "cp1251", "cp437", "cp850", "koi8_r")
CLEAR = "\x80-\x9f\xa1-\xa9\xab-\xad\xaf\xb1\xb4-\xb8\xbc-\xbf€‚ƒ„†‡ˆ‰Š‹ŒŽ•˜š›œžŸ"
"""Characters that stand for a second byte, and never follow a letter."""
OTHER_PAGES = re.compile(
    f"Ã[{CLEAR}®°²³ª¹º™]|Â[{CLEAR}\xa0®°²³ª¹º™]|(?<=[a-z])Ã[\xa0»–—‘’“”…]|Ã[»–—‘’“”…](?=[a-z])|[ÄÅÎÏÐÑ][{CLEAR}]"
    "|â[€‚ƒ„†‡ˆ‰Š‹ŒŽ\x80-\x9f][^ -~]|ðŸ|ð\x9f|вЂ|ÔÇ[^ -~]|[├┬][^ -~]|ΓÇ"
    "|Ă[©¨Ľ¶¸ŻĄ´±]|(?<=[a-z])Ă[^ -~a-zà-ÿ]|(?<=[A-Za-z])Г[^ -~А-я]|ƒÿ"
)
"""UTF-8 read as Windows-1252, Latin-1, Windows-1250 or -1251, or as a code page of DOS: "Ã©", "â€™", "вЂ™", "├⌐", "ΓÇÖ"."""
BEGINS_OTHER = re.compile("[ÃÂÄÅÎÏÐÑâðвÔ├┬ΓĂГƒ]")
"""Everything that `OTHER_PAGES` finds begins with one of these; searching for one set of characters takes a tenth of the time.
"""


LEFT_OVER = re.compile("‚Ä.|√[©®°¢£§•¶ß´¨ÆØªºæøÄ-ü]|ü[Äòôöìéëê§][^\x00-\x7f]")
"""What damage looks like when one of its bytes was lost, as U+F8FF (the first byte of every emoji) often is."""


def _mend_line(line: str) -> str:
    """Repair the line, in a text that is damaged elsewhere."""
    if line.isascii() or not any(map(_may_be_damage, RUN.finditer(line))):
        return line
    whole = _undone(line)
    if whole is not None:
        return whole
    return RUN.sub(lambda run: _undone(run[0]) or run[0] if _may_be_damage(run) else run[0], line)


def _undone(text: str) -> str | None:
    try:
        return text.encode("mac_roman").decode("utf-8")
    except UnicodeError:
        return None


def _is_damage(run: re.Match[str]) -> bool:
    """Say whether a run of non-ASCII characters shows damage, and is not healthy text that could be undone by chance.

    It is damage if it becomes a character of three or four bytes ("‚Äô"), a Greek letter ("Œ±") or three letters of another
    script in a row: nobody writes such a run, except signs alone ("·∫∂") and a German quotation that begins with two umlauts
    ("„Ääh"). It is damage if it becomes a Latin letter or sign ("√©"), unless mathematics may have written it ("√π", "≈£5")
    outside a word. Everything else ("’é" in "d’éviter", French words between no-break spaces) is healthy.
    """
    right = _undone(run[0])
    if right is None or PRIVATE.search(right):
        return False
    if max(right) > "\u07ff":
        return not (right.isspace() or SIGNS.issuperset(run[0]) or (run[0][0] == "„" and len(right) == 1))
    if GREEK.fullmatch(run[0]):
        return True
    if max(right) > "\u017f":
        return len(right) > 2 and right.isalpha() and min(right) > LAST_OF_LATIN
    text = run.string
    return any(map(_is_clear, run[0][::2], run[0][1::2])) or (
        text[run.start() - 1 : run.start()].isalpha() and text[run.end() : run.end() + 1].isalpha()
    )


def _is_clear(first: str, second: str) -> bool:
    """Say whether what became one Latin letter or sign is a pair that nobody writes."""
    return second not in MATHEMATICS + MEASURES and (first not in "≈ƒ" or (second.isalpha() and second not in "ªº"))


def _may_be_damage(run: re.Match[str]) -> bool:
    """Say whether a run in a damaged text is damage, too. Here this includes a Latin letter ("ƒ∞", "o√π") or two of another
    script, which are no evidence in a healthy text.

    A root of a number ("2√π") stays, and so does what begins with a quotation mark or a dash ("’é").
    """
    right = _undone(run[0])
    if right is None or _is_damage(run):
        return right is not None
    if max(right) > LAST_OF_LATIN:
        return max(right) > "\u07ff" or (len(right) > 1 and right.isalpha() and min(right) > LAST_OF_LATIN)
    text = run.string
    beside_a_letter = text[run.start() - 1 : run.start()].isalpha() or text[run.end() : run.end() + 1].isalpha()
    return run[0][0] in "√ƒ" and right.isalpha() and max(right) <= "\u017f" and beside_a_letter
