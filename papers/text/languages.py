"""Which language and direction a post is in, as a page may say it: the network's guess, unless the letters contradict it."""

import re
import unicodedata

TAG = re.compile(r"[a-zA-Z]{2,3}(?:-[a-zA-Z0-9]{2,8}){0,3}")
RENAMED = {"in": "id", "iw": "he", "ji": "yi", "jw": "jv", "mo": "ro"}
"""Codes that X still uses, and what they are called now (https://www.iana.org/assignments/language-subtag-registry)."""
NO_LANGUAGE = re.compile(r"(?:und|zxx|mul|art|mis|q[a-t][a-z])(?:-.*)?", re.IGNORECASE)
"""X says `qme` for a post of pictures alone, `qht` for one of hashtags alone."""
SCRIPTS: list[tuple[str, re.Pattern[str], frozenset[str]]] = [
    ("ja", re.compile(r"[\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff]"), frozenset({"ja"})),
    ("ko", re.compile(r"[\uac00-\ud7a3\u1100-\u11ff]"), frozenset({"ko"})),
    ("zh", re.compile(r"[\u4e00-\u9fff]"), frozenset({"zh", "ja", "yue", "wuu", "ko"})),
    ("th", re.compile(r"[\u0e01-\u0e3a]"), frozenset({"th"})),
    ("el", re.compile(r"[\u0386-\u03ce]"), frozenset({"el"})),
    ("he", re.compile(r"[\u05d0-\u05ea]"), frozenset({"he", "yi"})),
    ("ar", re.compile(r"[\u0620-\u064a]"), frozenset({"ar", "fa", "ur", "ps", "ckb", "sd", "ug", "ku"})),
    ("ru", re.compile(r"[\u0430-\u044f]"), frozenset({"ru", "uk", "bg", "sr", "mk", "be", "kk", "ky", "mn", "tg", "cv"})),
]
"""A language, letters that it is written in, and others that are too. Japanese has Han, too, so it needs Kana as well."""
KANA = re.compile(r"[\u3041-\u3096\u30a1-\u30fa]")
LETTER = re.compile(r"[^\W\d_]")


def language_of(text: str, told: str) -> str:
    """A BCP 47 tag; empty where nobody knows. Letters are believed rather than the tag where they are of another script."""
    tag = told if TAG.fullmatch(told) and not NO_LANGUAGE.fullmatch(told) else ""
    first, _, rest = tag.partition("-")
    first = RENAMED.get(first.lower(), first.lower())
    if text.isascii():
        return f"{first}-{rest}" if rest else first
    letters = "".join(LETTER.findall(text))
    for language, pattern, others in SCRIPTS:
        if language == "ja" and not KANA.search(letters):
            continue
        written = len(pattern.findall(letters))
        if written * 3 > len(letters):  # names of methods and people stand in Latin letters everywhere
            if first in others:
                break
            return language
    return f"{first}-{rest}" if rest else first


def direction_of(text: str) -> str:
    """`rtl` where the first letter with a direction is written from right to left, else `ltr`."""
    if text.isascii():
        return "ltr"
    kinds = map(unicodedata.bidirectional, text)
    return "rtl" if next((kind for kind in kinds if kind in ("L", "R", "AL")), "L") in ("R", "AL") else "ltr"
