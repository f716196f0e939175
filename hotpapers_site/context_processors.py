"""What every page may show."""

from django.conf import settings
from django.http import HttpRequest

from papers import clock


def sandbox(request: HttpRequest) -> dict[str, str | None]:
    """`sandbox_clock`: in the sandbox, the moment (UTC) that its clock shows; None on a real site."""
    return {"sandbox_clock": f"{clock.now():%A, %-d %B %Y, %H:%M}" if settings.SANDBOX_CLOCK else None}
