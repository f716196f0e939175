"""The weekly feed: the hottest papers of each week that is over."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby

from django.template.loader import render_to_string

from digests.models import SCORE, Digest, Entry
from digests.reader.feeds.formats import FeedItem
from digests.reader.feeds.items import changed, fetch_posts, headline, list_context, touched
from digests.reader.lists.listing import fetched
from digests.reader.lists.selections import Selection
from digests.reader.texts import texts_of_list
from digests.templatetags.reading import absolute
from papers.models import Paper, Provenance

NEWEST_WEEKS = 8
PAPERS_A_WEEK = 15


def week_items(now: datetime) -> tuple[list[FeedItem], list[Digest], list[Paper]]:
    """Return the newest weeks, from Monday to Sunday (UTC), that ended before `now`, and what they show; ten queries."""
    monday = _monday(now.astimezone(UTC).date())
    days = Digest.objects.published().filter(date__lt=monday).order_by("-date").prefetch_related("events")[: 7 * NEWEST_WEEKS]
    weeks = [(first, list(found)) for first, found in groupby(days, lambda digest: _monday(digest.date))][:NEWEST_WEEKS]
    asked = [digest for _, digests in weeks for digest in digests]
    hottest = _hottest(asked)
    entries = {entry.pk: entry for entry in fetched([pk for pks in hottest.values() for pk in pks[:PAPERS_A_WEEK]])}
    fetch_posts(entries.values())
    texts = texts_of_list(entries.values())
    items = []
    for first, digests in weeks:
        pks = hottest.get(first, [])
        shown = [entries[pk] for pk in pks[:PAPERS_A_WEEK] if pk in entries]
        selection = Selection.of(period=f"{first:%G-W%V}", order="hottest")
        titles = [texts.line_text(entry.title) for entry in shown[:1]]
        ended_at = datetime.combine(first + timedelta(days=7), time(), UTC)
        context = list_context(shown, texts) | {
            "number": len(pks),
            "all": absolute(selection.address()),
            "digests": digests[::-1],
        }
        items.append(
            FeedItem(
                url=absolute(selection.address()),
                title=headline(f"Hot papers {selection.period.words}", titles, len(pks)),
                html=render_to_string("feed_week.html", context),
                published=ended_at,
                updated=max([ended_at, *filter(None, map(changed, digests))]),
                touched=touched(shown),
                data={"week": selection.period.text, "papers": [entry.paper.arxiv_id for entry in shown]},
            )
        )
    return items, asked, [entry.paper for entry in entries.values()]


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _hottest(digests: Sequence[Digest]) -> dict[date, list[int]]:
    """Return for each week, by its Monday, the entries of its papers, in the order of the page of the week's hottest; one
    query.

    Each paper appears once, as the newest day of the week that lists it printed it.
    """
    days = {digest.pk: digest.date for digest in digests}
    rows = Entry.objects.filter(digest__in=list(days)).order_by().values_list("pk", "digest", "paper", "provenance", SCORE)
    newest: dict[tuple[date, int], tuple[date, tuple[bool, int, int]]] = {}
    for pk, digest, paper, provenance, score in rows:
        key, found = (_monday(days[digest]), paper), (days[digest], (provenance != Provenance.NETWORK, -score, -pk))
        newest[key] = max(newest.get(key, found), found, key=lambda one: one[0])
    hottest: dict[date, list[int]] = {}
    for (first, _), (_, place) in sorted(newest.items(), key=lambda one: one[1][1]):
        hottest.setdefault(first, []).append(-place[2])
    return hottest
