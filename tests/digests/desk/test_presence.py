"""Who is at the desk, where, and what they write."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from digests.models import Digest, Presence
from papers.models import Paper
from tests.digests.desk.conftest import DAY, done, revision, send
from tests.editors import make_client, make_user

pytestmark = pytest.mark.django_db


def poll(client: Client, **query: Any) -> Any:
    return client.get(f"/admin/desk/{DAY}/state", {"seen": revision(), **query})


def told(client: Client) -> list[tuple[str, str, bool]]:
    """Name, place and whether they write, of the others."""
    editors = client.get(f"/admin/desk/{DAY}/").context["desk"].editors
    return [(one.name, one.place, one.is_writing) for one in editors]


def test_others_are_told_where_an_editor_is_and_what_they_write(ann: Client, bob: Client, papers: list[Paper]) -> None:
    note = f"note:{papers[0].arxiv_id}"
    poll(bob, at=note, typing=1)
    first = poll(ann).json()

    assert (first["editors"], told(ann)) == (["Bob"], [("Bob", note, True)])
    assert f'class="editor writes" data-at="{note}"' in first["html"]["editors"]

    poll(bob, at=note, typing=0)
    assert told(ann) == [("Bob", note, False)]
    poll(bob, at=f"row:{papers[1].arxiv_id}")
    assert told(ann) == [("Bob", f"row:{papers[1].arxiv_id}", False)]


def test_poll_is_empty_until_somebody_goes_elsewhere(ann: Client, bob: Client, papers: list[Paper]) -> None:
    poll(bob, at="intro", typing=1)
    first = poll(ann).json()
    known = {"pulse": first["pulse"], "here": first["here"]}

    assert poll(ann, **known).status_code == 204
    poll(bob, at="intro", typing=1)
    assert poll(ann, **known).status_code == 204
    poll(bob, at="intro")
    assert poll(ann, **known).status_code == 200


def test_poll_takes_the_same_number_of_queries_however_many_write(ann: Client, papers: list[Paper]) -> None:
    counts = []
    for number in (1, 5):
        for place in range(number):
            user = User.objects.get_or_create(username=f"editor{place}")[0]
            poll_as(user, at=f"note:{papers[place % 3].arxiv_id}", typing=1)
        with CaptureQueriesContext(connection) as queries:
            assert len(poll(ann).json()["editors"]) == number
        counts.append(len(queries))

    assert counts[0] == counts[1]


def poll_as(user: User, **query: Any) -> None:
    user.is_staff = user.is_superuser = True
    user.save()
    poll(make_client(user), **query)


@pytest.mark.parametrize("place", ["note", "note:", "note:x", "row:2611.00001\n", "price:2611.00001", "x" * 100_000, "note:<b>"])
def test_place_that_is_none_is_nowhere(place: str, ann: Client, papers: list[Paper]) -> None:
    assert poll(ann, at=place, typing=1).status_code in (200, 204)

    assert [(row.place, row.wrote_at) for row in Presence.objects.filter(editor__username="ann")] == [("", None)]


def test_editor_of_whom_nothing_is_heard_writes_no_more(ann: Client, bob: Client, papers: list[Paper], tonight: Any) -> None:
    poll(bob, at="intro", typing=1)
    tonight.shift(26)
    assert told(ann) == [("Bob", "intro", False)]


def test_who_was_seen_before_the_clock_was_set_back_is_not_there_for_hours(
    ann: Client, bob: Client, papers: list[Paper], tonight: Any
) -> None:
    poll(bob, at="intro", typing=1)
    tonight.shift(-20)  # a machine whose clock is a little behind
    assert told(ann) == [("Bob", "intro", True)]
    tonight.shift(-3600)
    assert told(ann) == []
    poll(bob, at="intro", typing=1)
    assert told(ann) == [("Bob", "intro", True)]


def test_publisher_is_told_that_somebody_writes_and_may_publish_anyway(
    eve: Client, bob: Client, papers: list[Paper], settings: Any
) -> None:
    settings.PUBLISH_GRACE_SECONDS = 0
    poll(bob, at=f"note:{papers[0].arxiv_id}", typing=1)
    sentence = f"Bob is writing the note on “{papers[0].title}”"

    assert f"{sentence}. </p>" in done(eve, "check")["html"]["checks"]
    answer = send(eve, "publish", revision=revision())
    asked = {"error": f"{sentence}. Publish anyway?", "anyway": "Publish anyway"}
    assert (answer.status_code, answer.json()) == (400, asked)
    assert Digest.objects.get().status == "draft"

    done(eve, "publish", revision=revision(), anyway=True)
    assert Digest.objects.get().status == "published"


def test_publisher_of_a_correction_is_told_as_well(eve: Client, bob: Client, papers: list[Paper]) -> None:
    Digest.objects.update(status="published", published_at="2026-11-20T00:00Z")
    done(eve, "correct")
    poll(bob, at="intro", typing=1)
    body = {"revision": Digest.all_drafts.latest("pk").revision, "note": "Fixed"}

    assert send(eve, "publish_correction", **body).json()["error"] == "Bob is writing the intro. Publish anyway?"
    done(eve, "publish_correction", **body, anyway=True)
    assert not Digest.all_drafts.filter(corrects__isnull=False).exists()


def test_own_typing_stops_nobody(eve: Client, papers: list[Paper], settings: Any) -> None:
    settings.PUBLISH_GRACE_SECONDS = 0
    poll(eve, at="intro", typing=1)

    done(eve, "publish", revision=revision())


def test_names_are_escaped_and_told_apart(ann: Client, papers: list[Paper]) -> None:
    for name in ("<b>Bob</b>, Eve", "Eve"):
        poll(make_client(make_user(username=name[:3], first_name=name, is_superuser=True)))

    page = ann.get(f"/admin/desk/{DAY}/").content.decode()

    assert "<bdi>&lt;b&gt;Bob&lt;/b&gt;, Eve</bdi>" in page
    assert "<b>Bob" not in page


def test_window_that_is_idle_or_closed_hides_nothing_of_the_other(
    ann: Client, bob: Client, papers: list[Paper], tonight: Any
) -> None:
    note, row = f"note:{papers[0].arxiv_id}", f"row:{papers[1].arxiv_id}"
    poll(bob, at=note, typing=1, window="1-2")
    poll(bob, window="3-4")
    assert told(ann) == [("Bob", note, True)]

    poll(bob, at=row, window="3-4")
    assert told(ann) == [("Bob", note, True)]
    assert told(bob) == [("Ann", "", False)]  # nobody is warned of themself

    tonight.shift(20)
    poll(bob, at=row, window="3-4")
    tonight.shift(15)  # nothing is heard of the first window any more
    assert told(ann) == [("Bob", row, False)]


@pytest.mark.parametrize("window", ["", "x", "1-" * 13, "1-2\n", "<b>"])
def test_window_without_a_name_is_one(window: str, ann: Client, papers: list[Paper]) -> None:
    poll(ann, window=window)

    assert [row.window for row in Presence.objects.filter(editor__username="ann")] == [""]
