"""What is marked as new since an editor's last visit."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from digests.models import Visit
from papers.models import Paper
from tests.digests.desk.conftest import DAY, NOW, READ, make_candidate
from tests.factories import make_tweet

pytestmark = pytest.mark.django_db


def new(client: Client) -> list[Paper]:
    rows = client.get(f"/admin/desk/{DAY}/").context["desk"].candidates
    return [row.paper for row in rows if row.is_new]


def test_first_visit_marks_nothing_and_then_what_comes_meanwhile(ann: Client, collected: Any) -> None:
    make_candidate(60)
    assert new(ann) == []
    later = make_candidate(70)
    assert new(ann) == [later]


def test_marks_stay_for_the_visit_and_the_next_one_has_its_own(ann: Client, collected: Any, tonight: Any) -> None:
    make_candidate(90)
    new(ann)
    second = make_candidate(80)
    tonight.move_to(NOW + timedelta(hours=2))
    assert (new(ann), new(ann)) == ([second], [second])
    third = make_candidate(70)
    tonight.move_to(NOW + timedelta(hours=2, minutes=30))
    assert new(ann) == [second, third]
    tonight.move_to(NOW + timedelta(hours=5))
    assert new(ann) == []


def test_first_post_makes_a_paper_new_and_a_further_one_does_not(ann: Client, collected: Any) -> None:
    quiet, told = make_candidate(), make_candidate(60)
    new(ann)
    for paper in (quiet, told):
        make_tweet(paper, favorites=50, retweets=0, read_at=READ)
    assert new(ann) == [quiet]


def test_each_editor_has_visits_of_their_own(ann: Client, bob: Client, collected: Any) -> None:
    new(ann)
    paper = make_candidate(60)
    assert (new(bob), new(ann)) == ([], [paper])
    assert Visit.objects.count() == 2


def test_mark_says_what_it_means_and_comes_with_answers(ann: Client, collected: Any) -> None:
    new(ann)
    paper = make_candidate(60)
    answer = ann.post(f"/admin/desk/{DAY}/read", "{}", content_type="application/json").json()
    assert "New since your last visit: </span>" in answer["rows"]["candidates"]["rows"][paper.arxiv_id]


def test_poll_and_changes_write_no_visit(ann: Client, papers: list[Paper]) -> None:
    new(ann)
    with CaptureQueriesContext(connection) as queries:
        ann.get(f"/admin/desk/{DAY}/state?seen=0")
        ann.post(f"/admin/desk/{DAY}/read", "{}", content_type="application/json")
    assert [one["sql"] for one in queries if "digests_visit" in one["sql"] and not one["sql"].startswith("SELECT")] == []
