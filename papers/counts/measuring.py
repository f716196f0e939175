"""Readings of many tweets at once: the present counts, their history, that of the papers, and when to read again.

A temporary table carries each batch into the database, where three statements do the rest; Django's bulk_update takes
sixty times as long (`make bench`).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection, transaction

from papers import rows
from papers.counts.due import next_wait
from papers.models import Mention, Paper, PaperMeasurement, Provenance, Tweet, TweetMeasurement
from papers.networks.registry import OLD_NETWORK
from papers.ranking.candidates import rules
from papers.ranking.ranking import MOST_POINTS, points

BATCH = 20_000
"""Readings in one transaction: some megabytes, and locks for a fraction of a second."""
Weights = Mapping[str, Mapping[str, float]]


class Reading(NamedTuple):
    """A tweet's counts as the network told them at the moment `read_at` (UTC)."""

    tweet_id: int
    """Our primary key."""
    read_at: datetime
    retweets: int
    favorites: int
    replies: int | None
    quotes: int | None


def record(readings: Iterable[Reading], *, now: datetime) -> int:
    """Store the readings; give back how many tweets there were to store them for.

    A tweet keeps its counts where it has newer ones already; its history takes every reading. Of several readings of one
    tweet the latest counts. The papers of these tweets get a row of history at `now`: the sums over their tweets that are
    live and not excluded. The same readings again change nothing.
    """
    ordered = list({reading.tweet_id: reading for reading in sorted(readings)}.values())
    return sum(_record(ordered[start : start + BATCH], now) for start in range(0, len(ordered), BATCH))


def remember(tweets: Iterable[Tweet], *, now: datetime) -> None:
    """A row of history for each of these tweets of an open network, with its counts, and one for each of their papers."""
    weights, measured = rules().weights, [tweet for tweet in tweets if tweet.counts]
    rows.insert(
        TweetMeasurement,
        ["tweet", "read_at", "provenance", "retweets", "favorites", "counts", "extra_points"],
        [
            [tweet.pk, now, Provenance.NETWORK, 0, 0, tweet.counts, points(tweet.network, tweet.counts, weights)]
            for tweet in measured
        ],
        on_conflict="DO NOTHING",
    )
    measure_papers([tweet.pk for tweet in measured], now=now)


def measure_papers(tweet_ids: Collection[int], *, now: datetime) -> None:
    """A row of history for the papers that these tweets mention, as after a reading: their states changed, not their counts."""
    _measure(_OF_TWEETS, tweet_ids, now)


def measure_again(paper_ids: Collection[int], *, now: datetime) -> None:
    """A row of history for these papers: other tweets mention them now."""
    _measure(_BY_KEY, paper_ids, now)


def _measure(touched: str, keys: Collection[int], now: datetime) -> None:
    if keys:
        with connection.cursor() as cursor:
            cursor.execute(_papers(touched.format(", ".join(["%s"] * len(keys))), rules().weights), [*keys, _moment(now)])


_TWEET, _MENTION = Tweet._meta.db_table, Mention._meta.db_table
# No index on the temporary table: it is read from end to end, and the tables are searched by their keys.
_CREATE = """
    CREATE TEMPORARY TABLE reading (tweet_id bigint, read_at {moment}, retweets integer, favorites integer, replies integer,
        quotes integer, due bigint)
"""
_COUNTS = ("retweets", "favorites", "replies", "quotes", "read_at")
_UPDATE = f"""
    UPDATE {_TWEET} SET {", ".join(f"{name} = reading.{name}" for name in _COUNTS)}, next_read_at = {{due}} FROM reading
    WHERE {_TWEET}.id = reading.tweet_id AND ({_TWEET}.read_at IS NULL OR {_TWEET}.read_at < reading.read_at)
"""  # noqa: S608 - names of our own tables
_HISTORY = f"""
    INSERT INTO {TweetMeasurement._meta.db_table} (tweet_id, read_at, provenance, retweets, favorites, counts, extra_points)
    SELECT tweet_id, read_at, 'network', retweets, favorites, '{{{{}}}}', {{points}} - retweets - favorites FROM reading
    WHERE true ON CONFLICT DO NOTHING
"""  # noqa: S608
_OF_TWEETS = f"SELECT DISTINCT paper_id FROM {_MENTION} WHERE tweet_id IN ({{}})"  # noqa: S608
_BY_KEY = f"SELECT id AS paper_id FROM {Paper._meta.db_table} WHERE id IN ({{}})"  # noqa: S608
# CROSS JOIN: SQLite takes the tables in this order; else it reads all live tweets for a few papers.
_PAPERS = f"""
    WITH touched AS ({{touched}}),
    tweets AS (
        SELECT mention.paper_id, tweet.network, tweet.retweets, tweet.favorites, tweet.counts, {{points}} AS points
        FROM touched CROSS JOIN {_MENTION} mention CROSS JOIN {_TWEET} tweet
        WHERE mention.paper_id = touched.paper_id AND tweet.id = mention.tweet_id
            AND tweet.state = 'live' AND NOT tweet.is_excluded
    ),
    sums AS (
        SELECT paper_id, network, one.key AS name, SUM(CAST(one.value AS bigint)) AS number
        FROM tweets, {{each}}(tweets.counts) AS one WHERE tweets.counts <> '{{{{}}}}' GROUP BY paper_id, network, one.key
    ),
    networks AS (SELECT paper_id, network, {{object}}(name, number) AS counts FROM sums GROUP BY paper_id, network),
    others AS (SELECT paper_id, {{object}}(network, {{nested}}) AS counts FROM networks GROUP BY paper_id),
    own AS (
        SELECT paper_id, SUM(retweets) AS retweets, SUM(favorites) AS favorites, SUM(points) AS points
        FROM tweets GROUP BY paper_id
    )
    INSERT INTO {PaperMeasurement._meta.db_table} (paper_id, read_at, provenance, retweets, favorites, counts, extra_points)
    SELECT touched.paper_id, %s, 'network', COALESCE(own.retweets, 0), COALESCE(own.favorites, 0),
        COALESCE(others.counts, '{{{{}}}}'), COALESCE(own.points, 0) - COALESCE(own.retweets, 0) - COALESCE(own.favorites, 0)
    FROM touched LEFT JOIN own ON own.paper_id = touched.paper_id LEFT JOIN others ON others.paper_id = touched.paper_id
    WHERE true
    ON CONFLICT (paper_id, provenance, read_at) DO UPDATE SET retweets = excluded.retweets, favorites = excluded.favorites,
        counts = excluded.counts, extra_points = excluded.extra_points
"""  # noqa: S608
JSON = {
    "postgresql": {"each": "jsonb_each_text", "object": "jsonb_object_agg", "nested": "counts", "least": "LEAST"},
    "sqlite": {"each": "json_each", "object": "json_group_object", "nested": "json(counts)", "least": "MIN"},
}
"""How each database takes JSON apart and makes it, and its word for the least of several."""


