"""The papers of a selection, hottest or newest first, a page at a time.

Each paper appears once in a list: as the newest day of the period that lists it printed it. Counts of the old site's posts are
never compared with those read from the network: the hottest list begins with all papers with counts from the network; those
with old counts follow in an order of their own.

No page costs more the longer the archive is. Rows are read in the order of an index until the page is full. If few rows meet
one of the criteria, these are fetched and sorted instead. Only two frequent criteria that rarely meet make the database read
many rows for a page.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast
from django.db.models.lookups import IsNull

from digests.models import SCORE, Digest, Entry
from digests.page_cache.subjects import EVER, times
from digests.reader.lists.selections import Order, Selection, SelectionError
from papers.models import PaperCategory, Provenance
from papers.rows import fetch, objects
from papers.search.finding import matching_ids

PAPERS_A_PAGE = 30
HOTTEST_OF = {"week": "Week", "month": "Month", "year": "Year", "ever": "Ever"}
"""The periods, by their names in `Selection`, that have a page of their hottest papers."""
FEW = 3000
"""The most rows that are fetched and sorted for one page."""
FEW_DAYS = 366


@dataclass(frozen=True, slots=True)
class ListPage:
    """Some papers of a selection, as entries with their paper, its categories, and their digest."""

    selection: Selection
    entries: Sequence[Entry]
    after: str
    """The page begins after this place in the list; empty for the first page."""
    next_after: str
    """The next page begins after this place in the list; empty on the last page."""
    bounds: tuple[date | None, date | None] = (None, None)
    """The first and the last day of its period, if it has any."""
    most_matches: int = 0
    """If more papers match the selection's text than are considered, how many are: the hottest ones; otherwise 0."""

    @property
    def older(self) -> str | None:
        """Return the address of the next page; None on the last one."""
        return self.selection.address(after=self.next_after) if self.next_after else None

    @property
    def has_recent_matches(self) -> bool:
        """Say whether as many papers of the last year are considered in addition (see `_matching`)."""
        return self.selection.order is Order.NEWEST

    @property
    def is_ranked(self) -> bool:
        """Say whether the papers' places are ranks: by one kind of counts, from the first one on."""
        kinds = {entry.provenance for entry in self.entries}
        return self.selection.order is Order.HOTTEST and not self.after and len(kinds) == 1

    @property
    def shows(self) -> dict[str, Any]:
        """Return what the page depends on, for `shows` of digests/page_cache."""
        papers = [entry.paper for entry in self.entries]
        if self.is_of_days and papers and self.selection.period.text == "ever":
            # A day that comes in between, above or below is a neighbour of one that is shown.
            return {"texts_of": papers, "digests": {entry.digest_id: entry.digest for entry in self.entries}.values()}
        # The newest days are others with each new one.
        return {
            "texts_of": papers,
            "lists_of": times(*self.bounds),
            "papers_listed": [EVER] if self.selection.period.days else [],
        }

    @property
    def shows_without_counts(self) -> dict[str, Any]:
        """Return the same for a page that prints no counts."""
        if not self.is_of_days:
            return self.shows
        listed = [EVER] if self.selection.period.days else times(*self.bounds)
        return {"texts_of": [entry.paper for entry in self.entries], "papers_listed": listed}

    @property
    def is_of_days(self) -> bool:
        """Say whether it has whole days, one after the other."""
        selection = self.selection
        return selection.order is Order.NEWEST and not (selection.category or selection.text or selection.at_least)

    @property
    def has_samples(self) -> bool:
        return any(entry.digest.is_sample for entry in self.entries)

    @property
    def has_inflated_counts(self) -> bool:
        return any(entry.counts_are_inflated for entry in self.entries)


def listed(selection: Selection, after: str = "", limit: int = PAPERS_A_PAGE) -> ListPage:
    """Return the page after the place `after`. Thirteen queries at most. Raises SelectionError if there is no such place."""
    matching, are_all = _matching(selection)
    bounds = _bounds(selection)
    rows = _rows(selection, matching, *bounds)
    keys = _hottest(rows, after, limit + 1) if selection.order is Order.HOTTEST else _newest(rows, after, limit + 1)
    entries = fetched([key[0] for key in keys[:limit]])
    next_after = ".".join(str(part) for part in keys[limit - 1][1:]) if len(keys) > limit else ""
    return ListPage(selection, entries, after, next_after, bounds, 0 if are_all else FEW)


def fetched(pks: Sequence[int]) -> list[Entry]:
    """Return the entries in this order, with paper, categories and digest; two queries."""
    found = {entry.pk: entry for entry in objects(Entry, "id", pks, joined=("paper", "digest"))}
    fetch((entry.paper for entry in found.values()), "categories")
    return [found[pk] for pk in pks if pk in found]


def newest_day() -> date | None:
    """Return the newest published day."""
    return Digest.objects.published().order_by("-date").values_list("date", flat=True).first()


def _matching(selection: Selection) -> tuple[list[int], bool]:
    """Return the papers that match the text, and whether these are all. Of more than FEW, the hottest are returned; for the
    newest first, also the hottest of those announced within a year before the newest day: otherwise a new paper would have to
    be among the hottest of all."""
    if not selection.text:
        return [], True
    found = matching_ids(selection.text, FEW + 1, are_hottest=True)
    if len(found) <= FEW:
        return found, True
    found = found[:FEW]
    if selection.order is Order.NEWEST and (newest := newest_day()):
        found += matching_ids(selection.text, FEW, since=newest - timedelta(days=FEW_DAYS), are_hottest=True)
    return found, False


