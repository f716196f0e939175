"""The papers that arXiv announced on a day."""

import logging
from collections.abc import Callable, Collection, Iterable
from datetime import UTC, date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from papers import clock, rows
from papers.access.connections import Sources, calendar, note_answer
from papers.collecting import days
from papers.collecting.versions import replace_categories
from papers.counts.mentions import match
from papers.models import CollectionDay, Paper, SourceHealth
from papers.sources.arxiv.announcement import Announcement, is_within
from papers.sources.arxiv.client import ArxivClient
from papers.sources.arxiv.metadata import BATCH
from papers.sources.arxiv.pages import PaperRecord
from papers.sources.arxiv.xml import Garbled
from papers.sources.http import Gone, Malformed, SourceError
from papers.sources.left_out import LeftOut

logger = logging.getLogger(__name__)
CATCHUP_REACH = timedelta(days=90)
ARXIV = SourceHealth.Service.ARXIV
Progress = Callable[[int, int | None], object]
"""Told how many are done, and of how many, where that is known."""


def no_progress(done: int, total: int | None) -> None:
    """Nobody watches."""


def collect_papers(day: date, *, now: datetime, sources: Sources, progress: Progress = no_progress) -> CollectionDay:
    """Bring in what arXiv announced on `day` (UTC): new papers, replaced ones that are ours, cross-lists by the setting.

    Asks nothing where all is here, and on quiet days; a holiday by the calendar is checked once it is over. What could be had
    is kept, whatever happens then. Raises the errors of `papers.sources.http`, after the day has them as its reason.
    """
    if day > now.astimezone(UTC).date():
        raise ValueError(f"{day} is in the future")
    row = days.row_of(day, now)
    is_done = row.papers_done_at and not (settings.INCLUDE_CROSS_LISTS and row.expected_cross and not row.found_cross)
    is_quiet = row.state == CollectionDay.State.QUIET
    if is_done or (is_quiet and not clock.is_over(day, now)):
        return row
    if is_quiet and now.astimezone(UTC).date() - day > CATCHUP_REACH:
        return _quiet(day, now, row.reason)
    try:
        found = _announcement(day, now, sources.arxiv)
        note_answer(ARXIV, now)
        if found is None:
            return _not_announced(day, now)
        if found.note:
            logger.warning("%s: %s", day, found.note)
        if clock.is_over(day, now) and found.how == "catchup" and not (found.new or found.cross or found.replaced):
            return _quiet(day, now, "arXiv announced nothing on this day.")
        missing, left_out = _bring_in(found, sources.arxiv, first_time=not row.listing_source, progress=progress)
    except SourceError as error:
        days.failed(day, ARXIV, error, now)
        raise
    return _take_stock(found, missing, left_out, now)


def store_paper(record: PaperRecord, day: date) -> None:
    """Bring in one paper that was asked for by its id, as listed on about that day; where it is here it keeps its own."""
    is_inside = is_within(record.categories[0], settings.ARXIV_ARCHIVES)
    new, cross = ((record.arxiv_id,), ()) if is_inside else ((), (record.arxiv_id,))
    _store(Announcement(day, "window", new, cross, (), expected=None), [record])


def _announcement(day: date, now: datetime, arxiv: ArxivClient) -> Announcement | None:
    """By the best path for the day's age; None where arXiv has not announced it yet."""
    archives, today = settings.ARXIV_ARCHIVES, now.astimezone(UTC).date()
    if day == today:
        newest = arxiv.announced_today(archives)
        if newest.day <= day:
            return newest if newest.day == day else None
    if today - day <= CATCHUP_REACH:
        try:
            return arxiv.caught_up(day, archives)
        except Gone:
            pass  # arXiv counts its 90 days in its own time zone
    return arxiv.submitted_for(day, archives)


def _not_announced(day: date, now: datetime) -> CollectionDay:
    with days.changing(day, now) as row:
        row.state = CollectionDay.State.NOT_ANNOUNCED
        row.next_try_at = max(calendar().expected_at(day), now + days.ANNOUNCEMENT_WAIT)
    return row


