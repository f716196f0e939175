"""Tweets of a day: collected in one piece or several, once, from workers at once."""

from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries, Settings

from papers import clock
from papers.collecting import days
from papers.collecting.announced import collect_papers
from papers.collecting.paid_days import collect_tweets
from papers.collecting.paid_posts import store
from papers.models import (
    CollectionDay,
    Mention,
    NetworkDay,
    Paper,
    SourceHealth,
    Tweet,
    TweetMeasurement,
    UnmatchedMention,
)
from papers.sources.http import Malformed, SourceError
from tests.at_once import at_once
from tests.factories import make_paper
from tests.papers.collecting.collecting_tweets import SATURDAY, SATURDAY_MORNING, collect, found, mentions, searches, sweep_again
from tests.papers.conftest import FRIDAY, FRIDAY_NIGHT, THURSDAY, Week

pytestmark = pytest.mark.django_db


def of_gone_tweets(week: Week) -> set[tuple[str, str]]:
    """What was found while X still had the tweets."""
    gone = {one.status_id for one in week.x.tweets.all if one.is_gone(clock.now()) and one.gone != "withheld"}
    return {(status_id, paper) for status_id, paper in mentions() if status_id in gone}


def test_collect_tweets_brings_every_tweet_on_exactly_its_papers(week: Week) -> None:
    collect_papers(FRIDAY, now=clock.now(), sources=week.sources)

    row = collect(week)

    assert mentions() == week.mentions(FRIDAY)
    assert set(Mention.objects.values_list("paper__arxiv_id", flat=True)) <= week.new(FRIDAY)
    assert not UnmatchedMention.objects.filter(arxiv_id__in=Paper.objects.values("arxiv_id")).exists()
    until = NetworkDay.objects.get().collected_until
    assert (row.state, until, row.tweets_done_at) == ("collecting", FRIDAY_NIGHT - timedelta(seconds=30), None)
    assert row.tweets_found == Tweet.objects.count()
    assert SourceHealth.objects.get(service="x").state == "ok"


def test_collect_tweets_stores_what_x_tells_of_a_tweet(week: Week) -> None:
    collect(week)

    for tweet in Tweet.objects.all():
        told = week.x.tweets.by_id[tweet.status_id]
        assert (tweet.retweets, tweet.favorites, tweet.replies, tweet.quotes) == told.counts(FRIDAY_NIGHT)
        assert (tweet.author_id, tweet.language, tweet.read_at) == (told.author.id, told.language, FRIDAY_NIGHT)
        assert tweet.state == ("withheld" if told.gone == "withheld" and told.is_gone(FRIDAY_NIGHT) else "live")
        assert tweet.next_read_at is not None
    measured = TweetMeasurement.objects.values_list("tweet", "read_at", "provenance", "retweets", "favorites")
    assert set(measured) == {
        (tweet.pk, FRIDAY_NIGHT, "network", tweet.retweets, tweet.favorites) for tweet in Tweet.objects.all()
    }


def test_collect_tweets_completes_a_day_that_is_over(week: Week) -> None:
    collect_papers(THURSDAY, now=clock.now(), sources=week.sources)

    row = collect(week, THURSDAY)

    assert (row.state, row.reason, row.tweets_done_at) == ("complete", "", FRIDAY_NIGHT)
    assert mentions() == week.mentions(THURSDAY)


def test_collect_tweets_finds_no_tweet_under_the_floor(week: Week, settings: Settings) -> None:
    settings.X_MIN_LIKES = 5

    collect(week)

    looked_up = {tweet.status_id for tweet in week.x.tweets.all if tweet.kind == "root"}
    assert {search["query"].rpartition(" ")[2] for search in searches(week)} == {"min_likes:5"}
    assert all(tweet.favorites and tweet.favorites >= 5 for tweet in Tweet.objects.exclude(status_id__in=looked_up))


