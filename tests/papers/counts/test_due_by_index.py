"""Posts that are due are found by an index, however many posts there are: on SQLite, which keeps no statistics, too."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.db.models import QuerySet

from papers.models import Tweet
from papers.networks.registry import KINDS

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
DUE = {
    "paid": lambda: Tweet.objects.due_for_refresh(now=NOW)[:100],
    "open": lambda: Tweet.objects.of_open_networks().filter(network="bluesky").due(now=NOW)[:100],
    "counted": lambda: Tweet.objects.waiting().filter(next_read_at__lte=NOW).order_by(),
    "next": lambda: Tweet.objects.waiting().filter(network="x").order_by("next_read_at")[:1],
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", DUE)
def test_what_is_due_is_found_by_its_index(name: str) -> None:
    posts: QuerySet[Tweet] = DUE[name]()
    if connection.vendor == "postgresql":  # of a small table it would read all, with any index
        ids = [(network, str(n)) for network in KINDS for n in range(1, 2001)]
        Tweet.objects.bulk_create(Tweet(network=one, status_id=id, author_id=id, posted_at=NOW) for one, id in ids)
        Tweet.objects.filter(status_id__endswith="00").update(next_read_at=NOW)
        connection.cursor().execute("ANALYZE papers_tweet")
        connection.cursor().execute("SET LOCAL enable_seqscan = off")
        connection.cursor().execute("SET LOCAL enable_bitmapscan = off")
    plan = posts.explain()
    assert "tweet_network_due" in plan, plan
