"""Answers what `papers` asks about lists (`papers/list_questions.py`): which tweets they show, forgetting the texts of tweets
that are gone, and keeping what published lists print."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from digests.models import Digest, Entry, ShownTweet, in_published_digest
from papers.list_questions import Published
from papers.models import Provenance


def tweets_of_day(day: date) -> QuerySet[Any, Any]:
    return ShownTweet.objects.filter(entry__digest__date=day).values("tweet")


def tweets_of_the_network(after: date | None = None) -> QuerySet[Any, Any]:
    # Not `=NETWORK`: SQLite would begin with nearly all entries, also of a few days.
    shown = ShownTweet.objects.exclude(entry__provenance=Provenance.POST)
    return (shown.filter(entry__digest__date__gt=after) if after else shown).values("tweet")


def forget_texts(tweets: Collection[int], keys: Collection[str]) -> None:
    for shown in ShownTweet.objects.filter(tweet__in=tweets, printed_otherwise__isnull=False):
        kept = {key: value for key, value in shown.otherwise.items() if key not in keys}
        shown.printed_otherwise = kept or None
        shown.save(update_fields=["printed_otherwise"])


def published_with_tweets(tweets: Collection[int]) -> Mapping[int, list[Published]]:
    shown = ShownTweet.objects.filter(in_published_digest("entry__"), tweet__in=tweets).order_by()
    days: defaultdict[int, list[Published]] = defaultdict(list)
    for tweet, day in sorted(shown.values_list("tweet", "entry__digest__date").distinct()):
        days[tweet].append(_published(day))
    return days


def published_with_paper(paper: int) -> list[Published]:
    listed = Entry.objects.filter(in_published_digest(), paper=paper)
    return [_published(day) for day in sorted(listed.values_list("digest__date", flat=True))]


def _published(day: date) -> Published:
    return Published(day, reverse("desk", args=[day]))


def keep_printed_posts(posts: Collection[int]) -> None:
    public = Q(entry__digest__status=Digest.Status.PUBLISHED) | Q(entry__digest__corrects__isnull=False)
    for shown in ShownTweet.objects.filter(public, tweet__in=posts).select_related("tweet"):
        prints = {"language": shown.language, "direction": shown.direction, "body": shown.body_html}
        cleaned = shown if "body" in shown.otherwise else shown.tweet
        clean = {"safe_html": cleaned.safe_html, "safe_version": cleaned.safe_version}
        shown.printed_otherwise = shown.otherwise | prints
        shown.save(update_fields=["printed_otherwise"])
        ShownTweet.objects.filter(pk=shown.pk).update(**clean)  # the same text: a trigger took it for another one


def keep_printed(paper: int, parts: Collection[str]) -> None:
    # Corrections begin as what readers see.
    public = Q(digest__status=Digest.Status.PUBLISHED) | Q(digest__corrects__isnull=False)
    for entry in Entry.objects.filter(public, paper=paper).select_related("paper").prefetch_related("paper__categories"):
        prints: dict[str, Any] = {
            "title": entry.title,
            "abstract": entry.abstract,
            "authors": entry.authors,
            "categories": entry.category_codes,
        }
        entry.printed_otherwise = entry.otherwise | {part: prints[part] for part in parts}
        entry.save(update_fields=["printed_otherwise"])
