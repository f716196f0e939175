"""Counts and texts over real HTTP against the stand-ins: read again, hidden, back, embedded, thinned."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries, Settings

from papers.access.budget import BudgetSpent
from papers.access.connections import Sources
from papers.counts.embedding import Embedded, embed, to_embed
from papers.counts.refreshing import Refreshed, refresh
from papers.counts.thinning import thin
from papers.models import (
    PaidRead,
    Paper,
    PaperMeasurement,
    Provenance,
    ReadBudget,
    SourceHealth,
    Tweet,
    TweetMeasurement,
)
from papers.networks.x.oembed import OEmbedClient
from papers.sources import http
from papers.sources.gate import Gate
from papers.sources.http import Malformed, Misconfigured, OutOfCredit, RateLimited, Refused, Transient
from tests.factories import make_digest, make_entry, make_paper, make_tweet
from tests.papers.conftest import FRIDAY, FRIDAY_NIGHT, MONDAY, Week
from tests.standins.oembed import OEmbedStandin, body_html
from tests.standins.serving import Reply
from tests.standins.tweets import Tweets, WorldTweet

pytestmark = pytest.mark.django_db
NOW = FRIDAY_NIGHT
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def worldly(tweets: Tweets, count: int, **wanted: Any) -> list[WorldTweet]:
    """So many plain tweets of the world that stand by now, or tweets with these fields."""
    plain: dict[str, Any] = {"kind": "tweet", "gone": None, "silent": False, "versions": ()}
    fits = (
        one
        for one in tweets.all
        if one.posted_at < NOW - 3 * DAY and all(getattr(one, name) == value for name, value in (plain | wanted).items())
    )
    return [next(fits) for _ in range(count)]


def stored(worldly_tweet: WorldTweet, *papers: Paper, **fields: Any) -> Tweet:
    return make_tweet(*papers, status_id=worldly_tweet.status_id, **fields)


def due(now: datetime = NOW) -> list[str]:
    return list(Tweet.objects.due_for_refresh(now=now).values_list("status_id", flat=True))


def row(tweet: Tweet, *fields: str) -> tuple[Any, ...]:
    [values] = Tweet.objects.filter(pk=tweet.pk).values_list(*fields)
    return tuple(values)


@pytest.fixture
def oembed(world_tweets: Tweets, week: Week) -> Iterator[OEmbedStandin]:
    with OEmbedStandin(world_tweets) as standin:
        yield standin


@pytest.fixture
def sources(week: Week, oembed: OEmbedStandin, tmp_path: Path, deadline_s: float) -> Iterator[Sources]:
    with http.client() as client:
        asks = OEmbedClient(
            client, gate=Gate("oembed", 0, folder=tmp_path), base=oembed.url, sleep=week.waits.append, deadline_s=deadline_s
        )
        yield replace(week.sources, oembed=asks)


# --- what is due


def test_due_for_refresh_takes_what_is_due_and_was_not_read_today() -> None:
    due_fields = {"next_read_at": NOW - HOUR, "retweets": 1, "favorites": 1, "read_at": NOW - DAY}
    wanted = make_tweet(**due_fields)
    never_read = make_tweet(next_read_at=NOW)
    make_tweet(**due_fields | {"next_read_at": NOW + HOUR})
    make_tweet(**due_fields | {"next_read_at": None})
    make_tweet(**due_fields | {"read_at": datetime(2026, 11, 20, tzinfo=UTC)})
    make_tweet(**due_fields | {"is_sample": True})
    make_tweet(**due_fields | {"is_excluded": True})

    assert due() == [wanted.status_id, never_read.status_id]


def test_due_for_refresh_reads_again_today_what_todays_digest_shows() -> None:
    paper = make_paper(listing_date=FRIDAY)
    tweet = make_tweet(paper, next_read_at=NOW - HOUR, retweets=1, favorites=1, read_at=NOW - 2 * HOUR)
    before = due()
    make_entry(make_digest(FRIDAY), paper, tweet)

    assert before == []
    assert due() == [tweet.status_id]
    assert due(NOW + DAY) == [tweet.status_id]
    assert due(datetime(2026, 11, 21, tzinfo=UTC)) == [tweet.status_id]


def test_due_for_refresh_looks_for_gone_tweets() -> None:
    tweet = make_tweet(next_read_at=NOW - HOUR, retweets=1, favorites=1, read_at=NOW - HOUR, state="protected", state_since=NOW)

    assert due() == [tweet.status_id]


def test_due_for_refresh_puts_the_most_valuable_first() -> None:
    fields: dict[str, Any] = {"next_read_at": NOW - HOUR, "read_at": NOW - DAY, "retweets": 0}
    old, recent, today = (
        make_paper(listing_date=date(2026, 11, 2)),
        make_paper(listing_date=MONDAY),
        make_paper(listing_date=FRIDAY),
    )
    low = make_tweet(old, **fields, favorites=5)
    overdue = make_tweet(old, **fields | {"next_read_at": NOW - DAY}, favorites=5)
    high = make_tweet(old, **fields, favorites=900)
    candidate = make_tweet(recent, **fields, favorites=30)
    better_candidate = make_tweet(recent, today, **fields, favorites=40)
    shown = make_tweet(today, **fields, favorites=1)
    make_entry(make_digest(FRIDAY), today, shown)

    wanted = [shown, better_candidate, candidate, high, overdue, low]
    assert due() == [tweet.status_id for tweet in wanted]


def test_due_for_refresh_takes_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    make_tweet(next_read_at=NOW)

    with django_assert_num_queries(1):
        due()


# --- counts read again


def test_refresh_reads_counts_and_keeps_them_with_their_history(week: Week, world_tweets: Tweets) -> None:
    paper = make_paper()
    ones = worldly(world_tweets, 150)
    tweets = [stored(one, paper, retweets=10**6, favorites=10**6, read_at=NOW - DAY) for one in ones]
    progress: list[int] = []

    done = refresh(tweets, now=NOW, sources=week.sources, progress=progress.append)

    assert done == Refreshed(read=150)
    assert progress == [100, 150]
    truth = {one.status_id: one.counts(NOW)[:2] for one in ones}
    assert {tweet.status_id: (tweet.retweets, tweet.favorites) for tweet in Tweet.objects.all()} == truth
    assert set(Tweet.objects.values_list("read_at", flat=True)) == {NOW}
    assert TweetMeasurement.objects.count() == 150
    total = PaperMeasurement.objects.get()
    assert (total.retweets, total.favorites) == tuple(map(sum, zip(*truth.values(), strict=True)))
    assert list(PaidRead.objects.order_by("pk").values_list("purpose", "reads")) == [("refresh", 100), ("refresh", 50)]
    assert week.x.reads == 150
    assert SourceHealth.objects.values_list("service", "state").get() == ("x", "ok")


@pytest.mark.parametrize(
    ("gone", "state"),
    [
        ("deleted", "deleted"),
        ("protected", "protected"),
        ("suspended", "protected"),
        ("disallowed", "withheld"),
        ("withheld", "withheld"),
    ],
)
def test_refresh_hides_and_erases_a_gone_tweet_but_keeps_its_numbers(
    week: Week, world_tweets: Tweets, gone: str, state: str
) -> None:
    paper = make_paper()
    [one] = worldly(world_tweets, 1, gone=gone)
    tweet = stored(one, paper, retweets=3, favorites=4, read_at=NOW - DAY, embedded_at=NOW - DAY)
    entry = make_entry(make_digest(FRIDAY), paper, tweet)
    entry.shown_tweets.update(printed_otherwise={"body": "As it was", "name": "Ada", "handle": "ada", "language": "ja"})

    done = refresh([tweet], now=NOW, sources=week.sources)

    assert done == Refreshed(gone=1)
    assert row(tweet, "state", "state_since", "next_read_at") == (state, NOW, NOW + DAY)
    assert row(tweet, "body_html", "author_name", "author_handle", "embedded_at") == ("", "", "", None)
    assert row(tweet, "retweets", "favorites", "read_at") == (3, 4, NOW - DAY)
    assert entry.shown_tweets.get().printed_otherwise == {"language": "ja"}
    assert PaperMeasurement.objects.values_list("read_at", "retweets", "favorites").get() == (NOW, 0, 0)


def test_refresh_looks_for_a_gone_tweet_daily_for_a_week(week: Week, world_tweets: Tweets) -> None:
    [one] = worldly(world_tweets, 1, gone="deleted")
    tweet = stored(one)
    looks: list[datetime | None] = []
    for _ in range(9):
        refresh([tweet], now=NOW + len(looks) * DAY, sources=week.sources)
        looks.append(row(tweet, "next_read_at")[0])

    assert looks == [*(NOW + n * DAY for n in range(1, 8)), None, None]
    assert row(tweet, "state_since") == (NOW,)
    assert week.x.reads == 0
    assert set(PaidRead.objects.values_list("reads", flat=True)) == {0}


def test_refresh_takes_a_tweet_back_that_was_gone(week: Week, world_tweets: Tweets) -> None:
    paper = make_paper()
    [one] = worldly(world_tweets, 1)
    tweet = stored(one, paper, state="protected", state_since=NOW - DAY, body_html="", embedded_at=None)

    done = refresh([tweet], now=NOW, sources=week.sources)

    assert done == Refreshed(read=1, back=1)
    assert row(tweet, "state", "state_since", "read_at") == ("live", None, NOW)
    assert PaperMeasurement.objects.get().favorites == one.counts(NOW)[1]


def test_refresh_leaves_an_unknown_tweet_as_it_is_and_asks_again(week: Week, world_tweets: Tweets) -> None:
    silent, told = worldly(world_tweets, 1, silent=True)[0], worldly(world_tweets, 1)[0]
    tweet = stored(silent, retweets=3, favorites=4, read_at=NOW - DAY, next_read_at=NOW)

    done = refresh([tweet, stored(told)], now=NOW, sources=week.sources)

    assert done == Refreshed(read=1, unknown=1)
    assert row(tweet, "state", "favorites", "body_html", "next_read_at") == ("live", 4, tweet.body_html, NOW + HOUR)


def test_refresh_reads_the_others_before_it_tells_of_an_answer_that_makes_no_sense(week: Week, world_tweets: Tweets) -> None:
    tweets = [stored(one, next_read_at=NOW) for one in worldly(world_tweets, 101)]
    week.x.fault("/2/tweets", "{}")

    with pytest.raises(Malformed):
        refresh(tweets, now=NOW, sources=week.sources)

    assert Counter(Tweet.objects.values_list("next_read_at", flat=True))[NOW + HOUR] == 100
    assert row(tweets[-1], "read_at") == (NOW,)
    assert SourceHealth.objects.get().state == "failing"


def test_refresh_reads_as_much_as_the_budget_allows_and_then_names_the_setting(
    week: Week, world_tweets: Tweets, settings: Settings
) -> None:
    settings.X_DAILY_READS = 130
    tweets = [stored(one) for one in worldly(world_tweets, 150)]

    with pytest.raises(BudgetSpent, match="X_DAILY_READS"):
        refresh(tweets, now=NOW, sources=week.sources)

    assert [tweet.pk for tweet in tweets[:130]] == list(
        Tweet.objects.filter(read_at=NOW).order_by("pk").values_list("pk", flat=True)
    )
    assert week.x.reads == 130
    assert set(ReadBudget.objects.values_list("reads", flat=True)) == {130}


@pytest.mark.parametrize(
    ("fault", "error", "state", "requests"),
    [
        ("400", Malformed, "failing", 1),
        ("401", Refused, "refused", 1),
        ("402-older", OutOfCredit, "refused", 1),
        ("402-newer", OutOfCredit, "refused", 1),
        ("403", Refused, "refused", 1),
        ("429-cap", OutOfCredit, "refused", 1),
        ("429", RateLimited, "failing", 3),
        ("503", Transient, "failing", 3),
        ("html", Transient, "failing", 3),
        ("truncated", Transient, "failing", 3),
    ],
)
def test_refresh_stops_at_a_failure_changes_nothing_and_goes_on_later(
    week: Week, world_tweets: Tweets, fault: str, error: type[Exception], state: str, requests: int
) -> None:
    tweet = stored(worldly(world_tweets, 1)[0], next_read_at=NOW)
    before = Tweet.objects.values().get()
    week.x.fault("/2/tweets", fault, times=3)

    with pytest.raises(error):
        refresh([tweet], now=NOW, sources=week.sources)

    assert Tweet.objects.values().get() == before
    assert len(week.x.requests) == requests
    assert SourceHealth.objects.values_list("service", "state").get() == ("x", state)
    week.x.recover()
    assert refresh([tweet], now=NOW, sources=week.sources).read == 1
    assert SourceHealth.objects.get().state == "ok"


def test_refresh_without_a_key_says_what_to_set(week: Week) -> None:
    with pytest.raises(Misconfigured, match="X_BEARER_TOKEN is not set"):
        refresh([make_tweet()], now=NOW, sources=replace(week.sources, x=None))

    assert SourceHealth.objects.values_list("state", "setting").get() == ("refused", "X_BEARER_TOKEN")


def test_refresh_takes_the_same_statements_for_one_tweet_and_for_a_hundred(week: Week, world_tweets: Tweets) -> None:
    paper = make_paper()
    few, many = worldly(world_tweets, 1), worldly(world_tweets, 101)[1:]
    gone = [stored(one, paper) for one in worldly(world_tweets, 1, gone="deleted")]
    taken = []
    for ones in (few, many[:99]):
        tweets = [*(stored(one, paper) for one in ones), *gone]
        with CaptureQueriesContext(connection) as captured:
            refresh(tweets, now=NOW, sources=week.sources)
        taken.append(len(captured))

    assert taken[0] == taken[1]


# --- texts


def test_embed_stores_what_x_shows(sources: Sources, oembed: OEmbedStandin, world_tweets: Tweets) -> None:
    [one] = worldly(world_tweets, 1, direction="rtl")
    oembed.renamed[one.status_id] = "lab_renamed"
    tweet = stored(one, author_handle="lab_old", body_html="", author_name="")

    done = embed([tweet], now=NOW, sources=sources)

    assert done == Embedded(stored=1)
    assert row(tweet, "author_name", "author_handle", "language", "direction", "body_html", "embedded_at") == (
        one.author.name,
        "lab_renamed",
        one.language,
        "rtl",
        body_html(one),
        NOW,
    )
    assert SourceHealth.objects.values_list("service", "state").get() == ("oembed", "ok")


@pytest.mark.parametrize(
    ("fault", "state"), [("404-json", "deleted"), ("404-html", "deleted"), ("410", "deleted"), ("403-json", "protected")]
)
def test_embed_hides_at_once_looks_after_an_hour_and_a_day_and_then_erases(
    sources: Sources, oembed: OEmbedStandin, world_tweets: Tweets, fault: str, state: str
) -> None:
    paper = make_paper()
    tweet = stored(worldly(world_tweets, 1)[0], paper, retweets=3, favorites=4, read_at=NOW)
    oembed.fault("/oembed", fault, times=3)
    seen = []
    for wait in (timedelta(0), HOUR, DAY):
        embed([Tweet.objects.get()], now=NOW + wait, sources=sources)
        seen.append(row(tweet, "state", "body_html", "next_read_at"))

    body = tweet.body_html
    assert seen == [(state, body, NOW + HOUR), (state, body, NOW + DAY), (state, "", None)]
    assert row(tweet, "state_since", "retweets", "author_handle") == (NOW, 3, "")
    assert PaperMeasurement.objects.filter(paper=paper).first().favorites == 0  # type: ignore[union-attr]


def test_embed_shows_a_hidden_tweet_again_that_is_back(sources: Sources, oembed: OEmbedStandin, world_tweets: Tweets) -> None:
    tweet = stored(worldly(world_tweets, 1)[0], make_paper(), retweets=3, favorites=4, read_at=NOW)
    oembed.fault("/oembed", "404-json")
    embed([tweet], now=NOW, sources=sources)

    done = embed([Tweet.objects.get()], now=NOW + HOUR, sources=sources)

    assert done == Embedded(stored=1)
    assert row(tweet, "state", "state_since") == ("live", None)
    assert list(PaperMeasurement.objects.values_list("favorites", flat=True)) == [0, 4]


@pytest.mark.parametrize(
    ("fault", "requests"),
    [("402", 3), ("403-html", 3), ("503", 3), ("html", 3), ("{}", 3), ("400", 1), ("foreign", 3)],
)
def test_embed_keeps_the_text_through_a_failure(
    sources: Sources, oembed: OEmbedStandin, world_tweets: Tweets, fault: str, requests: int
) -> None:
    tweet = stored(worldly(world_tweets, 1)[0])
    oembed.fault("/oembed", fault, times=3)

    assert embed([tweet], now=NOW, sources=sources) == Embedded(failed=1)

    assert row(tweet, "state", "body_html") == ("live", tweet.body_html)
    assert len(oembed.requests) == requests


def test_embed_does_not_ask_again_for_an_answer_it_cannot_take_before_tomorrow(
    sources: Sources, oembed: OEmbedStandin, world_tweets: Tweets
) -> None:
    paper = make_paper(listing_date=FRIDAY)
    tweet = stored(worldly(world_tweets, 1)[0], paper)
    make_entry(make_digest(FRIDAY), paper, tweet)
    oembed.changes[tweet.status_id] = {"html": '<blockquote onclick="steal()"></blockquote>'}

    assert embed(to_embed(NOW), now=NOW, sources=sources) == Embedded(failed=1)

    assert (to_embed(NOW + HOUR), to_embed(NOW + DAY)) == ([], [tweet])
    assert row(tweet, "body_html") == (tweet.body_html,)


def test_embed_gives_up_after_three_failures_in_a_row(sources: Sources, oembed: OEmbedStandin, world_tweets: Tweets) -> None:
    tweets = [stored(one) for one in worldly(world_tweets, 5)]
    oembed.fault("/oembed", "503", times=99)

    with pytest.raises(Transient):
        embed(tweets, now=NOW, sources=sources)

    assert {request.params["url"].rpartition("/")[2] for request in oembed.requests} == {tweet.status_id for tweet in tweets[:3]}
    assert SourceHealth.objects.values_list("service", "state").get() == ("oembed", "failing")


def test_embed_stops_at_once_where_it_is_asked_to_slow_down(
    sources: Sources, oembed: OEmbedStandin, world_tweets: Tweets
) -> None:
    tweets = [stored(one) for one in worldly(world_tweets, 2)]
    oembed.fault("/oembed", Reply(429, b"", {"Retry-After": "600"}), times=9)

    with pytest.raises(RateLimited):
        embed(tweets, now=NOW, sources=sources)

    assert len(oembed.requests) == 1


def test_embed_does_not_revive_what_a_reading_found_gone_meanwhile(sources: Sources, world_tweets: Tweets) -> None:
    tweet = stored(worldly(world_tweets, 1)[0])
    Tweet.objects.update(state="withheld", state_since=NOW, body_html="")

    embed([tweet], now=NOW, sources=sources)

    assert row(tweet, "state", "body_html") == ("withheld", "")


def test_to_embed_takes_what_hot_candidates_would_show() -> None:
    hot, cold, old = make_paper(listing_date=FRIDAY), make_paper(listing_date=FRIDAY), make_paper(listing_date=MONDAY)
    counted: dict[str, Any] = {"retweets": 0, "read_at": NOW}
    best = make_tweet(hot, favorites=60, **counted)
    make_tweet(hot, favorites=3, **counted)
    make_tweet(cold, favorites=49, **counted)
    make_tweet(old, favorites=60, **counted)

    assert to_embed(NOW) == [best]


@pytest.mark.parametrize(
    ("day", "age", "is_due"),
    [
        (FRIDAY, None, True),
        (FRIDAY, DAY, True),
        (FRIDAY, DAY - HOUR, False),
        (FRIDAY - 7 * DAY, 2 * DAY, False),
        (FRIDAY - 7 * DAY, 30 * DAY, True),
        (FRIDAY - 7 * DAY, None, True),
    ],
)
def test_to_embed_takes_what_digests_show_daily_while_they_are_new(day: date, age: timedelta | None, is_due: bool) -> None:
    paper = make_paper(listing_date=day)
    tweet = make_tweet(paper, embedded_at=NOW - age if age else None)
    make_entry(make_digest(day), paper, tweet)

    assert to_embed(NOW) == [tweet] * is_due


def test_to_embed_leaves_the_old_sites_posts_and_the_sample_alone() -> None:
    old, sample = make_paper(), make_paper()
    make_entry(make_digest(FRIDAY), old, make_tweet(old), provenance=Provenance.POST)
    make_entry(make_digest(MONDAY), sample, make_tweet(sample, is_sample=True))

    assert to_embed(NOW) == []


def test_to_embed_takes_the_same_queries_whatever_is_shown(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    digest = make_digest(FRIDAY)
    for _ in range(5):
        paper = make_paper(listing_date=FRIDAY)
        make_entry(digest, paper, *(make_tweet(paper, retweets=0, favorites=90, read_at=NOW) for _ in range(4)))

    with django_assert_num_queries(8):
        assert len(to_embed(NOW)) == 20


# --- history


def at(age: timedelta, score: int, tweet: Tweet, provenance: str = Provenance.NETWORK) -> None:
    TweetMeasurement.objects.create(tweet=tweet, read_at=NOW - age, provenance=provenance, retweets=0, favorites=score)


def ages(tweet: Tweet) -> list[timedelta]:
    kept = TweetMeasurement.objects.filter(tweet=tweet, provenance=Provenance.NETWORK)
    return sorted(NOW - read_at for read_at in kept.values_list("read_at", flat=True))


def test_thin_keeps_all_then_one_an_hour_a_day_and_a_week() -> None:
    tweet = make_tweet()
    minute = timedelta(minutes=1)
    # 22:00 of a Friday: each group lies within one hour, one day or one week.
    recent = [DAY + 5 * minute, DAY + 10 * minute]
    hourly = [3 * DAY + 5 * minute, 3 * DAY + 10 * minute, 3 * DAY + 70 * minute]
    daily = [10 * DAY + 5 * minute, 10 * DAY + 10 * HOUR, 11 * DAY]
    weekly = [200 * DAY, 201 * DAY, 207 * DAY]  # a Monday, the Sunday before it, the Monday before that
    first = 300 * DAY
    for score, age in enumerate(sorted([*recent, *hourly, *daily, *weekly, first], reverse=True)):
        at(age, score, tweet)

    assert thin(NOW) == 3

    kept = [*recent, hourly[0], hourly[2], daily[0], daily[2], weekly[0], weekly[1], first]
    assert ages(tweet) == sorted(kept)
    assert thin(NOW) == 0


def test_thin_keeps_first_last_and_peak_and_the_posts_readings() -> None:
    tweet, other = make_tweet(), make_tweet()
    scores = [5, 9, 7, 9, 6, 8]
    for n, score in enumerate(scores):
        at(20 * DAY + n * HOUR, score, tweet)
        at(20 * DAY + n * HOUR, score, tweet, Provenance.POST)
    at(20 * DAY, 1, other)

    thin(NOW)

    # The last reading, the earlier of the two highest, the first.
    assert ages(tweet) == [20 * DAY, 20 * DAY + 3 * HOUR, 20 * DAY + 5 * HOUR]
    assert ages(other) == [20 * DAY]
    assert TweetMeasurement.objects.filter(provenance=Provenance.POST).count() == 6


def test_thin_thins_papers_too_and_touches_no_entry() -> None:
    digest = make_digest(FRIDAY, papers=1)
    entry = digest.entries.values().get()
    for n in range(6):
        PaperMeasurement.objects.create(
            paper_id=entry["paper_id"],
            read_at=NOW - 20 * DAY - n * HOUR,
            provenance=Provenance.NETWORK,
            retweets=0,
            favorites=9 - n,
        )

    assert thin(NOW) == 4

    assert Counter(PaperMeasurement.objects.values_list("favorites", flat=True)) == {9: 1, 4: 1}
    assert digest.entries.values().get() == entry


def test_thin_takes_six_statements(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    tweet = make_tweet()
    for n in range(5):
        at(20 * DAY + n * HOUR, n, tweet)

    with django_assert_num_queries(6):
        thin(NOW)
