"""The newest listing day while its list is not out, and what is said of it: no old list is ever taken for today's."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from digests.templatetags.reading import day_text
from papers.access.connections import calendar
from papers.collecting.days import newest_announced
from papers.models import CollectionDay

State = CollectionDay.State
WORDS = {
    None: "The papers of {day} haven’t been collected yet.",
    State.NOT_ANNOUNCED: "arXiv hasn’t announced the papers of {day} yet.",
    State.COLLECTING: "The papers of {day} are being collected.",
    State.COMPLETE: "The papers of {day} are collected; their list isn’t out yet.",
    State.PARTIAL: "Some papers of {day} are still missing.",
    State.FAILED: "The papers of {day} couldn’t be collected yet.",
    State.QUIET: "arXiv announced no papers on {day}.",
}
"""The sentences name the day, so that a page cached over midnight stays true."""
WITH_PAPERS = {
    State.COLLECTING: "The papers of {day} are collected; posts about them are still being collected.",
    State.PARTIAL: "The papers of {day} are collected, but not all posts about them.",
    State.FAILED: "The papers of {day} are collected, but posts about them couldn’t be collected yet.",
}
"""The sentence once all papers of the day have been collected."""
LONGEST_BREAK = timedelta(days=7)
"""The most days from one listing day to the next."""


@dataclass(frozen=True, slots=True)
class AwaitedDay:
    """What to say; empty if the newest list is that of the newest listing day. It depends on the collection of `days`."""

    text: str
    days: tuple[date, ...]
    awaited: date | None = None
    """The day whose list is still to come; None if there is none."""
    found: int = 0
    expected: int = 0
    """New papers of that day, while they are being collected; 0 if arXiv did not say how many it announced."""
    is_logged: bool = False
    """Whether the day has a page of what was collected."""


def awaited_day(newest: date | None, now: datetime) -> AwaitedDay:
    """What to say beside the list of the day `newest` (None if there is no list yet); at most one query."""
    announcements, today = calendar(), now.date()
    due = today if announcements.is_listing_day(today) else announcements.previous_listing_day(today)
    if newest is None or newest < newest_announced(now):
        due = newest_announced(now)  # before today's announcement, there is more to say of the day before
    days = tuple(due + timedelta(days=n) for n in range((today - due + LONGEST_BREAK).days + 1))
    if newest and newest >= due:
        return AwaitedDay("", days)
    row = CollectionDay.objects.filter(date=due).first()
    told = _told(row, f"{due:%A}, {day_text(due)}")
    text = f"The latest list is that of {newest:%A}, {day_text(newest)}. {told}" if newest else told
    awaited = due if row is None or row.state != State.QUIET else None
    is_counted = row is not None and not row.papers_done_at and row.expected_new
    found, expected = (row.found_new, row.expected_new or 0) if row and is_counted else (0, 0)
    return AwaitedDay(text, days, awaited, found, expected, row is not None)


def _told(row: CollectionDay | None, day: str) -> str:
    state = State(row.state) if row else None
    if row and state and row.papers_done_at:
        return WITH_PAPERS.get(state, WORDS[state]).format(day=day)
    if row and row.expected_new and state in (State.COLLECTING, State.PARTIAL):
        how_many = f"{row.found_new:,} of {row.expected_new:,}"
        return f"Collecting the papers of {day}: {how_many}."
    return WORDS[state].format(day=day)
