"""Papers like one (see likeness.py). Asked among the papers of nearby lists, so that it costs the same however long the archive
is."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache, reduce
from itertools import groupby, islice
from operator import or_
from typing import Any, NamedTuple

from django.db.models import Aggregate, Exists, OuterRef, Subquery, TextField, Value
from django.db.models.functions import Cast, Left

from digests.models import Digest, Entry
from digests.reader.likeness import Shelf, Text
from digests.reader.once import kept
from papers.models import Mention, Paper, PaperCategory, of_live_tweet
from papers.rows import select

SPAN = timedelta(days=60)
"""How far a list may be from the paper’s listing day, before or after."""
EARLIEST, LATEST = date.min + SPAN, date.max - SPAN
MOST = 600
"""The most papers that are compared."""
CHARACTERS = 700
"""Characters of an abstract that are read."""
SHOWN = 5


class Asked(NamedTuple):
    """A paper to which others are sought."""

    paper: Paper
    codes: Set[str]
    """Its categories."""
    people: Set[str]
    """The handles of those who posted it."""


@dataclass(frozen=True, slots=True)
class RelatedPaper:
    paper: Paper
    """The related paper, loaded with only its id, title and authors."""
    words: Sequence[str]
    """The shared words that weigh most, in lower case and in the singular, as they are compared."""
    posters: int
    """How many people posted both papers."""


class _Listed(NamedTuple):
    """A paper of a nearby list."""

    digest: int
    pk: int
    arxiv_id: str
    title: str
    authors: str
    """As JSON."""
    start: str
    """Of the abstract."""
    people: str | None
    """The handles of those who posted it, one for each post, one a line."""

    def paper(self) -> Paper:
        return Paper(pk=self.pk, arxiv_id=self.arxiv_id, title=self.title, authors=json.loads(self.authors))


def related_to(asked: Iterable[Asked]) -> dict[int, list[RelatedPaper]]:
    """The closest papers of each, by its primary key, closest first; one query for one, three for all those of a month."""
    by_day = sorted(asked, key=lambda one: one.paper.listing_date)
    found = dict[int, list[RelatedPaper]]()
    for _, of_month in groupby(by_day, lambda one: (one.paper.listing_date.year, one.paper.listing_date.month)):
        found |= _related(list(of_month))
    return found


def nearby(day: date) -> tuple[date, date]:
    """The first and the last day of the lists that are searched for papers like one of this listing day."""
    return max(day, EARLIEST) - SPAN, min(day, LATEST) + SPAN


def _related(asked: Sequence[Asked]) -> dict[int, list[RelatedPaper]]:
    listed = _listed(asked)
    own = [_text(one.paper.title, one.paper.abstract[:CHARACTERS]) for one in asked]
    people = (set(one.people.split("\n")) if one.people else () for one in listed)
    shelf = Shelf(_texts(listed), people, set().union(*(text.words for text in own)))
    found = {}
    for one, text, others in zip(asked, own, _others(asked, listed), strict=True):
        alike = sorted(shelf.alike(text, one.people, others), key=lambda like: (-like.measure, -listed[like.place].pk))
        found[one.paper.pk] = [RelatedPaper(listed[like.place].paper(), like.words, like.posters) for like in alike[:SHOWN]]
    return found


def _listed(asked: Sequence[Asked]) -> list[_Listed]:
    """Those that may be like any of the papers, which are sorted by day; those that were listed last come first."""
    since, until = nearby(asked[0].paper.listing_date)[0], nearby(asked[-1].paper.listing_date)[1]
    days = Digest.objects.published().between(since, until)  # not joined: SQLite would begin at all entries
    codes = frozenset[str]().union(*(one.codes for one in asked))
    of_categories = PaperCategory.objects.filter(paper=OuterRef("paper"), code__in=codes)
    entries = Entry.objects.filter(Exists(of_categories), digest__in=days).order_by("-pk")
    if len(asked) == 1:
        first = entries.exclude(paper=asked[0].paper.pk)[:MOST]
        entries = Entry.objects.filter(pk__in=first.values("pk")).order_by("-pk")  # so that only these are read
    posts = Mention.objects.filter(of_live_tweet(), paper=OuterRef("paper"), tweet__is_excluded=False).order_by()
    rows = entries.values_list(
        "digest",
        "paper",
        "paper__arxiv_id",
        "paper__title",
        Cast("paper__authors", TextField()),
        Left("paper__abstract", CHARACTERS),
        Subquery(posts.values("paper").annotate(all=_Lines("tweet__author_handle", Value("\n"))).values("all")),
    )
    return [_Listed(*row) for row in rows]


class _Lines(Aggregate):
    """The texts with a line end between them."""

    function = "GROUP_CONCAT"
    output_field = TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, function="STRING_AGG", **extra)


def _others(asked: Sequence[Asked], listed: Sequence[_Listed]) -> Iterator[list[int]]:
    """For each paper, the places of those with which it is compared, each once; two queries, or none for one paper."""
    if len(asked) == 1:
        yield _once(range(len(listed)), listed)  # the database chose
        return
    day_of = dict(select(Digest, ["id", "date"], "id", {one.digest for one in listed}))
    codes_of = defaultdict[int, list[str]](list)
    for pk, code in select(PaperCategory, ["paper", "code"], "paper", {one.pk for one in listed}):
        codes_of[pk].append(code)
    # A set of places is a number, with a bit for each: what two sets have in common is found at once.
    of_day, of_code, of_paper = defaultdict[date, int](int), defaultdict[str, int](int), defaultdict[int, int](int)
    for place, one in enumerate(listed):
        of_day[day_of[one.digest]] |= 1 << place
        of_paper[one.pk] |= 1 << place
        for code in codes_of[one.pk]:
            of_code[code] |= 1 << place
    for paper, codes, _ in asked:
        since, until = nearby(paper.listing_date)
        of_days = reduce(or_, (places for day, places in of_day.items() if since <= day <= until), 0)
        of_codes = reduce(or_, (of_code[code] for code in codes), 0)
        bits = bin(of_days & of_codes & ~of_paper[paper.pk])[:1:-1]
        yield _once(islice((place for place, bit in enumerate(bits) if bit == "1"), MOST), listed)


def _once(places: Iterable[int], listed: Sequence[_Listed]) -> list[int]:
    """Of several places of a paper the first."""
    first: dict[int, int] = {}
    for place in places:
        first.setdefault(listed[place].pk, place)
    return list(first.values())


def _texts(listed: Iterable[_Listed]) -> list[Text]:
    """The words of each; those of one batch are at hand for the next, most of whose papers are the same."""
    before = kept("texts")
    texts = {key: before.get(key) or _text(*key) for one in listed for key in [(one.title, one.start)]}
    before.clear()
    before.update(texts)
    return [texts[one.title, one.start] for one in listed]


@lru_cache(maxsize=2 * MOST)
def _text(title: str, abstract: str) -> Text:
    """Cached, because papers of the same time are compared with the same ones."""
    return Text.of(title, abstract)