def _quiet(day: date, now: datetime, reason: str) -> CollectionDay:
    with days.changing(day, now) as row:
        row.state, row.reason = CollectionDay.State.QUIET, reason
        row.papers_done_at, row.next_try_at = now, None
        days.answered(row, ARXIV)
        days.remember(row, ARXIV, (), note=reason)
    return row


def _bring_in(
    found: Announcement, arxiv: ArxivClient, *, first_time: bool, progress: Progress
) -> tuple[set[str], tuple[LeftOut, ...]]:
    """Get and store the metadata that is lacking.

    Gives back the announced papers of which arXiv has none (yet), and those whose metadata cannot be read. A batch that makes no
    sense is raised at the end: it must not keep the others waiting.
    """
    announced = [*found.new, *(found.cross if settings.INCLUDE_CROSS_LISTS else ())]
    ours = Paper.objects.filter(arxiv_id__in=[*announced, *found.replaced])
    known = set(ours.values_list("arxiv_id", flat=True))
    whole = dict(ours.filter(is_sample=False).exclude(abstract="").values_list("arxiv_id", "pk"))
    wanted = dict.fromkeys(number for number in announced if number not in whole)
    if first_time:
        wanted |= dict.fromkeys(number for number in found.replaced if number in known)
    _date_known(found)
    match(papers=list(whole.values()))  # an earlier attempt may have been killed before it did so
    come_along = {record.arxiv_id: record for record in found.records if record.arxiv_id in wanted}
    _store(found, come_along.values())
    asked = [number for number in wanted if number not in come_along]
    missing: set[str] = set()
    unread: list[LeftOut] = []
    nonsense: SourceError | None = None
    progress(len(come_along), len(wanted))
    _tell_progress(found)
    for first in range(0, len(asked), BATCH):
        batch = asked[first : first + BATCH]
        try:
            metadata = arxiv.metadata(batch, found.titles)
        except (Malformed, Garbled) as error:
            nonsense = error
            continue
        _store(found, metadata.records)
        missing.update(metadata.missing)
        unread += metadata.left_out
        progress(len(come_along) + first + len(batch), len(wanted))
        _tell_progress(found)
    if nonsense:
        raise nonsense
    # A replaced text may come another time.
    named = {"", *announced}
    return missing.intersection(announced), (*found.left_out, *(one for one in unread if one.name in named))


def _tell_progress(found: Announcement) -> None:
    """How many of the new papers are here, in the day's row: readers see it while the others are asked for."""
    here = Paper.objects.filter(is_sample=False, arxiv_id__in=found.new).exclude(abstract="").count()
    expected = found.expected.new if found.expected else None
    row = CollectionDay.objects.filter(date=found.day, papers_done_at=None)
    row.update(expected_new=expected, found_new=here)
    row.filter(state=CollectionDay.State.NOT_ANNOUNCED).update(state=CollectionDay.State.COLLECTING, reason="")


def _date_known(found: Announcement) -> None:
    """arXiv's own list of the day is better than a guess, and than the day of the first post that showed the paper."""
    if found.how == "window":
        return
    source = Paper.ListingSource
    later = Q(listing_source__in=[source.POST, source.FEED, source.CATCHUP], listing_date__gt=found.day)
    improved = Paper.objects.filter(Q(listing_source=source.WINDOW) | later, arxiv_id__in=found.new)
    improved.update(listing_date=found.day, listing_source=found.how)


