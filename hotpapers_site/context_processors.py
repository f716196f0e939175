"""What every page may show."""

from datetime import datetime

from django.conf import settings
from django.http import HttpRequest

from papers import clock


def sandbox(request: HttpRequest) -> dict[str, datetime | None]:
    """`sandbox_now`: in the sandbox, the moment (UTC) that its clock shows; None on a real site."""
    return {"sandbox_now": clock.now() if settings.SANDBOX_CLOCK else None}
