"""The newest days, and a day's list."""

from datetime import date
from operator import attrgetter
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_safe

from digests.markdown.composing import compose
from digests.markdown.format import render as render_markdown
from digests.models import Digest, Entry, PublicEvent
from digests.page_cache.subjects import reads_query, shows
from digests.reader.lists.rising import may_rise, rising
from digests.reader.lists.selections import FEEDS, FeedLink, Selection
from digests.reader.metadata import Metadata, metadata_of_digest
from digests.reader.pages.awaited_day import awaited_day
from digests.reader.pages.entries import entries_of, first_counts, is_hottest_first, shown_papers, whole_papers
from digests.reader.pages.paging import days_page
from digests.reader.texts import texts_of_digest, texts_of_entries, texts_of_events
from digests.templatetags.reading import day_text
from papers import clock
from papers.ranking.candidates import rules
from papers.rendered.kinds import Kind
from papers.rows import objects

PUBLISHED = Digest.objects.published()
"""Querysets, built once: each filter copies a queryset, which would take half of the time."""
PUBLISHED_WITH_NEIGHBOURS = PUBLISHED.with_neighbours()
NOT_PUBLISHED = "There is no published list of this day"
RISING = 4
"""The most papers in the home page’s column."""
BESIDE_DAYS = [
    FeedLink(f"Hot Papers, {steps} ({name})", f"/{path}.{form}", kind, f"{label}: {name}")
    for path, steps, label in (("papers", "paper by paper", "Papers"), ("weekly", "week by week", "Weekly"))
    for form, (name, kind) in FEEDS
]
"""Feeds that the home page offers besides the feeds of days, which every page offers."""


@require_safe
@reads_query("before")
def home(request: HttpRequest) -> HttpResponse:
    """The newest digests, or those before `?before=YYYY-MM-DD`."""
    page = days_page(request, Digest.objects.published().with_titles())
    newest = None if page.before or not page.digests else page.digests[0]
    entries = [entry for one in page.digests for entry in one.entries.all()]
    now = None if page.before else awaited_day(newest.date if newest else None, clock.now())
    risen = [] if page.before else rising(clock.now(), limit=RISING)
    title = f"Hot papers before {day_text(page.before)}" if page.before else "Hot Papers"
    until = f", before {day_text(page.before)}" if page.before else ""
    description = f"The new arXiv papers people are talking about, every day{until}."
    path = reverse("home") + (f"?before={page.before}" if page.before else "")
    shown = shown_papers(newest.entries.all()) if newest else []
    context = {
        "page": page,
        "meta": Metadata(title, description, path),
        "newest": newest,
        "shown": shown,
        "texts": texts_of_entries([*entries, *(row.entry for row in risen)], *([(Kind.NOTE, newest.intro)] if newest else [])),
        "others": page.digests[1:] if newest else page.digests,
        "awaited_day": now,
        "rising": risen,
        "feeds": BESIDE_DAYS,
    }
    response = render(request, "home.html", context)
    if newest:  # a day that comes in between, above or below is a neighbour of one that is shown
        counted = [row.entry.paper for row in shown] + may_rise(clock.now())
        texts = [entry.paper for entry in entries]
        shows(response, digests=page.digests, papers=counted, texts_of=texts, days=now.days if now else (), reads_clock=True)
    return response


@require_safe
def digest(request: HttpRequest, day: date) -> HttpResponse:
    """One day's list. Staff see a digest here before it is published."""
    shown = visible_digest(request, day, PUBLISHED_WITH_NEIGHBOURS)
    if shown is None:
        return withdrawn(request, day)
    page = digest_page(shown)
    response = kept_private(shown, render(request, "digest.html", page))
    return shows(response, digests=[shown], papers=[row.entry.paper for row in page["shown"]])


def digest_page(shown: Digest) -> dict[str, Any]:
    """The context of the template `digest.html`; a draft works, too. Eight queries. Those for rows are plain SQL: prefetches
    by Django take six times as long."""
    entries, events = entries_of(shown), sorted(objects(PublicEvent, "digest", [shown.pk]), key=attrgetter("at", "pk"))
    texts = texts_of_digest(shown, entries, events)
    ranking = rules()
    return {
        "digest": shown,
        "path": shown.get_absolute_url(),
        "texts": texts,
        "shown": whole_papers(entries),
        "events": events,
        "feeds": Selection.feeds_of(period=str(shown.date)) if shown.status == Digest.Status.PUBLISHED else [],
        "meta": metadata_of_digest(shown, entries, texts) if shown.status == Digest.Status.PUBLISHED else None,
        "rules": ranking,
        "is_hottest_first": is_hottest_first(entries, ranking),
        "counted_between": (min(read), max(read)) if (read := [entry.read_at.replace(second=0) for entry in entries]) else None,
        "key": first_counts(entries),
        "has_inflated_counts": any(entry.counts_are_inflated for entry in entries),
    }


def withdrawn(request: HttpRequest, day: date) -> HttpResponse:
    """Answer for a list that is not public: if it was public once, say what became of it, otherwise nothing."""
    of_withdrawn = PublicEvent.objects.filter(digest__date=day, digest__status=Digest.Status.WITHDRAWN)
    events = list(of_withdrawn.select_related("digest"))
    if not any(event.kind == PublicEvent.Kind.WITHDRAWN for event in events):
        raise Http404(NOT_PUBLISHED)
    shown = events[0].digest
    context = {"digest": shown, "events": events, "texts": texts_of_events(events)}
    return shows(render(request, "withdrawn.html", context, status=404), digests=[shown])


@require_safe
def digest_markdown(request: HttpRequest, day: date) -> HttpResponse:
    """The day's post as the mirror writes it."""
    shown = expect_visible(request, day)
    text = render_markdown(compose(shown))
    response = kept_private(shown, HttpResponse(text, content_type="text/markdown; charset=utf-8"))
    papers = Entry.objects.filter(digest=shown).values_list("paper", flat=True)
    return shows(response, lists_of=[str(day)], texts_of=papers, posts_of=[shown])


def may_preview(request: HttpRequest) -> bool:
    return request.user.is_staff and request.user.has_perm("digests.view_digest")


def visible_digest(request: HttpRequest, day: date, published: QuerySet[Digest] = PUBLISHED) -> Digest | None:
    """The day's digest, if the reader may see it.

    A published one asks for no session, so the answer is the same for all. Otherwise the session is asked, whether there is a
    draft or nothing: neither headers nor queries tell a stranger which. Only staff's question reads drafts.
    """
    if found := published.filter(date=day).first():
        return found
    return Digest.objects.with_neighbours().filter(date=day).first() if may_preview(request) else None


def expect_visible(request: HttpRequest, day: date) -> Digest:
    """The digest of that day. Raises Http404 if there is none that the reader may see."""
    if found := visible_digest(request, day):
        return found
    raise Http404(NOT_PUBLISHED)


def kept_private(digest: Digest, response: HttpResponse) -> HttpResponse:
    """The response. If the digest is not public, nobody may cache it."""
    if digest.status != Digest.Status.PUBLISHED:
        add_never_cache_headers(response)
    return response
