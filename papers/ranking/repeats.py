"""The same person who posts the same text about a paper on two networks. Pure.

The rule is careful, since it hides a post from a list: another network, the same words and enough of them, within a day, and a
name or handle in common. Links, mentions and hashtags are left out of the words, as each network writes them in its own way.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from papers.text.embed import text_of

WITHIN = timedelta(days=1)
SHORTEST = 20
"""Characters; shorter texts may well be two people's own."""
NOT_WORDS = re.compile(r"<a [^<>]*+>[^<>]*+</a>|https?://\S++|[@#]\w++")


@dataclass(frozen=True)
class Said:
    """Who said what, and when, as far as it is needed to tell a repeat."""

    network: str
    people: frozenset[str]
    """The author's name and handle in small letters, and the handle's first part where it is a host."""
    words: str
    at: datetime

    @classmethod
    def read(cls, network: str, name: str, handle: str, body_html: str, at: datetime) -> Self:
        people = {_folded(name), _folded(handle), _folded(handle.partition(".")[0])} - {""}
        return cls(network, frozenset(people), words_of(body_html), at)

    def repeats(self, other: Self) -> bool:
        """Whether the two are one person's, about the same on two networks."""
        is_elsewhere = self.network != other.network and abs(self.at - other.at) <= WITHIN
        return is_elsewhere and len(self.words) >= SHORTEST and self.words == other.words and bool(self.people & other.people)


def words_of(body_html: str) -> str:
    """The words of a post's body in small letters, with one blank between them."""
    return _folded(text_of(NOT_WORDS.sub(" ", body_html)))


LONGEST_WORD = 200
"""Characters of a word that are compared."""


def _folded(text: str) -> str:
    # By words of a bounded length: to put a long run of combining marks in order takes time with the square of its length.
    words = (unicodedata.normalize("NFKC", word[:LONGEST_WORD]).casefold() for word in text.split())
    return " ".join(" ".join(words).split()).strip(" .…:;-–—")
