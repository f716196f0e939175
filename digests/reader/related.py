"""Papers like one: by the words of title and abstract, and by who posted both. Asked among the papers of nearby lists, so that it
costs the same however long the archive is.

The measure is the cosine of the two texts' words, each weighed by how rare it is among the papers asked (tf-idf), plus a share
for each person who posted both, weighed by how few of these papers that person posted.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import log, sqrt

from django.db.models import Exists, OuterRef
from django.db.models.functions import Left

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
FOR_A_POSTER = 0.4


@dataclass(frozen=True, slots=True)
class RelatedPaper:
    paper: Paper
    """With id, title and authors alone."""
    words: Sequence[str]
    """Those that weigh most in what the texts share, as they are compared: small and in the singular."""
    posters: int
    """People who posted both."""


def related_to(paper: Paper, codes: Iterable[str]) -> list[RelatedPaper]:
    """The closest, the closest first. Two queries, or one where no such paper is near."""
    nearby = (max(paper.listing_date, EARLIEST) - SPAN, min(paper.listing_date, LATEST) + SPAN)
    of_categories = PaperCategory.objects.filter(paper=OuterRef("paper"), code__in=list(codes))
    entries = Entry.objects.filter(in_published_digest(), Exists(of_categories), digest__date__range=nearby)
    rows = (
        entries.exclude(paper=paper.pk)
        .order_by("-pk")
        .values_list("paper", "paper__arxiv_id", "paper__title", "paper__authors", Left("paper__abstract", CHARACTERS))
    )
    found = {
        pk: (Paper(pk=pk, arxiv_id=one, title=title, authors=authors), start) for pk, one, title, authors, start in rows[:MOST]
    }
    if not found:
        return []
    texts = {pk: _counted(other.title, start) for pk, (other, start) in found.items()}
    posted = _posters([paper.pk, *found])
    of_text = _by_text(_counted(paper.title, paper.abstract[:CHARACTERS]), texts)
    of_posters = _by_posters(paper.pk, posted)
    measure = {pk: of_text[pk][0] + FOR_A_POSTER * of_posters.get(pk, 0.0) for pk in found}
    best = sorted((pk for pk in found if measure[pk] >= LEAST), key=lambda pk: (-measure[pk], -pk))[:SHOWN]
    return [RelatedPaper(found[pk][0], of_text[pk][1], len(posted[paper.pk] & posted[pk])) for pk in best]


def _counted(title: str, abstract: str) -> Counter[str]:
    """A word of the title weighs as three of the abstract."""
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


def _posters(papers: Sequence[int]) -> dict[int, set[tuple[str, str]]]:
    """By paper, who posted it: network and name there."""
    found = defaultdict[int, set[tuple[str, str]]](set)
    rows = Mention.objects.filter(of_live_tweet(), paper__in=papers, tweet__is_excluded=False)
    for pk, network, author, handle in rows.values_list("paper", "tweet__network", "tweet__author_id", "tweet__author_handle"):
        if handle or author:
            found[pk].add((network, handle.lower() or author))
    return found


def _by_posters(paper: int, posted: Mapping[int, set[tuple[str, str]]]) -> dict[int, float]:
    """What each person who posted both adds: the less, the more of the papers that person posted."""
    papers_of = Counter(person for people in posted.values() for person in people)
    mine = posted.get(paper, set())
    return {pk: sum(1 / papers_of[person] for person in people & mine) for pk, people in posted.items() if pk != paper}
