"""Papers like one (see likeness.py). Asked among the papers of nearby lists, so that it costs the same however long the archive
is."""

import json
from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache, reduce
from itertools import compress, count, groupby, islice
from operator import or_
from typing import Any, NamedTuple

from django.db.models import Aggregate, Exists, OuterRef, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Cast, Left

from digests.models import Digest, Entry
from digests.reader.likeness import ComparedPapers, Text
from digests.reader.made_once import kept
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
BITS = bytes.maketrans(b"01", b"\0\1")


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
        first, *others = of_month
        near = _near_month(first.paper.listing_date) if others else _near_one(first)
        found |= {one.paper.pk: near.related(one) for one in (first, *others)}
    return found


def nearby(day: date) -> tuple[date, date]:
    """The first and the last day of the lists that are searched for papers like one of this listing day."""
    return max(day, EARLIEST) - SPAN, min(day, LATEST) + SPAN


class _Near:
    """The papers of nearby lists, ready to be compared with others."""

    def __init__(self, entries: QuerySet[Entry]) -> None:
        """`entries` of these lists, those that were listed last first; one query."""
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
        self._listed = [_Listed(*row) for row in rows]
        people = (set(one.people.split("\n")) if one.people else () for one in self._listed)
        self._compared = ComparedPapers(_texts(self._listed), people)

    def related(self, asked: Asked) -> list[RelatedPaper]:
        """The closest papers, closest first."""
        listed = self._listed
        first: dict[int, int] = {}  # of several places of a paper
        for place in self._places(asked):
            first.setdefault(listed[place].pk, place)
        text = _text(asked.paper.title, asked.paper.abstract[:CHARACTERS])
        found = self._compared.alike(text, asked.people, list(first.values()))
        found.sort(key=lambda like: (-like.measure, -listed[like.place].pk))
        return [RelatedPaper(listed[like.place].paper(), like.words, like.posters) for like in found[:SHOWN]]

    def _places(self, asked: Asked) -> Iterable[int]:
        """Those with which the paper is compared: here the database chose them."""
        return range(len(self._listed))


class _NearMonth(_Near):
    """The papers of the lists that are near to any day of a month."""

    def __init__(self, day: date) -> None:
        """The month of this day; three queries."""
        last = day.replace(day=monthrange(day.year, day.month)[1])
        days = Digest.objects.published().between(nearby(day.replace(day=1))[0], nearby(last)[1])
        super().__init__(Entry.objects.filter(digest__in=days).order_by("-pk"))
        day_of = dict(select(Digest, ["id", "date"], "id", {one.digest for one in self._listed}))
        codes_of = defaultdict[int, list[str]](list)
        for pk, code in select(PaperCategory, ["paper", "code"], "paper", {one.pk for one in self._listed}):
            codes_of[pk].append(code)
        # A set of places is a number, with a bit for each: what two sets have in common is found at once.
        self._of_day, self._of_code, self._of_paper = (defaultdict[Any, int](int) for _ in range(3))
        for place, one in enumerate(self._listed):
            self._of_day[day_of[one.digest]] |= 1 << place
            self._of_paper[one.pk] |= 1 << place
            for code in codes_of[one.pk]:
                self._of_code[code] |= 1 << place

    def _places(self, asked: Asked) -> Iterable[int]:
        since, until = nearby(asked.paper.listing_date)
        of_days = reduce(or_, (places for day, places in self._of_day.items() if since <= day <= until), 0)
        of_codes = reduce(or_, (self._of_code[code] for code in asked.codes), 0)
        bits = bin(of_days & of_codes & ~self._of_paper[asked.paper.pk])[:1:-1].encode().translate(BITS)
        return islice(compress(count(), bits), MOST)


def _near_one(asked: Asked) -> _Near:
    """Those that may be like one paper; one query."""
    days = Digest.objects.published().between(*nearby(asked.paper.listing_date))  # not joined: SQLite would begin at all entries
    of_categories = PaperCategory.objects.filter(paper=OuterRef("paper"), code__in=asked.codes)
    entries = Entry.objects.filter(Exists(of_categories), digest__in=days).order_by("-pk")
    first = entries.exclude(paper=asked.paper.pk)[:MOST]
    return _Near(Entry.objects.filter(pk__in=first.values("pk")).order_by("-pk"))  # so that only these are read


def _near_month(day: date) -> _Near:
    """Kept until another month is asked for: pages are made day by day."""
    months, month = kept("months"), (day.year, day.month)
    if month not in months:
        months.clear()
        months[month] = _NearMonth(day)
    found: _Near = months[month]
    return found


class _Lines(Aggregate):
    """The texts with a line end between them."""

    function = "GROUP_CONCAT"
    output_field = TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, function="STRING_AGG", **extra)


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
