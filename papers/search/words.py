"""Text as words to look for: folded alike when it is indexed and when it is asked for, so that both databases agree.

The databases get words that are ready: they neither fold nor stem nor know a language.
"""

import re
import unicodedata
from functools import lru_cache

WORD = re.compile(r"[^\W_]+")
LONGEST_WORD = 40
LONGEST_KEY = 100
STOP_WORDS = frozenset(re.findall(r"\w+", "a an and are as at be by for from in is it of on or that the this to we which with"))
"""They stand in nearly every abstract, so they are neither indexed nor looked for."""
UNDECOMPOSED = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ħ": "h"})
"""Letters that Unicode does not take apart."""


@lru_cache(maxsize=65_536)
def plain(word: str) -> str:
    """Without case and accents; cut where it is very long."""
    lower = word.lower()
    if not lower.isascii():
        # Twice: to take letters apart may bring a capital about (ᴬ is an A), and to fold them, letters to take apart.
        decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", lower).casefold())
        bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter)).translate(UNDECOMPOSED)
        lower = "".join(WORD.findall(bare))
    return lower[:LONGEST_WORD]


@lru_cache(maxsize=65_536)
def folded(word: str) -> str:
    """Plain, and without the ending of an English plural (Harman's S-stemmer)."""
    stem = plain(word)
    if len(stem) > 3 and stem.endswith("s"):
        if stem.endswith("ies") and stem[-4] not in "ae":
            return stem[:-3] + "y"
        if stem[-2] not in "us":
            return stem[:-1]
    return stem


def words(text: str) -> list[str]:
    """The folded words in order, without stop words."""
    return [word for word in map(folded, WORD.findall(text)) if word and word not in STOP_WORDS]


def name_words(name: str) -> list[str]:
    """The folded words of a name, of which none is left out: An, By and It are names, too."""
    return [word for word in map(folded, WORD.findall(name)) if word]


def author_key(name: str) -> str:
    """What papers of one name have in common, as an address: `yann-lecun`; the key of a key is itself. Names are not persons."""
    return "-".join(filter(None, map(plain, WORD.findall(name))))[:LONGEST_KEY].rstrip("-")