_TEXT = ("title", "abstract", "authors", "version", "comment")
_PAPER = Paper._meta.db_table
# A text is replaced by a newer version of it, and wherever it is none yet.
_OUTDATED = f"(COALESCE({_PAPER}.version, 0) < excluded.version OR {_PAPER}.abstract = '' OR {_PAPER}.is_sample)"
_UPDATE = (
    "(arxiv_id) DO UPDATE SET "
    + ", ".join(f"{column} = excluded.{column}" for column in (*_TEXT, "submitted_at", "is_sample"))
    + "".join(
        f", {column} = CASE WHEN {_PAPER}.is_sample THEN excluded.{column} ELSE {_PAPER}.{column} END"
        for column in ("listing_date", "listing_source", "announced_as")
    )
    + f" WHERE (NOT {_PAPER}.is_settled OR {_PAPER}.is_sample) AND {_OUTDATED}"
)
_AWAIT_EDITOR = (
    f"(arxiv_id) DO UPDATE SET newer = excluded.newer WHERE {_PAPER}.is_settled AND {_OUTDATED} "
    f"AND ({_PAPER}.newer IS NULL OR CAST({_PAPER}.newer ->> 'version' AS integer) < excluded.version)"
)
_COLUMNS = ("arxiv_id", *_TEXT, "submitted_at", "listing_date", "listing_source", "announced_as", "newer")


def _store(found: Announcement, records: Iterable[PaperRecord]) -> None:
    """Insert papers and replace outdated texts, with their categories; of a settled text the newer one waits for an editor."""
    new, cross = set(found.new), set(found.cross)
    by_id = {record.arxiv_id: record for record in sorted(records, key=lambda record: record.arxiv_id)}
    present = {paper.arxiv_id: paper for paper in Paper.objects.filter(arxiv_id__in=by_id)}
    values, awaiting = [], []
    for number, record in by_id.items():
        paper = present.get(number)
        is_inside = is_within(record.categories[0], settings.ARXIV_ARCHIVES)
        if number in cross and is_inside and not paper:
            continue  # it was new on an earlier day, to which it belongs
        listed: list[object] = [
            found.day,
            found.how,
            Paper.AnnouncedAs.NEW if number in new or is_inside else Paper.AnnouncedAs.CROSS,
        ]
        if number not in new and number not in cross and paper:
            listed = [paper.listing_date, paper.listing_source, paper.announced_as]
        text = [record.title, record.abstract, list(record.authors), record.version, record.comment]
        values.append([number, *text, record.published, *listed, None])
        if paper and paper.is_settled and not paper.is_sample:
            newer = dict(zip(_TEXT, text, strict=True)) | {"categories": list(record.categories)}
            awaiting.append([number, *text, record.published, *listed, newer])
    if not values:
        return
    with transaction.atomic():
        changed = rows.insert(Paper, _COLUMNS, values, returning=["id", "arxiv_id"], on_conflict=_UPDATE)
        replace_categories({int(pk): by_id[number].categories for pk, number in changed})
        if awaiting:
            rows.insert(Paper, _COLUMNS, awaiting, on_conflict=_AWAIT_EDITOR)
        match(papers=[pk for pk, _ in changed])  # in the transaction: a killed worker leaves no paper without its posts
    match(papers=[pk for pk, _ in changed])  # posts that another worker stored meanwhile


def _take_stock(found: Announcement, missing: Collection[str], left_out: Collection[LeftOut], now: datetime) -> CollectionDay:
    """Count what is here against what arXiv announced. A guess that finds no paper at all is not believed."""
    here = Paper.objects.filter(is_sample=False).exclude(abstract="")
    found_new = here.filter(arxiv_id__in=found.new).count()
    found_cross = here.filter(arxiv_id__in=found.cross, announced_as=Paper.AnnouncedAs.CROSS).count()
    expected = found.expected
    is_whole = found_new == (expected.new if expected else len(found.new)) and not missing and not left_out
    is_sure = bool(expected) or (found.how == "window" and found_new > 0)
    with days.changing(found.day, now) as row:
        row.state = CollectionDay.State.COLLECTING
        row.listing_source = found.how
        row.expected_new, row.expected_cross = (expected.new, expected.cross) if expected else (None, None)
        row.found_new, row.found_cross = found_new, found_cross
        if is_whole and is_sure:
            row.papers_done_at, row.next_try_at = now, None
            days.answered(row, ARXIV)
        else:
            row.papers_done_at = None
            days.put_off(row, ARXIV, now)
        days.remember(row, ARXIV, left_out, note=found.note)
    return row
