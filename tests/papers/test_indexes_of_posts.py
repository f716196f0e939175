"""Where SQLite, which keeps no statistics, begins to look for posts: never with all that are live, nor with all of a network."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from papers import fetching
from papers.collecting import days, open_posts
from papers.list_questions import lists
from papers.models import Tweet
from papers.networks.base import GoneReason
from papers.post_keys import PostKey
from papers.search import post_index

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
MANY = range(1, 1001)
NAMES = [str(number) for number in MANY]
LOOKING: dict[str, Callable[[], object]] = {
    "texts of papers that are indexed": lambda: post_index.texts_of(MANY, 3),
    "posts that are indexed": lambda: post_index.write(MANY),
    "papers of posts": lambda: post_index.papers_of([PostKey("x", name) for name in NAMES]),
    "posts that a search found": lambda: Tweet.objects.live().in_bulk(MANY),
    "what is said on several networks": lambda: list(Tweet.objects.live().filter(mentions__paper__in=MANY)),
    "posts that are deleted": lambda: open_posts.remove("bluesky", NAMES, now=NOW),
    "posts of authors who left": lambda: open_posts.remove_authors("bluesky", dict.fromkeys(NAMES, GoneReason.DELETED), now=NOW),
    "posts of a day": lambda: days.found_on("bluesky", NOW.date()),
    "posts that are read again now": lambda: fetching.refresh_counts(MANY, now=NOW),
    "posts that the lists of a week show": lambda: list(lists().tweets_of_the_network(after=NOW.date())),
    "lists that show posts": lambda: lists().published_with_tweets(MANY),
    "posts of authors who are back": lambda: open_posts.look_for_authors("bluesky", NAMES, now=NOW),
}

HELD_BY_MOST = ("tweet_by_state", "(network=?)", "SCAN papers_tweet", "entry_hottest", "digest_by_status")
"""Steps of a plan that begin with nearly all posts, entries or lists."""


@pytest.mark.parametrize("look", LOOKING.values(), ids=LOOKING)
def test_posts_are_looked_for_by_what_few_have(look: Callable[[], object]) -> None:
    with CaptureQueriesContext(connection) as asked, suppress(fetching.NotFetched):
        look()
    plans = []
    with connection.cursor() as cursor:
        for query in asked:
            if query["sql"].startswith(("SELECT", "UPDATE", "DELETE")):
                cursor.execute("EXPLAIN QUERY PLAN " + query["sql"].replace("%", "%%"))
                plans += [step for *_, step in cursor.fetchall()]
    assert plans
    assert [step for step in plans if any(most in step for most in HELD_BY_MOST)] == []
