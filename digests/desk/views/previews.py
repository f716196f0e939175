"""A day's list as readers will see it: its page, its entry in feeds, its picture, and its file in each mirror.

The desk shows them in frames, so these answers, and these alone, may stand in a frame of this site.
"""

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any

from csp.constants import SELF
from csp.decorators import csp_replace
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from digests.desk.views.history import list_of
from digests.markdown.composing import compose
from digests.markdown.format import render as render_markdown
from digests.mirror.profiles import pages
from digests.mirror.profiles.registry import PROFILES
from digests.mirror.targets import Kind, Target
from digests.models import Digest
from digests.publishing.status import PUBLISHED
from digests.reader.feeds.items import day_context
from digests.reader.pages.days import digest_page
from digests.reader.pages.entries import entries_of
from digests.reader.pages.pictures import PNG, day_picture
from digests.reader.texts import texts_of_days

PLAIN = "text/plain; charset=utf-8"


def _private(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For the desk alone: kept by nobody, found by no search engine, framed by this site only."""

    @wraps(view)
    def answer(*args: Any, **options: Any) -> HttpResponse:
        response = view(*args, **options)
        response["X-Robots-Tag"] = "noindex"
        add_never_cache_headers(response)
        return response

    by_this_site: Any = csp_replace({"frame-ancestors": [SELF]})  # its types know no further arguments
    framed: Callable[..., HttpResponse] = require_safe(by_this_site(xframe_options_sameorigin(answer)))
    return framed


@_private
def preview(request: HttpRequest, day: date, form: str) -> HttpResponse:
    """The draft, or the correction, as readers will see it: its page, its entry in feeds, its Markdown, its picture."""
    shown = list_of(request, day)
    if form == "markdown":
        return HttpResponse(render_markdown(compose(shown)._replace(draft=False)), content_type=PLAIN)
    if form == "picture":
        return HttpResponse(day_picture(day, entries_of(shown)), content_type=PNG)
    digest = Digest.all_drafts.with_neighbours().with_everything().get(pk=shown.pk)
    digest.status, digest.published_at = PUBLISHED, digest.published_at or digest.written_at  # not saved
    if form == "page":
        return render(request, "digest.html", digest_page(digest) | {"path": digest.get_absolute_url()})
    return render(request, "feed_preview.html", day_context(digest, texts_of_days([digest])))


@_private
def file(request: HttpRequest, day: date, target: str) -> HttpResponse:
    """The day's file as the mirror of that name will have it."""
    shown = list_of(request, day)
    found = next((one for one in file_targets() if one.name == target), None)
    if found is None:
        raise Http404("There is no such mirror")
    [text] = pages.write(PROFILES[found.profile], found.posts, [compose(shown)._replace(draft=False)])
    return HttpResponse(text, content_type=PLAIN)


def file_targets() -> list[Target]:
    """The mirrors that have a file a day."""
    return [one for one in settings.MIRRORS if one.kind != Kind.HTML]


def targets_told() -> list[tuple[str, str]]:
    """Their names, and which generator each is for."""
    return [(one.name, PROFILES[one.profile].title) for one in file_targets()]