def test_collect_tweets_sweeps_weekends_too(week: Week) -> None:
    week.move(SATURDAY_MORNING)

    row = collect(week, SATURDAY)

    until = NetworkDay.objects.get().collected_until
    assert (row.state, until) == ("quiet", SATURDAY_MORNING - timedelta(seconds=30))
    assert mentions() == week.mentions(SATURDAY)


def test_collect_tweets_needs_no_request_where_the_day_is_done(week: Week) -> None:
    collect(week, THURSDAY)
    week.x.requests.clear()

    collect(week, THURSDAY)

    assert week.x.requests == []


def test_collect_tweets_needs_no_request_before_the_day_has_begun(week: Week) -> None:
    week.move(datetime(2026, 11, 21, 0, 0, 20, tzinfo=UTC))

    collect(week, SATURDAY)

    assert week.x.requests == []


def test_collect_tweets_goes_on_where_the_last_sweep_ended(week: Week) -> None:
    week.move(datetime(2026, 11, 20, 12, tzinfo=UTC))
    collect(week)
    before = len(searches(week))
    week.move(FRIDAY_NIGHT)

    collect(week)

    assert {search["start_time"] for search in searches(week)[before:]} == {"2026-11-20T11:59:30Z"}
    assert mentions() - of_gone_tweets(week) == week.mentions(FRIDAY)


def test_collect_tweets_takes_the_rest_of_a_day_without_a_floor(week: Week) -> None:
    collect(week)
    week.move(SATURDAY_MORNING)

    row = collect(week)

    assert searches(week)[-1] | {"end_time": "2026-11-21T00:00:00Z", "start_time": "2026-11-20T21:59:30Z"} == searches(week)[-1]
    assert row.tweets_done_at == SATURDAY_MORNING
    assert mentions() - of_gone_tweets(week) == week.mentions(FRIDAY)


def test_collect_tweets_takes_the_whole_day_again_with_a_floor(week: Week, settings: Settings) -> None:
    settings.X_MIN_LIKES = 5
    week.move(datetime(2026, 11, 20, 12, tzinfo=UTC))
    collect(week)
    week.move(SATURDAY_MORNING)

    collect(week)

    risen = {
        tweet.status_id
        for tweet in week.x.tweets.all
        if tweet.counts_for_its_papers and tweet.urls and tweet.posted_at.date() == FRIDAY
        if tweet.counts(SATURDAY_MORNING)[1] >= 5 and not tweet.is_gone(SATURDAY_MORNING)
    }
    assert risen <= set(Tweet.objects.values_list("status_id", flat=True))
    assert searches(week)[-1]["start_time"] == "2026-11-20T00:00:00Z"


def test_collect_tweets_is_due_again_after_some_hours(week: Week) -> None:
    collect_papers(FRIDAY, now=clock.now(), sources=week.sources)
    week.move(datetime(2026, 11, 20, 12, tzinfo=UTC))

    row = collect(week)

    assert row.next_try_at == clock.now() + days.SWEEP_EVERY
    assert days.days_wanted(clock.now()) == []
    assert days.days_wanted(row.next_try_at) == [FRIDAY]


def test_collect_tweets_goes_on_after_a_break_without_reading_pages_twice(week: Week) -> None:
    def breaks_after_one_page(found: int, total: int | None) -> None:
        week.x.fault("/2/tweets/search", "500", times=10)

    with pytest.raises(SourceError):
        collect_tweets(FRIDAY, now=clock.now(), sources=week.sources, progress=breaks_after_one_page)
    first = set(Tweet.objects.values_list("status_id", flat=True))
    week.x.recover()
    week.x.requests.clear()

    collect(week)

    assert len(first) >= 90
    assert searches(week) and all("next_token" in search for search in searches(week))
    assert mentions() == week.mentions(FRIDAY)


