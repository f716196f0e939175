"""What feed readers fetch."""

from datetime import datetime

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import conditional_page, require_safe

from digests.models import Digest

NEWEST = 20


class DigestFeed(Feed):  # type: ignore[type-arg] # generic in the stubs only
    """The newest digests, each with its list of papers. Addresses are absolute and follow SITE_URL, whatever host asked."""

    title = "Hot Papers"
    description = "The new arXiv papers that people talk about, every day"
    language = "en"
    description_template = "digests/feed_description.html"

    def link(self) -> str:
        return f"{settings.SITE_URL}{reverse('home')}"

    def feed_url(self) -> str:
        return f"{settings.SITE_URL}{reverse('rss')}"

    def items(self) -> list[Digest]:
        return list(Digest.objects.published().with_titles()[:NEWEST])

    def item_title(self, item: Digest) -> str:
        return str(item)

    def item_link(self, item: Digest) -> str:
        return f"{settings.SITE_URL}{item.get_absolute_url()}"

    def item_pubdate(self, item: Digest) -> datetime | None:
        return item.published_at


@require_safe
@conditional_page
def rss(request: HttpRequest) -> HttpResponse:
    """RSS 2.0, with an ETag of its bytes."""
    response = DigestFeed()(request)
    # Django sets this to the newest digest's publication, and would answer 304 after a correction or a withdrawal.
    del response["Last-Modified"]
    return response
