"""The tweets of a day: each once, on exactly its papers, within the budget, whatever X answers in between."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries, Settings

from papers import clock
from papers.access import budget
from papers.access.budget import BudgetSpent
from papers.collecting import days
from papers.collecting.announced import collect_papers
from papers.collecting.swept import collect_tweets
from papers.collecting.tweets import store
from papers.models import (
    CollectionDay,
    Mention,
    PaidRead,
    Paper,
    ReadBudget,
    SourceDay,
    SourceHealth,
    Tweet,
    TweetMeasurement,
    UnmatchedMention,
)
from papers.networks.x.posts import Counts, FoundTweet
from papers.sources.http import Malformed, OutOfCredit, SourceError
from tests.factories import make_paper, make_tweet
from tests.papers.conftest import FRIDAY, FRIDAY_NIGHT, THURSDAY, Week

SATURDAY = date(2026, 11, 21)
SATURDAY_MORNING = datetime(2026, 11, 21, 6, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def collect(week: Week, day: date = FRIDAY) -> CollectionDay:
    return collect_tweets(day, now=clock.now(), sources=week.sources)


def mentions() -> set[tuple[str, str]]:
    matched = Mention.objects.values_list("tweet__status_id", "paper__arxiv_id")
    return {*matched, *UnmatchedMention.objects.values_list("tweet__status_id", "arxiv_id")}


def of_gone_tweets(week: Week) -> set[tuple[str, str]]:
    """What was found while X still had the tweets."""
    gone = {one.status_id for one in week.x.tweets.all if one.is_gone(clock.now()) and one.gone != "withheld"}
    return {(status_id, paper) for status_id, paper in mentions() if status_id in gone}


def searches(week: Week) -> list[dict[str, str]]:
    return [dict(request.params) for request in week.x.requests if "/search/" in request.path]


def used(day: date = FRIDAY) -> int:
    return ReadBudget.objects.values_list("reads", flat=True).get(period=str(day))


# A day


def test_collect_tweets_brings_every_tweet_on_exactly_its_papers(week: Week) -> None:
    collect_papers(FRIDAY, now=clock.now(), sources=week.sources)

    row = collect(week)

    assert mentions() == week.mentions(FRIDAY)
    assert set(Mention.objects.values_list("paper__arxiv_id", flat=True)) <= week.new(FRIDAY)
    assert not UnmatchedMention.objects.filter(arxiv_id__in=Paper.objects.values("arxiv_id")).exists()
    assert (row.state, row.swept_until, row.tweets_done_at) == ("collecting", FRIDAY_NIGHT - timedelta(seconds=30), None)
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

    assert (row.state, row.swept_until) == ("quiet", SATURDAY_MORNING - timedelta(seconds=30))
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


# Piece by piece


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


# The same again


def facts() -> list[list[tuple[object, ...]]]:
    tweets = Tweet.objects.order_by("status_id").values_list("status_id", "retweets", "favorites", "read_at", "state")
    measured = TweetMeasurement.objects.order_by("pk").values_list("tweet__status_id", "read_at", "retweets")
    return [list(tweets), sorted(measured), sorted(mentions())]


def sweep_again() -> None:
    CollectionDay.objects.update(swept_until=None, sweep_token="", sweep_end=None, tweets_done_at=None)


def test_collect_tweets_changes_nothing_when_the_same_answers_come_again(week: Week) -> None:
    collect(week)
    before = facts()
    sweep_again()

    collect(week)

    assert facts() == before


@pytest.mark.django_db(transaction=True)
def test_collect_tweets_by_workers_at_once_makes_the_same_rows(week: Week) -> None:
    collect_papers(FRIDAY, now=clock.now(), sources=week.sources)

    def work(_: int) -> None:
        try:
            collect(week)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as workers:
        list(workers.map(work, range(4)))

    assert mentions() == week.mentions(FRIDAY)
    assert TweetMeasurement.objects.count() == Tweet.objects.count()


@pytest.mark.django_db(transaction=True)
def test_papers_and_tweets_that_come_at_once_find_each_other(week: Week) -> None:
    def work(what: Callable[[], object]) -> None:
        try:
            what()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as workers:
        papers = workers.submit(work, lambda: collect_papers(FRIDAY, now=clock.now(), sources=week.sources))
        tweets = workers.submit(work, lambda: collect(week))
        papers.result()
        tweets.result()

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


def test_store_takes_a_constant_number_of_statements(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    papers = [make_paper().arxiv_id for _ in range(3)]
    with django_assert_max_num_queries(20) as few:
        store([found(str(2_123_605_488_883_991_000 + n), *papers) for n in range(2)], read_at=FRIDAY_NIGHT)
    with django_assert_max_num_queries(len(few)):
        store([found(str(2_123_605_488_883_992_000 + n), *papers) for n in range(500)], read_at=FRIDAY_NIGHT)


def found(status_id: str, *papers: str, favorites: int = 7, history: tuple[str, ...] = ()) -> FoundTweet:
    return FoundTweet(
        status_id=status_id,
        author_id="900000000000000001",
        handle="",
        text="",
        language="en",
        created_at=None,
        conversation_id=status_id,
        counts=Counts(3, favorites, 0, 0),
        papers=papers or ("2611.90001",),
        is_retweet=False,
        answers_another=False,
        is_withheld=False,
        edit_history=history or (status_id,),
    )


# Edited tweets, threads, tweets of the old site


OLD, NEW = "2123605488883991001", "2123605488883995001"


def test_store_lets_an_edited_tweet_keep_its_row() -> None:
    paper = make_paper()
    store([found(OLD, paper.arxiv_id)], read_at=FRIDAY_NIGHT)
    row = Tweet.objects.get()

    store([found(NEW, paper.arxiv_id, history=(OLD, NEW))], read_at=FRIDAY_NIGHT + timedelta(hours=1))

    assert list(Tweet.objects.values_list("pk", "status_id", "embedded_at")) == [(row.pk, NEW, None)]
    assert mentions() == {(NEW, paper.arxiv_id)}


def test_store_counts_an_edited_tweet_once_where_both_versions_are_here() -> None:
    paper = make_paper()
    store([found(OLD, paper.arxiv_id), found(NEW, paper.arxiv_id)], read_at=FRIDAY_NIGHT)

    store([found(NEW, paper.arxiv_id, history=(OLD, NEW))], read_at=FRIDAY_NIGHT + timedelta(hours=1))

    assert mentions() == {(NEW, paper.arxiv_id)}
    assert Tweet.objects.get(status_id=OLD).next_read_at is None


def test_store_leaves_the_old_version_on_the_same_page_out() -> None:
    store([found(OLD), found(NEW, history=(OLD, NEW))], read_at=FRIDAY_NIGHT)

    assert mentions() == {(NEW, "2611.90001")}


def test_collect_tweets_looks_the_roots_of_threads_up_in_one_request(week: Week) -> None:
    collect(week)

    roots = {tweet.status_id for tweet in week.x.tweets.all if tweet.kind == "root"}
    here = roots & set(Tweet.objects.values_list("status_id", flat=True))
    lookups = [request for request in week.x.requests if request.path == "/2/tweets"]
    assert len(here) >= 2
    assert {pair for pair in mentions() if pair[0] in roots} == {
        (root, paper) for root in here for paper in week.x.tweets.by_id[root].papers
    }
    assert len(lookups) == 1


def test_collect_tweets_looks_no_root_up_that_is_known(week: Week) -> None:
    collect(week)
    sweep_again()
    week.x.requests.clear()

    collect(week)

    root_ids = {tweet.status_id for tweet in week.x.tweets.all if tweet.kind == "root"}
    asked = {one for request in week.x.requests for one in request.params.get("ids", "").split(",")}
    assert not asked & root_ids & set(Tweet.objects.values_list("status_id", flat=True))


def test_collect_tweets_looks_roots_up_later_where_x_refuses(week: Week) -> None:
    original = week.x.answer

    def refuse_lookups(request: object) -> object:
        return week.x.faults()["402-newer"] if request.path == "/2/tweets" else original(request)  # type: ignore[attr-defined,arg-type]

    week.x.answer = refuse_lookups  # type: ignore[method-assign,assignment]
    with pytest.raises(OutOfCredit):
        collect(week)
    week.x.answer = original  # type: ignore[method-assign]
    week.x.requests.clear()

    collect(week)

    assert searches(week) == []
    assert mentions() == week.mentions(FRIDAY)


def test_store_gives_a_tweet_of_the_old_site_its_author_and_counts() -> None:
    paper = make_paper()
    tweet = make_tweet(paper, is_sample=True, body_html="kept")

    store([found(tweet.status_id, paper.arxiv_id)], read_at=FRIDAY_NIGHT)

    stored = Tweet.objects.get()
    assert (stored.author_id, stored.is_sample, stored.body_html) == ("900000000000000001", False, "kept")
    assert (stored.favorites, stored.read_at) == (7, FRIDAY_NIGHT)


# The budget


def test_collect_tweets_counts_every_post_that_x_charges(week: Week) -> None:
    collect(week)

    assert used() == sum(one.reads or 0 for one in PaidRead.objects.all()) == week.x.reads
    assert sum(PaidRead.objects.values_list("cost_microdollars", flat=True)) == round(week.x.cost * 1_000_000)


def test_collect_tweets_ends_with_the_budget_and_goes_on_the_next_day(week: Week, settings: Settings) -> None:
    settings.X_DAILY_READS = 110

    with pytest.raises(BudgetSpent, match="X_DAILY_READS"):
        collect(week)

    row = CollectionDay.objects.get()
    assert week.x.reads <= used() <= 110
    assert budget.left(clock.now()) < 10
    assert (row.state, "raise X_DAILY_READS" in row.reason) == ("partial", True)
    week.move(SATURDAY_MORNING)
    row = collect(week)
    assert row.tweets_done_at == SATURDAY_MORNING
    assert used(SATURDAY) <= 110
    assert {paper for _, paper in mentions()} == {paper for _, paper in week.mentions(FRIDAY)}


def test_collect_tweets_asks_nothing_without_a_budget(week: Week, settings: Settings) -> None:
    settings.X_MONTHLY_READS = 0

    with pytest.raises(BudgetSpent, match="X_MONTHLY_READS"):
        collect(week)

    assert week.x.requests == []


# What goes wrong


@pytest.mark.parametrize(
    ("fault", "state", "health", "named"),
    [
        ("401", "partial", "refused", "X_BEARER_TOKEN"),
        ("402-older", "partial", "refused", "X_BEARER_TOKEN"),
        ("402-newer", "partial", "refused", "X_BEARER_TOKEN"),
        ("402-empty", "partial", "refused", "X_BEARER_TOKEN"),
        ("403", "partial", "refused", "X_BEARER_TOKEN"),
        ("403-auth", "partial", "refused", "X_BEARER_TOKEN"),
        ("404", "partial", "refused", "X_API_BASE"),
        ("429", "collecting", "failing", ""),
        ("429-newer", "collecting", "failing", ""),
        ("429-past", "collecting", "failing", ""),
        ("429-bare", "collecting", "failing", ""),
        ("429-cap", "partial", "refused", "X_BEARER_TOKEN"),
        ("500", "collecting", "failing", ""),
        ("502", "collecting", "failing", ""),
        ("503", "collecting", "failing", ""),
        ("504", "collecting", "failing", ""),
        ("html", "collecting", "failing", ""),
        ("empty", "collecting", "failing", ""),
        ("{}", "collecting", "failing", ""),
        ("[]", "collecting", "failing", ""),
        ("truncated", "collecting", "failing", ""),
        ("cut", "collecting", "failing", ""),
        ("reset", "collecting", "failing", ""),
        ("stall", "collecting", "failing", ""),
        ("400", "collecting", "failing", ""),
    ],
)
def test_collect_tweets_says_what_failed_and_recovers_without_a_hand(
    week: Week, fault: str, state: str, health: str, named: str
) -> None:
    collect_papers(FRIDAY, now=clock.now(), sources=week.sources)
    week.x.fault("/2/tweets/search", fault, times=3)

    with pytest.raises(SourceError) as raised:
        collect(week)

    row = CollectionDay.objects.get()
    assert (row.state, row.reason) == (state, str(raised.value))
    assert SourceHealth.objects.values_list("state", "setting").get(service="x") == (health, named)
    assert len(week.x.requests) == (1 if health == "refused" or fault in ("400", "{}") else 3)
    assert named in str(raised.value)
    assert row.next_try_at is not None
    week.x.recover()
    collect(week)
    row = CollectionDay.objects.get()
    assert (row.state, SourceDay.objects.get(source="x").attempts) == ("collecting", 0)
    assert mentions() == week.mentions(FRIDAY)
    assert SourceHealth.objects.get(service="x").state == "ok"


def test_collect_tweets_says_which_key_is_missing(week: Week, settings: Settings) -> None:
    settings.X_BEARER_TOKEN = ""
    collect_papers(FRIDAY, now=clock.now(), sources=week.sources)
    without = type(week.sources)(week.sources.arxiv, None, week.sources.oembed)

    with pytest.raises(SourceError, match="X_BEARER_TOKEN is not set"):
        collect_tweets(FRIDAY, now=clock.now(), sources=without)

    row = CollectionDay.objects.get()
    assert (row.state, row.reason.partition(":")[0]) == ("partial", "X_BEARER_TOKEN is not set")