def _rows(selection: Selection, matching: list[int], since: date | None, until: date | None) -> QuerySet[Any]:
    """Return the entries of the selection, unsorted, each with its `day`, `score` and `source`."""
    days = Digest.objects.published().between(since, until)
    criteria = []
    few_rows = False
    if selection.period.text != "ever":
        few_days = list(days.values_list("pk", flat=True)[: FEW_DAYS + 1])
        if len(few_days) <= FEW_DAYS:
            few_rows = True
            criteria.append(Q(digest__in=few_days))
    if selection.text:
        few_rows = True
        criteria.append(Q(paper__in=matching))
    of_category = PaperCategory.objects.filter(code=selection.category).order_by("paper_id")
    if selection.category and _are_few(of_category):
        few_rows = True
        criteria.append(Q(paper__in=of_category.order_by().values("paper")))
    if selection.at_least:
        criteria.append(Q(score__gte=selection.at_least))
        hot = Q(score__gte=selection.at_least, provenance__in=Provenance.values)
        if selection.order is Order.NEWEST and not few_rows and _are_few(Entry.objects.alias(score=SCORE).filter(hot).order_by()):
            few_rows = True
            criteria.append(hot)
    if selection.category:
        criteria.append(_there_is(of_category.filter(paper=OuterRef("paper")), few_rows))
    its_day = Subquery(days.filter(pk=OuterRef("digest")).order_by().values("date"))
    if selection.order is Order.NEWEST and not few_rows:
        rows = Entry.objects.filter(digest__status=Digest.Status.PUBLISHED).alias(day=F("digest__date"), score=SCORE)
        if since:
            rows = rows.filter(day__gte=since)
        if until:
            rows = rows.filter(day__lte=until)
    else:
        rows = Entry.objects.alias(day=its_day, score=SCORE).filter(day__isnull=False)
    # SQLite would rather go along the index of the hottest than sort a few rows: behind a cast it does not see that it could.
    rows = rows.alias(source=Cast("provenance", CharField()) if few_rows else F("provenance"))
    others = Entry.objects.filter(paper=OuterRef("paper")).exclude(pk=OuterRef("pk")).alias(day=its_day)
    return rows.filter(*criteria, ~_there_is(others.filter(day__gt=OuterRef("day")), few_rows))


def _there_is(rows: QuerySet[Any], few_rows: bool) -> Q:
    """Return a condition that such a row exists. PostgreSQL may turn EXISTS into a join: that is right if it reads an index
    until a page is full; but if it sorts a few rows, it would read all of the other table, so there it gets a subquery that it
    cannot rewrite."""
    return Q(IsNull(Subquery(rows.order_by().values("pk")[:1]), False)) if few_rows else Q(Exists(rows))


def _are_few(rows: QuerySet[Any]) -> bool:
    return rows[: FEW + 1].count() <= FEW


def _bounds(selection: Selection) -> tuple[date | None, date | None]:
    period = selection.period
    if period.days is None:
        return period.since, period.until
    newest = newest_day()
    return (newest - timedelta(days=period.days - 1) if newest else None), newest


def _newest(rows: QuerySet[Any], after: str, limit: int) -> list[tuple[Any, ...]]:
    """Return a page of rows, newest day first and in each day's own order: (primary key, day, position)."""
    if after:
        found = re.fullmatch(r"([0-9]{4}-[0-9]{2}-[0-9]{2})\.([0-9]{1,5})", after)
        try:
            day, position = date.fromisoformat(found[1] if found else ""), int(found[2] if found else 0)
        except ValueError as error:
            raise _no_place() from error
        rows = rows.filter(Q(day__lt=day) | Q(position__gt=position), day__lte=day)
    return list(rows.order_by("-day", "position").values_list("pk", F("day"), "position")[:limit])


def _hottest(rows: QuerySet[Any], after: str, limit: int) -> list[tuple[Any, ...]]:
    """Return a page of rows, with counts from the network first, then old ones, each hottest first: (primary key, provenance,
    score, primary key)."""
    provenances: list[str] = [Provenance.NETWORK, Provenance.POST]
    behind = Q()
    if after:
        found = re.fullmatch(r"(network|post)\.([0-9]{1,10})\.([0-9]{1,18})", after)
        if not found:
            raise _no_place()
        provenances = provenances[provenances.index(found[1]) :]
        behind = Q(Q(score__lt=int(found[2])) | Q(pk__lt=int(found[3])), score__lte=int(found[2]))
    keys: list[tuple[Any, ...]] = []
    for provenance in provenances:
        if len(keys) < limit:
            of_one = rows.filter(behind, source=provenance).order_by(F("score").desc(), "-pk")
            keys += of_one.values_list("pk", "provenance", F("score"), F("pk"))[: limit - len(keys)]
        behind = Q()
    return keys


def _no_place() -> SelectionError:
    return SelectionError("“after” does not say a place in this list: follow the links at its end, or leave it out.")
