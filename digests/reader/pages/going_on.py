"""What is going on with the newest listing day while its list is not out: no old list is ever taken for today's."""

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
"""They name the day, so that a page that is held over midnight stays true."""
LONGEST_BREAK = timedelta(days=7)
"""From one listing day to the next, at most."""


@dataclass(frozen=True, slots=True)
class GoingOn:
    """`text` is empty where the newest list is of the newest listing day. `days` are those whose collection it depends on."""

    text: str
    days: tuple[date, ...]


def going_on(newest: date | None, now: datetime) -> GoingOn:
    """What to say beside the list of the day `newest`, None where there is no list; one query at most."""
    announcements, today = calendar(), now.date()
    due = today if announcements.is_listing_day(today) else announcements.previous_listing_day(today)
    if newest is None or newest < newest_announced(now):
        due = newest_announced(now)  # before today's announcement, there is more to say of the day before
    days = tuple(due + timedelta(days=n) for n in range((today - due + LONGEST_BREAK).days + 1))
    if newest and newest >= due:
        return GoingOn("", days)
    state = CollectionDay.objects.filter(date=due).values_list("state", flat=True).first()
    told = WORDS[State(state) if state else None].format(day=f"{due:%A}, {day_text(due)}")
    return GoingOn(f"The latest list is that of {newest:%A}, {day_text(newest)}. {told}" if newest else told, days)