def _papers(touched: str, weights: Weights) -> str:
    """The statement that measures the papers that `touched` selects; it takes the parameters of that, and the moment."""
    return _PAPERS.format(touched=touched, points=_points("tweet", weights), **JSON[connection.vendor])


def _points(of_table: str, weights: Weights) -> str:
    """What a row of tweets gives to a score by the rules of today, as SQL; names and weights are our own."""
    cases = []
    for network, of_network in weights.items():
        column = f"{of_table}.{{}}" if network == OLD_NETWORK else f"{of_table}.counts ->> '{{}}'"
        given = ((column.format(name), weight) for name, weight in of_network.items() if weight)
        parts = [f"COALESCE(CAST({count} AS numeric), 0) * {weight:f}" for count, weight in given]
        cases.append(f"WHEN '{network}' THEN {' + '.join(parts) or '0'}")
    return _whole(f"CASE {of_table}.network {' '.join(cases)} ELSE 0 END")


def _points_of_readings(weights: Weights) -> str:
    """The same of a row of the temporary table, whose tweets are all of the network that has columns."""
    given = weights.get(OLD_NETWORK, {}).items()
    parts = [f"reading.{name} * {weight:f}" for name, weight in given if weight]
    return _whole(" + ".join(parts) or "0")


def _whole(points: str) -> str:
    """Rounded, and no more than one post may give."""
    return f"{JSON[connection.vendor]['least']}(CAST(ROUND({points}) AS bigint), {MOST_POINTS})"


_LOCK = 0x4870_0001
"""PostgreSQL's advisory lock of those who record: two at once would lock the rows in different orders."""


def _record(readings: Sequence[Reading], now: datetime) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        known = _known(cursor, [reading.tweet_id for reading in readings])
        moments = {reading.read_at for reading in readings}
        written = {moment: (_moment(moment), int(moment.timestamp())) for moment in moments}
        taken = []
        for tweet_id, moment, retweets, favorites, replies, quotes in readings:
            if tweet_id in known:
                posted, previous = known[tweet_id]
                read_at, seconds = written[moment]
                wait_s = next_wait(seconds - posted, previous, retweets + favorites)
                due = None if wait_s is None else seconds + wait_s
                taken.append((tweet_id, read_at, retweets, favorites, replies, quotes, due))
        if connection.vendor == "postgresql":
            cursor.execute(_CREATE.format(moment="timestamptz"))
            with cursor.copy("COPY reading FROM STDIN (NULL 'None')") as copy:
                copy.write("".join("\t".join(map(str, row)) + "\n" for row in taken))
            cursor.execute(_UPDATE.format(due="to_timestamp(reading.due)"))
        else:
            cursor.execute(_CREATE.format(moment="text"))
            cursor.executemany("INSERT INTO reading VALUES (%s, %s, %s, %s, %s, %s, %s)", taken)
            cursor.execute(_UPDATE.format(due="datetime(reading.due, 'unixepoch')"))
        weights = rules().weights
        cursor.execute(_HISTORY.format(points=_points_of_readings(weights)))
        cursor.execute(_papers(_OF_TWEETS.format("SELECT reading.tweet_id FROM reading"), weights), [_moment(now)])
        cursor.execute("DROP TABLE reading")
    return len(taken)


def _known(cursor: Any, tweet_ids: list[int]) -> dict[int, tuple[int, int | None]]:
    """Of each tweet that is here, when it was posted (s since 1970) and its score before (None where it was never read)."""
    if connection.vendor == "postgresql":
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        posted, among = "extract(epoch FROM posted_at)::bigint", "= ANY(%s)"
    else:
        posted, among = "CAST(strftime('%%s', posted_at) AS integer)", "IN (SELECT value FROM json_each(%s))"
    given = tweet_ids if connection.vendor == "postgresql" else str(tweet_ids)
    cursor.execute(f"SELECT id, {posted}, retweets + favorites FROM {_TWEET} WHERE id {among}", [given])  # noqa: S608
    return {pk: (since, score) for pk, since, score in cursor.fetchall()}


def _moment(moment: datetime) -> str:
    """As Django writes it."""
    return str(connection.ops.adapt_datetimefield_value(moment))
