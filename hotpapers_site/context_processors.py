"""Variables that every page may show."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest

from hotpapers_site.models import Trouble
from papers import clock, collection_report


def sandbox(request: HttpRequest) -> dict[str, str | None]:
    """`sandbox_clock`: in the sandbox, the moment (UTC) that its clock shows; None on a real site."""
    return {"sandbox_clock": f"{clock.now():%A, %-d %B %Y, %H:%M}" if settings.SANDBOX_CLOCK else None}


def troubles(request: HttpRequest) -> dict[str, Callable[[], list[str]]]:
    """`system_troubles`: what is wrong besides what the desk says about the collection. One query, if a page shows it."""
    return {"system_troubles": _sentences}


def _sentences() -> list[str]:
    rows = Trouble.objects.filter(ended_at=None, acknowledged_at=None).order_by("since")
    return [row.sentence for row in rows if row.key.partition(" ")[0] not in collection_report.ON_THE_DESK]
