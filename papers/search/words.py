"""Text as words to look for: folded alike when it is indexed and when it is asked for, so that both databases agree.

The databases get words that are ready: they neither fold nor stem nor know a language.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from hashlib import blake2b
from itertools import pairwise

WORD = re.compile(r"[^\W_]+")
TOKEN = re.compile(r"(?P<word>[^\W_]+)(?P<sign>\+\+|#(?!\w))?")
"""A word, and what makes another one of it: `c++`, `nerf++`, `c#`."""
SIGNS = {"++": "plusplus", "#": "sharp"}
POSSESSIVE = re.compile(r"(?<=[^\W_])['’]s\b", re.IGNORECASE)
COMPOUND = re.compile(r"(?<![^\W_])[^\W_]++(?:[-‐‑‒–·•・][^\W_]++){1,3}")
UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u11ff\u1780-\u17ff\u3040-\u30ff\u3130-\u318f\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
    "\U00020000-\U0003ffff]+"
)
"""Letters of scripts that put no spaces between words, or hardly any: Thai to Khmer, kana, Han, Hangul."""
AMERICAN = {"isation": "ization", "ising": "izing", "ised": "ized", "elling": "eling", "elled": "eled", "our": "or"}
BRITISH = re.compile(rf"(?<=...)(?:{'|'.join(AMERICAN)})\Z")
LONGEST_WORD = 40
LONGEST_KEY = 100
STOP_WORDS = frozenset(re.findall(r"\w+", "a an and are as at be by for from in is it of on or that the this to we which with"))
"""They stand in nearly every abstract, so they are neither indexed nor looked for."""
UNDECOMPOSED = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ħ": "h"})
"""Letters that Unicode does not take apart."""
SHORTEST_RESPELLED = 5
"""Letters: `ma` is no other spelling of `mae`."""
UMLAUT = re.compile("ae|oe|ue|aa")
INFLECTED = re.compile("(?<=...)(?:ations?|ions?|ings?|ed|[eo]rs?|es?)\\Z")
INFLECTIONS = ("", "e", "ed", "er", "or", "ing", "ion", "ation")


@lru_cache(maxsize=65_536)
def plain(word: str) -> str:
    """Without case and accents; cut where it is very long."""
    # To put a long run of combining marks in order takes time with the square of its length.
    lower = word[: 8 * LONGEST_WORD].lower()
    if not lower.isascii():
        # Twice: to take letters apart may bring a capital about (ᴬ is an A), and to fold them, letters to take apart.
        decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", lower).casefold())
        bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter)).translate(UNDECOMPOSED)
        lower = "".join(WORD.findall(bare))
    return lower[:LONGEST_WORD]


@lru_cache(maxsize=65_536)
def folded(word: str) -> str:
    """Plain, without the ending of an English plural (Harman's S-stemmer), and spelled as Americans do."""
    return BRITISH.sub(lambda ending: AMERICAN[ending[0]], _singular(plain(word)))


def _singular(stem: str) -> str:
    if len(stem) > 3 and stem.endswith("s"):
        if stem.endswith("ies") and stem[-4] not in "ae":
            return stem[:-3] + "y"
        if stem[-2] not in "us":
            return stem[:-1]
    return stem


def plain_words(text: str) -> list[str]:
    """All words in order, also those that are not looked for, plain: `c++` as c and plusplus, 深層学習 as 深層, 層学, 学習."""
    return list(_plain_words(text))


def _plain_words(text: str) -> Iterator[str]:
    for token in TOKEN.finditer(POSSESSIVE.sub("", text)):
        if word := plain(token["word"]):
            if word.isascii():
                yield word
            else:
                yield from _pieces(word)
            if token["sign"]:
                yield SIGNS[token["sign"]]


def _pieces(word: str) -> Iterator[str]:
    """The word, letters of a script without spaces by twos."""
    done = 0
    for found in UNSPACED.finditer(word):
        if before := word[done : found.start()]:
            yield before
        letters = found[0]
        yield from map("".join, pairwise(letters)) if len(letters) > 1 else letters
        done = found.end()
    if done < len(word):
        yield word[done:]


def words(text: str) -> list[str]:
    """The folded words in order, without stop words."""
    return list(each_word(text))


def each_word(text: str) -> Iterator[str]:
    """The same one by one, for a text of which only the first may be needed."""
    return (folded(word) for word in _plain_words(text) if word not in STOP_WORDS)


def compounds(text: str) -> list[str]:
    """The folded words that become one without their hyphens: `MLP-Mixers` is `mlpmixer`."""
    return [joined(WORD.findall(found)) for found in COMPOUND.findall(text)]


def joined(parts: Sequence[str]) -> str:
    """Words written as one, folded."""
    return folded("".join(map(plain, parts)))


def name_words(name: str) -> list[str]:
    """The folded words of a name, of which none is left out: An, By and It are names, too."""
    return [word for word in map(folded, WORD.findall(name)) if word]


def author_key(name: str) -> str:
    """What papers of one name have in common, as an address: `yann-lecun`; the key of a key is itself. Names are not persons."""
    return "-".join(filter(None, map(plain, WORD.findall(name))))[:LONGEST_KEY].rstrip("-")


def title_key(title: str) -> str:
    """What a title is told by, however it is spaced and punctuated; empty for one without letters."""
    letters = "".join(plain_words(title))
    return blake2b(letters.encode(), digest_size=8).hexdigest() if letters else ""


def spellings(word: str) -> list[str]:
    """Other spellings of a plain word: `schoelkopf` for `scholkopf`, and the other way round."""
    if len(word) < SHORTEST_RESPELLED:
        return []
    without = UMLAUT.sub(lambda pair: pair[0][0], word)
    with_e = [word[:place] + letter + "e" + word[place + 1 :] for place, letter in enumerate(word) if letter in "aou"]
    return [*([without] if without != word else []), *with_e]


def inflections(word: str) -> list[str]:
    """Other words of the same stem: `tuned` for `tuning`. Many of them are none."""
    stem = INFLECTED.sub("", word)
    return [stem + ending for ending in INFLECTIONS if stem + ending != word] if len(word) > 4 and word.isalpha() else []
