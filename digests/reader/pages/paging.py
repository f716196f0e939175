"""Many days, a page at a time."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.http import Http404, HttpRequest

from digests.models import Digest, DigestQuerySet

DAYS_A_PAGE = 10


@dataclass(frozen=True, slots=True)
class DaysPage:
    """Consecutive digests, newest first; `newer` and `older` are the query strings of the neighbouring pages."""

    digests: list[Digest]
    before: date | None
    newer: str | None
    older: str | None

    @property
    def has_samples(self) -> bool:
        return any(digest.is_sample for digest in self.digests)


def days_page(request: HttpRequest, digests: DigestQuerySet) -> DaysPage:
    """The page that `?before=YYYY-MM-DD` asks for. Paged by day, so a new digest never shifts a page that someone reads."""
    before = asked_day(request)
    shown = list(digests.before(before).order_by("-date")[: DAYS_A_PAGE + 1])
    newer = None
    if before:
        above = list(digests.filter(date__gte=before).order_by("date").values_list("date", flat=True)[: DAYS_A_PAGE + 1])
        if len(above) > DAYS_A_PAGE:
            newer = "?" + urlencode({"before": above[-1]})
        elif above:
            newer = "?"
    older = "?" + urlencode({"before": shown[DAYS_A_PAGE - 1].date}) if len(shown) > DAYS_A_PAGE else None
    return DaysPage(shown[:DAYS_A_PAGE], before, newer, older)


def asked_day(request: HttpRequest) -> date | None:
    """The day of `?before=YYYY-MM-DD`; None without that parameter. Raises Http404 if the calendar has no such day."""
    asked = request.GET.get("before")
    try:
        return date.fromisoformat(asked) if asked else None
    except ValueError as error:
        raise Http404("Expected ?before=YYYY-MM-DD, a day of the calendar") from error
