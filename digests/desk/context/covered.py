"""Finds earlier papers that a paper may repeat: the same paper, one with nearly the same title, or one by the same authors."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from django.contrib.auth.models import User
from django.db.models import Q

from digests.desk.context.near_titles import near_titles
from digests.models import Entry, IgnoredCoverage, digest_address, in_published_digest
from papers.models import Paper
from papers.rows import select
from papers.search.words import author_key

TITLES_OF = timedelta(days=365)
"""Titles are compared with lists at most so far from the day."""
AUTHORS_OF = timedelta(days=30)
EARLIEST, LATEST = date.min + TITLES_OF, date.max - TITLES_OF
MOST_AUTHORS = 100
"""Papers with more authors are not compared: a collaboration of thousands shares authors with everything."""
MOST_OF_A_KIND = 3
PAPER, TITLE, AUTHORS = "paper", "title", "authors"

author_key_of = lru_cache(maxsize=65_536)(author_key)  # a desk compares the same names with each of its answers


@dataclass(frozen=True)
class Covered:
    """A paper on a list that another paper may repeat."""

    kind: str
    """`paper` for the same paper, `title` for nearly the same title, `authors` for the same authors."""
    arxiv_id: str
    title: str
    """As arXiv wrote it."""
    day: date
    position: int
    """Its position on that day's list."""
    is_same_day: bool = False
    """Whether it is on the very list that is being edited."""
    names: tuple[str, ...] = ()
    """The shared authors, as arXiv wrote them."""
    is_ignored: bool = False

    @property
    def key(self) -> str:
        """Return the key under which an editor ignores it."""
        return f"{self.kind}:{self.arxiv_id}:{self.day}"

    @property
    def said(self) -> str:
        """Return a few words, for a mark beside the paper."""
        day = f"{self.day:%-d %b %Y}"
        if self.kind == TITLE:
            return f"similar to no. {self.position}" if self.is_same_day else f"similar title on {day}"
        if self.kind == AUTHORS:
            return f"{'same author' if len(self.names) == 1 else f'{len(self.names)} same authors'} on {day}"
        return f"listed on {day}"

    @property
    def address(self) -> str:
        """Return the address where it can be read."""
        return f"#in-{self.arxiv_id}" if self.is_same_day else f"{digest_address(self.day)}#paper-{self.arxiv_id}"


class _Listed(NamedTuple):
    """A paper on a list."""

    paper: int
    day: date
    position: int
    arxiv_id: str
    title: str
    authors: Sequence[str] = ()


COLUMNS = ("paper", "digest__date", "position", "paper__arxiv_id", "paper__title")


def covered(
    papers: Mapping[int, Paper], day: date, entries: Iterable[Entry], ignored: Collection[tuple[int, str]]
) -> dict[int, list[Covered]]:
    """Return for each of these papers (by primary key) what lists of other days had; for near titles also the day's own
    entries.

    The same paper comes first, then near titles, then authors; within each, the newest first. Entries in `ignored` (by paper
    and key) are marked. Four queries. Only lists of one year are read, however long the archive is.
    """
    middle = min(max(day, EARLIEST), LATEST)
    published = Entry.objects.filter(in_published_digest()).exclude(digest__date=day).order_by("digest__date", "position")
    own = [_Listed(one.paper_id, day, one.position, one.paper.arxiv_id, one.paper.title) for one in entries]
    year = published.filter(digest__date__range=(middle - TITLES_OF, middle + TITLES_OF))
    near = _near_titles(papers, list(year.values_list("pk", "paper", "paper__title")), own)
    looked_up = {one for several in near.values() for one in several if isinstance(one, int)}
    rows = published.filter(Q(paper__in=papers) | Q(pk__in=looked_up)).values_list("pk", *COLUMNS)
    listed = {pk: _Listed._make((*row, ())) for pk, *row in rows}
    month = published.filter(digest__date__range=(middle - AUTHORS_OF, middle + AUTHORS_OF))
    written = [_Listed._make(row) for row in month.values_list(*COLUMNS, "paper__authors")]
    found: defaultdict[int, list[Covered]] = defaultdict(list)
    for one in reversed(listed.values()):
        if one.paper in papers:
            found[one.paper].append(_as_covered(PAPER, one))
    for pk, several in near.items():
        found_now = (listed.get(one) if isinstance(one, int) else one for one in several)
        titled = [one for one in found_now if one]  # a correction may have taken a row away between two queries
        newest = sorted(titled, key=lambda one: (one.day, one.position), reverse=True)[:MOST_OF_A_KIND]
        found[pk] += [_as_covered(TITLE, one, is_same_day=one.day == day) for one in newest]
    for pk, shared in _same_authors(papers, written).items():
        told = {one.arxiv_id for one in found[pk]}
        found[pk] += [_as_covered(AUTHORS, one, names=names) for one, names in shared if one.arxiv_id not in told]
    for pk, key in ignored:
        found[pk] = [replace(one, is_ignored=True) if one.key == key else one for one in found[pk]]
    return {pk: every for pk, every in found.items() if every}


