"""A day beside the listing day before it and a week before."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from digests.desk.context.compared import Comparison, compare
from papers.models import Paper, RulesChange
from tests.digests.desk.conftest import DAY, NOW, done, make_candidate
from tests.factories import make_digest, make_entry, make_paper

pytestmark = pytest.mark.django_db
BEFORE, WEEK = DAY - timedelta(days=1), DAY - timedelta(days=7)


def past(day: date, *scores: int, papers: int = 0, shared: Paper | None = None, **counts: Any) -> None:
    digest = make_digest(day)
    for score in scores:
        make_entry(digest, make_paper(listing_date=day), retweets=score, favorites=0, **counts)
    if shared:
        make_entry(digest, shared, retweets=1, favorites=0)
    for _ in range(papers):
        make_paper(listing_date=day)


def figures(comparison: Comparison) -> list[tuple[Any, ...]]:
    return [(one.day, one.candidates, one.threshold, one.listed, one.top, one.median) for one in comparison.days]


def test_three_days_are_told_by_figures(ann: Client, collected: Any, settings: Any) -> None:
    settings.HOT_SCORE = 50
    papers = [make_candidate(score) for score in (90, 60, 10)]
    done(ann, "start")
    past(BEFORE, 5, 7, 9, papers=2, shared=papers[0])
    past(WEEK, 40, counts={"hackernews": {"points": 30, "comments": 2}}, extra_points=30)
    RulesChange.objects.create(at=NOW - timedelta(days=3), by="eve", changes=[["hot_score", 70, 50], ["shown_tweets", 1, 2]])

    comparison = compare(DAY, NOW)

    assert figures(comparison) == [
        (DAY, 3, 50, 2, 90, 75),
        (BEFORE, 5, 50, 4, 9, 6),
        (WEEK, 1, 70, 1, 70, 70),
    ]
    assert comparison.days[2].counts == {"x": {"retweets": 40, "favorites": 0}, "hackernews": {"points": 30, "comments": 2}}
    assert comparison.networks == ["x", "hackernews"]
    [both] = comparison.in_both
    assert (both.arxiv_id, both.position, both.other, both.other_position) == (papers[0].arxiv_id, 1, BEFORE, 4)


def test_threshold_that_was_applied_to_the_day_is_told(ann: Client, papers: list[Paper]) -> None:
    rules = {"hot_score": 75, "shown_tweet_score": 1, "shown_tweets": 1, "one_tweet_per_author": False}
    done(ann, "apply_rules", revision=1, **rules)
    assert compare(DAY, NOW).days[0].threshold == 75


def test_day_before_is_the_last_one_with_papers_or_a_list(ann: Client) -> None:
    assert [one.day for one in compare(DAY, NOW).days] == [DAY, BEFORE, WEEK]
    make_paper(listing_date=DAY - timedelta(days=3))
    assert [one.day for one in compare(DAY, NOW).days] == [DAY, DAY - timedelta(days=3), WEEK]
    assert [one.day for one in compare(DAY - timedelta(days=3), NOW).days][1] == DAY - timedelta(days=4)


def test_days_are_one_where_nothing_was_since_a_week(ann: Client) -> None:
    past(WEEK, 5)
    assert [one.day for one in compare(DAY, NOW).days] == [DAY, WEEK]
    text = " ".join(ann.get(f"/admin/desk/{DAY}/compared").content.decode().split())
    assert "No paper of this list is in any of the others." in text


def test_queries_are_constant(ann: Client) -> None:
    taken = []
    for size in (2, 20):
        shared = make_paper()
        past(DAY - timedelta(weeks=size), *range(size), shared=shared)
        past(DAY - timedelta(weeks=size + 1), *range(size), shared=shared)
        with CaptureQueriesContext(connection) as queries:
            compare(DAY - timedelta(weeks=size), NOW)
        taken.append(len(queries))
    assert taken == [9, 9]
