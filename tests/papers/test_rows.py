"""Rows read with plain SQL are what Django's own queries find."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import DataError, connection, transaction
from django.db.models import Model
from pytest_django import DjangoAssertNumQueries

from digests.models import Digest, Entry, ShownTweet
from papers.models import Paper, Tweet
from papers.rows import fetch, insert, objects, update_each
from tests.factories import make_digest, make_entry, make_paper, make_tweet

pytestmark = pytest.mark.django_db


def values(row: Model) -> list[Any]:
    return [getattr(row, field.attname) for field in row._meta.concrete_fields]


@pytest.fixture
def entry() -> Entry:
    paper = make_paper(title="Percent % and 'quotes'", authors=["Čeněk \u2028", 'A "B"'], is_settled=True)
    paper.newer = {"version": 2}
    paper.submitted_at = datetime(2021, 5, 11, 1, 2, 3, 456789, UTC)
    paper.save()
    entry = make_entry(make_digest(date(2021, 5, 12)), paper, make_tweet(paper))
    entry.printed_otherwise = {"title": "Ünlike"}
    entry.save()
    return entry


def test_objects_are_those_of_django_with_their_joined_rows(
    entry: Entry, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    expected = Entry.objects.select_related("paper").get()
    with django_assert_num_queries(1):
        [found] = objects(Entry, "digest", [entry.digest_id], joined="paper")
        assert (values(found), values(found.paper)) == (values(expected), values(expected.paper))
    shown = ShownTweet.objects.select_related("tweet").get()
    [found_shown] = objects(ShownTweet, "entry", [entry.pk], joined="tweet")
    assert (values(found_shown), values(found_shown.tweet)) == (values(shown), values(shown.tweet))


def test_each_row_gets_its_own_values_and_others_stay(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    first, second, other = make_tweet(), make_tweet(), make_tweet()
    moment = datetime(2021, 5, 11, 1, 2, 3, 456789, UTC)
    with django_assert_num_queries(1):
        update_each(
            Tweet,
            ("counts", "read_at", "author_name", "is_sample"),
            [({"likes": 7}, moment, "%s 'A'", True, first.pk), ({}, None, "B", False, second.pk)],
        )
        update_each(Tweet, ("author_name",), [])
    found = {
        tweet.pk: (tweet.counts, tweet.read_at, tweet.author_name, tweet.is_sample) for tweet in Tweet.objects.order_by("pk")
    }
    assert found == {
        first.pk: ({"likes": 7}, moment, "%s 'A'", True),
        second.pk: ({}, None, "B", False),
        other.pk: ({}, None, "Example Lab", False),
    }


def test_objects_found_can_be_saved(entry: Entry) -> None:
    [found] = objects(Entry, "id", [entry.pk])
    found.note = "A word"
    found.save()
    assert Entry.objects.get().note == "A word"


def test_objects_of_nothing_ask_nothing(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        assert objects(Entry, "digest", [], joined="paper") == []


def test_objects_may_have_several_joined_rows(entry: Entry, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    expected = Entry.objects.select_related("paper", "digest").get()
    with django_assert_num_queries(1):
        [found] = objects(Entry, "id", [entry.pk], joined=("paper", "digest"))
        joined = found.paper, found.digest
    assert [values(one) for one in joined] == [values(expected.paper), values(expected.digest)]


def test_fetched_rows_are_those_that_django_prefetches(entry: Entry, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for _ in range(3):
        make_entry(entry.digest, make_paper())
    digests = [*Digest.objects.all(), *Digest.objects.all(), make_digest(date(2021, 5, 13))]
    expected = list(Entry.objects.select_related("paper").order_by("position"))
    with django_assert_num_queries(1):
        given = fetch(digests, "entries", joined="paper")
        found = [list(digest.entries.all()) for digest in digests]
        assert [values(one) for one in found[0]] == [values(one) for one in expected]
        assert [values(one.paper) for one in found[0]] == [values(one.paper) for one in expected]
        assert (found[1:], found[0][0].digest is digests[0]) == ([found[0], []], True)
    assert given == found[0]


def test_fetched_rows_may_be_some_and_none(entry: Entry, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        assert fetch([entry.digest], "entries", only=lambda one: one.position > 1) == list(entry.digest.entries.all()) == []
        assert fetch([], "entries") == []


def test_rows_inserted_are_what_was_given_in_its_order(entry: Entry) -> None:
    columns = ["arxiv_id", "title", "authors", "listing_date", "submitted_at", "is_settled", "newer"]
    when = datetime(2021, 5, 11, 1, 2, 3, 456789, UTC)
    rows: list[list[Any]] = [
        [
            "2105.00901",
            "Percent % and \\ 'quotes', {NULL}",
            ["Čeněk \u2028", 'A "B", c'],
            date(2021, 5, 12),
            when,
            True,
            {"version": 2},
        ],
        ["2105.00900", "NULL", [], date(2021, 5, 13), None, False, None],
    ]
    given = insert(Paper, columns, rows, returning=["id", "arxiv_id"])
    assert [arxiv_id for _, arxiv_id in given] == ["2105.00901", "2105.00900"]
    found = Paper.objects.in_bulk([key for key, _ in given])
    assert [[getattr(found[key], column) for column in columns] for key, _ in given] == rows


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has no longest text")
def test_text_that_is_too_long_is_refused_not_cut() -> None:
    with pytest.raises(DataError), transaction.atomic():
        insert(Paper, ["arxiv_id", "title", "listing_date"], [["2105.00901" * 50, "A Title", date(2021, 5, 12)]])
    assert not Paper.objects.exists()
