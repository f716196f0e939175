"""Texts over real HTTP against oEmbed's stand-in: stored, hidden, back, erased."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from papers.access.connections import Sources
from papers.counts.embedding import Embedded, embed, to_embed
from papers.models import (
    PaperMeasurement,
    Provenance,
    SourceHealth,
    Tweet,
)
from papers.networks.x.oembed import OEmbedClient
from papers.sources import http
from papers.sources.gate import Gate
from papers.sources.http import RateLimited, Transient
from tests.factories import make_digest, make_entry, make_paper, make_tweet
from tests.papers.conftest import FRIDAY, MONDAY, UNHURRIED_S, Week
from tests.papers.counts.stored_tweets import DAY, HOUR, NOW, row, stored, worldly
from tests.standins.oembed import OEmbedStandin, body_html
from tests.standins.serving import Reply
from tests.standins.tweets import Tweets

pytestmark = pytest.mark.django_db


@pytest.fixture
def oembed(world_tweets: Tweets, week: Week) -> Iterator[OEmbedStandin]:
    with OEmbedStandin(world_tweets) as standin:
        yield standin


@pytest.fixture
def sources(week: Week, oembed: OEmbedStandin, tmp_path: Path) -> Iterator[Sources]:
    with http.client() as client:
        asks = OEmbedClient(
            client, gate=Gate("oembed", 0, folder=tmp_path), base=oembed.url, sleep=week.waits.append, deadline_s=UNHURRIED_S
        )
        yield replace(week.sources, texts={"x": asks})


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
