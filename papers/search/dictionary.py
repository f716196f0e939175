"""The words of titles and of authors' names: which there are, how they go on, and which one a misspelled word may be.

Grown as papers are indexed, never read as a whole. A misspelled word is found by keys that it shares with the right one
(SymSpell's, https://github.com/wolfgarbe/SymSpell): the beginning of each word without any one of its letters. So a word has
eight keys at most, and to look one up costs some thirty, however many words there are.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zlib import crc32

from django.db import connection
from django.db.models import F, Q
from rapidfuzz.distance import OSA

from papers.models import MisspelledWord, SearchWord
from papers.rows import insert, select
from papers.search.words import LONGEST_WORD, UNSPACED
from papers.text.folding import begins

KEYED = 7
"""Letters at the beginning of a word that its keys are made of."""
SHORTEST = 4
"""Letters of a word that has keys: shorter ones are a slip apart from too many."""
MOST_CANDIDATES = 400
MOST_ENDINGS = 20
"""Words that a beginning stands for, the most frequent ones."""


@dataclass(frozen=True, slots=True)
class Known:
    papers: int = 0
    names: int = 0

    @property
    def is_name(self) -> bool:
        """Whether it is an author's name and hardly anything else."""
        return self.names > 10 * self.papers

    @property
    def frequency(self) -> int:
        return self.papers + self.names


NOWHERE = Known()


def add(in_titles: Counter[str], in_names: Counter[str]) -> None:
    """Add these plain words to the dictionary, with how many papers came with each; 0 where they were counted before."""
    words = sorted(word for word in in_titles.keys() | in_names.keys() if 1 < len(word) <= LONGEST_WORD)
    there = {word for (word,) in select(SearchWord, ["word"], "word", words)}
    rows = [(word, in_titles[word], in_names[word]) for word in words]
    table = SearchWord._meta.db_table
    # In one order, so that two that add wait for each other and never both.
    insert(
        SearchWord,
        ["word", "papers", "names"],
        [row for row in rows if row[0] not in there or row[1] or row[2]],
        on_conflict=f"(word) DO UPDATE SET papers = {table}.papers + excluded.papers, names = {table}.names + excluded.names",
    )
    new = [word for word in words if word not in there and has_keys(word)]
    numbers = select(SearchWord, ["word", "id"], "word", new)
    keys = ((key, number) for word, number in numbers for key in keys_of(word))
    insert(MisspelledWord, ["key", "word"], keys, on_conflict="DO NOTHING")


def empty() -> None:
    with connection.cursor() as cursor:
        for model in (MisspelledWord, SearchWord):
            cursor.execute(f"DELETE FROM {model._meta.db_table}")  # noqa: S608 - names of our own tables


def known(words: Iterable[str]) -> dict[str, Known]:
    """Those of the plain words that there are; one query, or none."""
    asked = sorted(set(words))
    rows = SearchWord.objects.filter(word__in=asked).values_list("word", "papers", "names") if asked else ()
    return {word: Known(papers, names) for word, papers, names in rows}


def endings(beginning: str, limit: int = MOST_ENDINGS) -> list[str]:
    """The most frequent plain words with this beginning; one query."""
    # PostgreSQL has an index of its own for LIKE on a unique column, in whatever language its other indexes are sorted.
    is_ours = Q(word__startswith=beginning) if connection.vendor == "postgresql" else begins("word", beginning)
    return list(
        SearchWord.objects.filter(is_ours).order_by(-F("papers") - F("names"), "word").values_list("word", flat=True)[:limit]
    )


def corrections(words: Sequence[str]) -> dict[str, str]:
    """What those of the plain words may mean that have a like one: the nearest, then the most frequent; one query, or none."""
    keys = {word: lookup_keys(word) for word in words if has_keys(word)}
    asked = sorted(set().union(*keys.values())) if keys else []
    if not asked:
        return {}
    rows = MisspelledWord.objects.filter(key__in=asked).order_by(-F("word__papers") - F("word__names"), "word__word")
    found = list(rows.values_list("key", "word__word", "word__papers", "word__names")[: MOST_CANDIDATES * len(keys)])
    best = {}
    for word, own in keys.items():
        frequencies = {other: papers + names for key, other, papers, names in found if key in own}
        if nearest := _nearest(word, frequencies):
            best[word] = nearest
    return best


def _nearest(word: str, frequencies: dict[str, int]) -> str | None:
    most = slips(word)
    ranked = []
    for other, frequency in frequencies.items():
        if digits(other) != digits(word):
            continue
        distance = OSA.distance(word, other, score_cutoff=most)
        if 0 < distance <= min(most, slips(other)):
            ranked.append((distance, word[0] != other[0], -frequency, other))
    return min(ranked)[-1] if ranked else None


def slips(word: str) -> int:
    """How many letters may be wrong."""
    return 1 if len(word) < 8 else 2


def has_keys(word: str) -> bool:
    """Whether it has enough letters: a number is not misspelled, and other scripts are cut in pieces."""
    return sum(map(str.isalpha, word)) >= SHORTEST and not UNSPACED.search(word)


def digits(word: str) -> str:
    """In which a misspelled word is right: gpt3 is not gpt2."""
    return "".join(filter(str.isdigit, word))


def keys_of(word: str) -> set[int]:
    """Under which it is found."""
    return {checksum(one) for one in _shorter(word[:KEYED])}


def lookup_keys(word: str) -> set[int]:
    """By which it is looked for: one letter shorter yet, since it may have two that are wrong."""
    once = _shorter(word[: KEYED + 1]) | _shorter(word[:KEYED])
    return {checksum(two) for one in once if len(one) > 2 for two in ({one} if len(word) < 8 else _shorter(one))}


def _shorter(word: str) -> set[str]:
    return {word, *(word[:place] + word[place + 1 :] for place in range(len(word)))}


def checksum(text: str) -> int:
    return crc32(text.encode())
