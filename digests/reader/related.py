"""Papers like one: by the words of title and abstract, and by who posted both. Asked among the papers of nearby lists, so that it
costs the same however long the archive is.

The measure is the cosine of the two texts' words, each weighed by how rare it is among the papers asked (tf-idf), plus a share
for the people who posted both, weighed by how few of these papers have as many.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from math import log, sqrt

from django.db.models import Count, Exists, OuterRef, Subquery
from django.db.models.functions import Coalesce, Left

from digests.models import Entry, in_published_digest
from papers.models import Mention, Paper, PaperCategory, of_live_tweet
from papers.search.words import words

SPAN = timedelta(days=60)
"""Lists so long before, and so long after."""
EARLIEST, LATEST = date.min + SPAN, date.max - SPAN
MOST = 600
"""Papers that are looked at."""
CHARACTERS = 700
"""Of an abstract."""
SHOWN = 5
LEAST = 0.12
FOR_PEOPLE = 0.4


@dataclass(frozen=True, slots=True)
class RelatedPaper:
    paper: Paper
    """With id, title and authors alone."""
    words: Sequence[str]
    """Those that weigh most in what the texts share, as they are compared: small and in the singular."""
    posters: int
    """People who posted both."""


def related_to(paper: Paper, codes: Iterable[str]) -> list[RelatedPaper]:
    """The closest, the closest first. One query."""
    of_categories = PaperCategory.objects.filter(paper=OuterRef("paper"), code__in=list(codes))
    entries = Entry.objects.filter(in_published_digest(), Exists(of_categories), digest__date__range=nearby(paper.listing_date))
    rows = entries.exclude(paper=paper.pk).order_by("-pk").annotate(people=_people_of_both(paper))
    asked = ("paper", "paper__arxiv_id", "paper__title", "paper__authors", Left("paper__abstract", CHARACTERS), "people")
    found, texts, people = {}, {}, {}
    for pk, arxiv_id, title, authors, start, both in rows.values_list(*asked)[:MOST]:
        found[pk] = Paper(pk=pk, arxiv_id=arxiv_id, title=title, authors=authors)
        texts[pk], people[pk] = _counted(title, start), both
    of_text = _by_text(_counted(paper.title, paper.abstract[:CHARACTERS]), texts)
    measure = {pk: of_text[pk][0] + _for_people(people[pk], people.values()) for pk in found}
    best = sorted((pk for pk in found if measure[pk] >= LEAST), key=lambda pk: (-measure[pk], -pk))[:SHOWN]
    return [RelatedPaper(found[pk], of_text[pk][1], people[pk]) for pk in best]


def nearby(day: date) -> tuple[date, date]:
    """The first and the last day of the lists that are asked for papers like one of this listing day."""
    return max(day, EARLIEST) - SPAN, min(day, LATEST) + SPAN


def _people_of_both(paper: Paper) -> Coalesce:
    """Of an entry's paper: how many who posted it posted this one, too."""
    posts = Mention.objects.filter(of_live_tweet(), tweet__is_excluded=False).exclude(tweet__author_handle="").order_by()
    mine = posts.filter(paper=paper.pk).values("tweet__author_handle")
    both = posts.filter(paper=OuterRef("paper"), tweet__author_handle__in=mine)
    counted = both.values("paper").annotate(people=Count("tweet__author_handle", distinct=True)).values("people")
    return Coalesce(Subquery(counted), 0)


def _for_people(both: int, of_all: Collection[int]) -> float:
    """What people who posted both add: the less, the more papers have as many of them. Some post everything."""
    if not both:
        return 0.0
    as_many = sum(one >= both for one in of_all)
    return FOR_PEOPLE * log((len(of_all) + 1) / as_many) / log(len(of_all) + 1)


@lru_cache(maxsize=2 * MOST)
def _counted(title: str, abstract: str) -> Counter[str]:
    """A word of the title weighs as three of the abstract. Papers of one time ask for the same; nobody changes what they get."""
    counted = Counter(words(abstract))
    for word in words(title):
        counted[word] += 3
    return counted


def _by_text(text: Counter[str], others: Mapping[int, Counter[str]]) -> dict[int, tuple[float, list[str]]]:
    """By paper the cosine, and the words that bring most of it."""
    papers_with = Counter(word for other in others.values() for word in other)
    rarity = {word: log((len(others) + 1) / (papers_with[word] + 1)) + 0.1 for word in {*papers_with, *text}}

    def weighed(counted: Counter[str]) -> dict[str, float]:
        return {word: (1 + log(number)) * rarity[word] for word, number in counted.items()}

    def length(weights: dict[str, float]) -> float:
        return sqrt(sum(weight * weight for weight in weights.values())) or 1.0

    own = weighed(text)
    own_length, told = length(own), {}
    for pk, other in others.items():
        weights = weighed(other)
        shared = {word: own[word] * weights[word] for word in own.keys() & weights.keys()}
        strongest = sorted(shared, key=lambda word: (-shared[word], word))[:3]
        told[pk] = (sum(shared.values()) / (own_length * length(weights)), strongest)
    return told