def _as_covered(kind: str, one: _Listed, *, is_same_day: bool = False, names: tuple[str, ...] = ()) -> Covered:
    return Covered(kind, one.arxiv_id, one.title, one.day, one.position, is_same_day, names)


def _near_titles(
    papers: Mapping[int, Paper], titled: Sequence[tuple[int, int, str]], own: Sequence[_Listed]
) -> dict[int, list[int | _Listed]]:
    """Return for each paper the entries with a near title, of the list `titled` (entry, paper, title) and of the day's own."""
    own = sorted(own, key=lambda one: (one.title, one.position))  # so that the order of the list changes nothing
    past, here = near_titles(tuple(title for _, _, title in titled)), near_titles(tuple(one.title for one in own))
    found: dict[int, list[int | _Listed]] = {}
    for pk, paper in papers.items():
        several: list[int | _Listed] = [titled[place][0] for place in past.like(paper.title) if titled[place][1] != pk]
        several += [own[place] for place in here.like(paper.title) if own[place].paper != pk]
        if several:
            found[pk] = several
    return found


def _same_authors(papers: Mapping[int, Paper], listed: Sequence[_Listed]) -> dict[int, list[tuple[_Listed, tuple[str, ...]]]]:
    """Return for each paper the papers that share authors with it, and the names; those that share most come first."""
    wrote = [{author_key_of(name) for name in one.authors[:MOST_AUTHORS]} - {""} for one in listed]
    by_author: defaultdict[str, list[int]] = defaultdict(list)
    for place, keys in enumerate(wrote):
        for key in keys:
            by_author[key].append(place)
    found = {}
    for pk, paper in papers.items():
        names = {author_key_of(name): name for name in paper.authors[:MOST_AUTHORS]}
        common = Counter(place for key in names if key in by_author for place in by_author[key] if listed[place].paper != pk)
        best = sorted(common, key=lambda place: (common[place], place), reverse=True)[:MOST_OF_A_KIND]
        if best:
            found[pk] = [(listed[place], tuple(name for key, name in names.items() if key in wrote[place])) for place in best]
    return found


def marks(found: Mapping[int, list[Covered]], paper: int) -> list[Covered]:
    """Return the coverage of the paper that no editor ignores."""
    return [one for one in found.get(paper, ()) if not one.is_ignored]


def ignore(day: date, paper: Paper, key: str, *, by: User, now: datetime) -> None:
    """Ignore it on this day, for all editors."""
    IgnoredCoverage.objects.get_or_create(day=day, paper=paper, key=key, defaults={"at": now, "by": by})


def recall(day: date, paper: Paper, key: str) -> None:
    """Stop ignoring it."""
    IgnoredCoverage.objects.filter(day=day, paper=paper, key=key).delete()


def ignored_on(day: date) -> dict[tuple[int, str], int]:
    """Return what editors ignore on the day: rows by paper and key; one query."""
    rows = select(IgnoredCoverage, ("paper", "key", "id"), "day", [str(day)])
    return {(paper, key): pk for paper, key, pk in rows}