def test_collect_tweets_begins_the_piece_anew_where_x_does_not_take_its_place(week: Week) -> None:
    def forgets(found: int, total: int | None) -> None:
        week.x.fault("/2/tweets/search", "400")

    with pytest.raises(Malformed):
        collect_tweets(FRIDAY, now=clock.now(), sources=week.sources, progress=forgets)
    week.x.recover()
    week.x.requests.clear()

    collect(week)

    assert "next_token" not in searches(week)[0]
    assert mentions() == week.mentions(FRIDAY)


def facts() -> list[list[tuple[object, ...]]]:
    tweets = Tweet.objects.order_by("status_id").values_list("status_id", "retweets", "favorites", "read_at", "state")
    measured = TweetMeasurement.objects.order_by("pk").values_list("tweet__status_id", "read_at", "retweets")
    return [list(tweets), sorted(measured), sorted(mentions())]


def test_collect_tweets_changes_nothing_when_the_same_answers_come_again(week: Week) -> None:
    collect(week)
    before = facts()
    sweep_again()

    collect(week)

    assert facts() == before


@pytest.mark.django_db(transaction=True)
def test_collect_tweets_by_workers_at_once_makes_the_same_rows(week: Week) -> None:
    collect_papers(FRIDAY, now=clock.now(), sources=week.sources)

    at_once(*[lambda: collect(week)] * 4)

    assert mentions() == week.mentions(FRIDAY)
    assert TweetMeasurement.objects.count() == Tweet.objects.count()


@pytest.mark.django_db(transaction=True)
def test_papers_and_tweets_that_come_at_once_find_each_other(week: Week) -> None:
    at_once(lambda: collect_papers(FRIDAY, now=clock.now(), sources=week.sources), lambda: collect(week))

    assert not UnmatchedMention.objects.filter(arxiv_id__in=Paper.objects.values("arxiv_id")).exists()
    assert mentions() == week.mentions(FRIDAY)
    assert CollectionDay.objects.get().papers_done_at == FRIDAY_NIGHT


def test_collect_tweets_bears_pages_that_overlap_and_empty_pages(week: Week) -> None:
    week.x.repeats, week.x.empty_pages = True, 2

    collect(week)

    assert mentions() == week.mentions(FRIDAY)


def test_collect_tweets_counts_no_retweet(week: Week) -> None:
    week.x.leaks_retweets = True

    collect(week)

    assert mentions() == week.mentions(FRIDAY)


def test_store_lets_counts_fall_but_takes_no_older_reading(week: Week) -> None:
    collect(week)
    tweet = Tweet.objects.filter(favorites__gt=1).first()
    assert tweet
    told = found(tweet.status_id, favorites=0)

    store([found(tweet.status_id, favorites=99)], read_at=FRIDAY_NIGHT - timedelta(hours=1))
    older = Tweet.objects.get(pk=tweet.pk).favorites
    store([told], read_at=FRIDAY_NIGHT + timedelta(hours=1))

    assert (older, Tweet.objects.get(pk=tweet.pk).favorites) == (tweet.favorites, 0)


def test_mentions_that_a_killed_worker_left_are_matched_when_it_is_told_again() -> None:
    tweet = found("2123605488883991000", "2611.90001")
    store([tweet], read_at=FRIDAY_NIGHT)
    make_paper(arxiv_id="2611.90001")  # its worker saw no tweet yet, and the tweet's worker was killed before it looked

    store([tweet], read_at=FRIDAY_NIGHT)

    assert Mention.objects.values_list("tweet__status_id", "paper__arxiv_id").get() == (tweet.status_id, "2611.90001")
    assert UnmatchedMention.objects.count() == 0


def test_store_takes_a_constant_number_of_statements(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    papers = [make_paper().arxiv_id for _ in range(3)]
    with django_assert_max_num_queries(25) as few:  # PostgreSQL asks for a lock besides
        store([found(str(2_123_605_488_883_991_000 + n), *papers) for n in range(2)], read_at=FRIDAY_NIGHT)
    with django_assert_max_num_queries(len(few)):
        store([found(str(2_123_605_488_883_992_000 + n), *papers) for n in range(500)], read_at=FRIDAY_NIGHT)
