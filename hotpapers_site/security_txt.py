"""`/.well-known/security.txt` (RFC 9116): where to report a vulnerability. Without CONTACT_EMAIL there is none."""

from datetime import UTC, timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

GOOD_FOR = timedelta(days=30)


@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    if not settings.CONTACT_EMAIL:
        raise Http404("CONTACT_EMAIL is not set")
    # A whole day, so that the text is the same until the next one.
    expires = timezone.now().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + GOOD_FOR
    lines = [
        f"Contact: mailto:{settings.CONTACT_EMAIL}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: en",
        f"Canonical: {settings.SITE_URL}/.well-known/security.txt",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
