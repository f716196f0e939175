"""Rows read with plain SQL are what Django's own queries find."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db.models import Model
from pytest_django import DjangoAssertNumQueries

from digests.models import Entry, ShownTweet
from papers.rows import objects
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


def test_objects_found_can_be_saved(entry: Entry) -> None:
    [found] = objects(Entry, "id", [entry.pk])
    found.note = "A word"
    found.save()
    assert Entry.objects.get().note == "A word"


def test_objects_of_nothing_ask_nothing(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        assert objects(Entry, "digest", [], joined="paper") == []
