"""How far the papers of a day have come, in the words that the terminal and the desk show meanwhile."""

from datetime import UTC, date

from papers import clock
from papers.models import CollectionDay

BEGINNING = "Collecting "


def tell(day: date, done: int, total: int) -> str:
    """Keep it as the day's reason while its papers are lacking; the sentence."""
    whose = "today's papers" if day == clock.now().astimezone(UTC).date() else f"the papers of {day:%-d %b %Y}"
    text = f"{BEGINNING}{whose}: {done:,} of {total:,}."
    CollectionDay.objects.filter(date=day, papers_done_at=None).update(state=CollectionDay.State.COLLECTING, reason=text)
    return text


def is_progress(reason: str) -> bool:
    """Whether the reason says how far it is, and not why it is no further."""
    return reason.startswith(BEGINNING)
