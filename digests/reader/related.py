"""Papers like one: by the words of title and abstract, and by who posted both. Asked among the papers of nearby lists, so that it
costs the same however long the archive is.

The measure is the cosine of the two texts' words, each weighed by how rare it is among the papers asked (tf-idf), plus a share
for the people who posted both, weighed by how few of these papers have as many.
"""

import json
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import chain
from math import log, sqrt
from operator import mul

from django.db.models import Count, Exists, OuterRef, Subquery, TextField
from django.db.models.functions import Cast, Coalesce, Left

from digests.models import Digest, Entry
from papers.models import Mention, Paper, PaperCategory, of_live_tweet
from papers.search.words import words

SPAN = timedelta(days=60)
"""How far a list may be from the paper’s listing day, before or after."""
EARLIEST, LATEST = date.min + SPAN, date.max - SPAN
MOST = 600
"""The most papers that are compared."""
CHARACTERS = 700
"""Characters of an abstract that are read."""
SHOWN = 5
LEAST = 0.12
FOR_PEOPLE = 0.4


@dataclass(frozen=True, slots=True)
class RelatedPaper:
    paper: Paper
    """The related paper, loaded with only its id, title and authors."""
    words: Sequence[str]
    """The shared words that weigh most, in lower case and in the singular, as they are compared."""
    posters: int
    """How many people posted both papers."""


def related_to(paper: Paper, codes: Iterable[str]) -> list[RelatedPaper]:
    """The closest papers, closest first; one query."""
    of_categories = PaperCategory.objects.filter(paper=OuterRef("paper"), code__in=list(codes))
    days = Digest.objects.published().between(*nearby(paper.listing_date))  # not joined: SQLite would begin at all entries
    entries = Entry.objects.filter(Exists(of_categories), digest__in=days)
    rows = entries.exclude(paper=paper.pk).order_by("-pk").annotate(people=_people_of_both(paper))
    asked = (
        "paper",
        "paper__arxiv_id",
        "paper__title",
        Cast("paper__authors", TextField()),
        Left("paper__abstract", CHARACTERS),
        "people",
    )
    found, texts, people = {}, {}, {}
    for pk, arxiv_id, title, authors, start, both in rows.values_list(*asked)[:MOST]:
        found[pk] = arxiv_id, title, authors
        texts[pk], people[pk] = _weighed(title, start), both
    of_text, of_all = _Texts(_weighed(paper.title, paper.abstract[:CHARACTERS]), texts), sorted(people.values())
    measure = {pk: of_text.cosine(pk) + _for_people(people[pk], of_all) for pk in found}
    best = sorted((pk for pk in found if measure[pk] >= LEAST), key=lambda pk: (-measure[pk], -pk))[:SHOWN]
    return [RelatedPaper(_paper(pk, *found[pk]), of_text.strongest(pk), people[pk]) for pk in best]


def _paper(pk: int, arxiv_id: str, title: str, authors: str) -> Paper:
    return Paper(pk=pk, arxiv_id=arxiv_id, title=title, authors=json.loads(authors))


def nearby(day: date) -> tuple[date, date]:
    """The first and the last day of the lists that are searched for papers like one of this listing day."""
    return max(day, EARLIEST) - SPAN, min(day, LATEST) + SPAN


def _people_of_both(paper: Paper) -> Coalesce:
    """The number of people who posted both this paper and that of the entry."""
    posts = Mention.objects.filter(of_live_tweet(), tweet__is_excluded=False).exclude(tweet__author_handle="").order_by()
    mine = posts.filter(paper=paper.pk).values("tweet__author_handle")
    both = posts.filter(paper=OuterRef("paper"), tweet__author_handle__in=mine)
    counted = both.values("paper").annotate(people=Count("tweet__author_handle", distinct=True)).values("people")
    return Coalesce(Subquery(counted), 0)


def _for_people(both: int, of_all: Sequence[int]) -> float:
    """What the people who posted both papers add to the score. It is less if many papers have as many of them, since some people
    post everything. `of_all` is sorted."""
    if not both:
        return 0.0
    as_many = len(of_all) - bisect_left(of_all, both)
    return FOR_PEOPLE * log((len(of_all) + 1) / as_many) / log(len(of_all) + 1)


@lru_cache(maxsize=2 * MOST)
def _weighed(title: str, abstract: str) -> Mapping[str, float]:
    """The weight of each word; one in the title counts as three in the abstract. Cached, because papers of the same time are
    compared with the same ones: callers must not change it."""
    counted = Counter(words(abstract))
    for word in words(title):
        counted[word] += 3
    return {word: 1 + log(number) for word, number in counted.items()}


class _Texts:
    """Compares a text with others by their words."""

    def __init__(self, text: Mapping[str, float], others: Mapping[int, Mapping[str, float]]) -> None:
        papers_with = Counter(chain.from_iterable(others.values()))
        rarities = [log((len(others) + 1) / (count + 1)) + 0.1 for count in range(len(others) + 1)]
        self._rarity = dict.fromkeys(text, rarities[0]) | {word: rarities[count] for word, count in papers_with.items()}
        self._others, self._own = others, {word: weight * self._rarity[word] for word, weight in text.items()}
        self._own_length = self._length(text)

    def cosine(self, pk: int) -> float:
        return sum(self._shared(pk).values()) / (self._own_length * self._length(self._others[pk]))

    def strongest(self, pk: int) -> list[str]:
        """The words that contribute most to the similarity."""
        shared = self._shared(pk)
        return sorted(shared, key=lambda word: (-shared[word], word))[:3]

    def _shared(self, pk: int) -> dict[str, float]:
        other = self._others[pk]
        return {word: self._own[word] * (other[word] * self._rarity[word]) for word in self._own.keys() & other.keys()}

    def _length(self, text: Mapping[str, float]) -> float:
        weights = list(map(mul, text.values(), map(self._rarity.__getitem__, text)))  # most of a paper's page is spent here
        return sqrt(sum(map(mul, weights, weights))) or 1.0
