"""Edited tweets, roots of threads, the budget, and what goes wrong."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from pytest_django import Settings

from papers import clock
from papers.access import budget
from papers.access.budget import BudgetSpent
from papers.collecting.announced import collect_papers
from papers.collecting.paid_days import collect_tweets
from papers.collecting.paid_posts import store
from papers.models import (
    CollectionDay,
    PaidRead,
    ReadBudget,
    SourceDay,
    SourceHealth,
    Tweet,
)
from papers.sources.http import OutOfCredit, SourceError
from tests.factories import make_paper, make_tweet
from tests.papers.collecting.collecting_tweets import SATURDAY, SATURDAY_MORNING, collect, found, mentions, searches, sweep_again
from tests.papers.conftest import FRIDAY, FRIDAY_NIGHT, Week

pytestmark = pytest.mark.django_db


def used(day: date = FRIDAY) -> int:
    return ReadBudget.objects.values_list("reads", flat=True).get(period=str(day))


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
        collect(replace(week, sources=week.hurried) if fault == "stall" else week)

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
    without = replace(week.sources, paid=None)

    with pytest.raises(SourceError, match="X_BEARER_TOKEN is not set"):
        collect_tweets(FRIDAY, now=clock.now(), sources=without)

    row = CollectionDay.objects.get()
    assert (row.state, row.reason.partition(",")[0]) == ("partial", "X_BEARER_TOKEN is not set")
