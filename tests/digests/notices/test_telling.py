"""Editors are told in the product: of what, who, and each once."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from digests.models import Digest, MirrorHealth, Notice, Received
from digests.notices.finding import find
from digests.notices.sentences import said
from digests.publishing.scheduling import publish_due
from papers.models import CollectionDay, Paper
from tests.digests.desk.conftest import *  # noqa: F403 - the day and its editors
from tests.digests.desk.conftest import DAY, NOW, done, revision
from tests.editors import make_client, make_user

pytestmark = pytest.mark.django_db


def told() -> dict[str, list[str]]:
    """Each notice in words, and who got it."""
    rows = Received.objects.select_related("notice", "editor").order_by("notice", "editor__username")
    found: dict[str, list[str]] = {said(one): [] for one in Notice.objects.order_by("pk")}
    for row in rows:
        found[said(row.notice)].append(row.editor.get_username())
    return found


def test_who_publishes_is_told_of_a_review_and_who_worked_of_wanted_changes(
    ann: Client, bob: Client, eve: Client, papers: list[Paper]
) -> None:
    done(ann, "note", paper=papers[0].arxiv_id, text="A word", base="")
    for _ in range(2):
        done(ann, "ask_for_review")
        done(eve, "want_changes", note="")
    done(eve, "want_changes", note="")

    assert told() == {
        "Ann asks for a review of the list of 20 Nov 2026.": ["eve", "eve"],
        "Eve asks for changes to the list of 20 Nov 2026.": ["ann", "ann"],
    }
    assert Notice.objects.count() == 4  # two rounds; what was wanted already is told no more


def test_who_is_mentioned_is_told_once_also_by_a_later_edit(ann: Client, bob: Client, eve: Client, papers: list[Paper]) -> None:
    for _ in range(2):
        done(ann, "comment", text="@bob and @ann, look", token="1")
    pk = Notice.objects.get().comment_id
    done(ann, "edit_comment", comment=pk, text="@bob, @eve, look", base="@bob and @ann, look")

    assert told() == {"Ann mentions Bob, Eve in a comment of 20 Nov 2026.": ["bob", "eve"]}
    done(ann, "delete_comment", comment=pk)
    assert told() == {}


def test_editors_are_told_of_a_publication_and_a_correction(ann: Client, eve: Client, papers: list[Paper], settings: Any) -> None:
    settings.PUBLISH_GRACE_SECONDS = 0
    done(eve, "publish", revision=revision())
    done(eve, "correct")
    done(ann, "note", paper=papers[0].arxiv_id, text="Fixed", base="")
    done(eve, "publish_correction", revision=Digest.all_drafts.latest("pk").revision, note="Fixed")

    assert told() == {
        "Eve published the list of 20 Nov 2026.": ["ann"],
        "Eve published a correction of 20 Nov 2026.": ["ann"],
    }


def test_day_is_ready_once_and_failures_are_told(ann: Client, eve: Client, papers: list[Paper], settings: Any) -> None:
    MirrorHealth.objects.create(name="notes", state="refused", since=NOW, ran_at=NOW, message="Somebody else wrote there.")
    CollectionDay.objects.create(date=DAY - timedelta(days=1), state="failed", reason="arXiv did not answer.")
    CollectionDay.objects.create(date=DAY - timedelta(days=9), state="failed", reason="Long ago.")
    Digest.objects.update(publish_at=NOW, review="changes")
    for _ in range(2):
        find(NOW)
        publish_due(NOW)

    assert told() == {
        "The candidates of 20 Nov 2026 are complete.": ["ann", "eve"],
        "The collection of 19 Nov 2026 failed: arXiv did not answer.": ["ann", "eve"],
        "The mirror notes is not up to date: Somebody else wrote there.": ["eve"],
        "The list of 20 Nov 2026 was not published on time: the check found unresolved problems, or changes are wanted.": ["eve"],
    }
    with CaptureQueriesContext(connection) as queries:
        find(NOW)
    assert len(queries) <= 4


def test_list_that_goes_out_by_itself_says_so(ann: Client, papers: list[Paper]) -> None:
    Digest.objects.update(publish_at=NOW)
    publish_due(NOW)

    assert told() == {"The list of 20 Nov 2026 was published automatically.": ["ann"]}


def test_those_who_left_or_may_not_are_not_told(ann: Client, bob: Client, papers: list[Paper]) -> None:
    make_user(username="viewer", group="Viewer")
    make_user(username="reader", is_staff=False, is_superuser=True)
    User.objects.filter(username="bob").update(is_active=False)
    Digest.objects.update(publish_at=NOW)
    publish_due(NOW)

    assert [*told().values()] == [["ann"]]


def test_bell_counts_and_the_page_marks_as_read(ann: Client, bob: Client, papers: list[Paper]) -> None:
    for number in range(3):
        done(bob, "comment", text=f"@ann {number} <b>", token=str(number))
    known = ann.get(f"/admin/desk/{DAY}/state", {"seen": revision()}).json()
    assert 'data-unread="3"' in known["html"]["notices"]
    assert "Notices (3 unread)" in ann.get("/admin/all/").content.decode()
    here = {"seen": revision(), "pulse": known["pulse"], "here": known["here"]}
    assert ann.get(f"/admin/desk/{DAY}/state", here).status_code == 204

    first = Received.objects.earliest("pk")
    opened = ann.post("/admin/notices/", {"do": "open", "notice": first.pk})
    assert opened.headers["Location"] == f"/admin/desk/{DAY}/comments/#comment-{first.notice.comment_id}"
    assert ann.get(f"/admin/desk/{DAY}/state", here).status_code == 200
    ann.post("/admin/notices/", {"do": "read", "notice": Received.objects.latest("pk").pk})
    assert ann.get("/admin/notices/").context["unread"] == 1
    ann.post("/admin/notices/", {"do": "all"})
    assert Received.objects.filter(read_at=None).count() == 0


def test_nobody_marks_or_sees_those_of_another_editor(ann: Client, bob: Client, papers: list[Paper]) -> None:
    done(bob, "comment", text="@ann", token="1")
    row = Received.objects.get()

    for body in (
        {"do": "read", "notice": row.pk},
        {"do": "open", "notice": row.pk},
        {"do": "all"},
        {"do": "read", "notice": "x" * 99},
    ):
        bob.post("/admin/notices/", body)
    assert bob.get("/admin/notices/").context["rows"] == []
    row.refresh_from_db()
    assert row.read_at is None
    assert make_client(make_user(username="n")).get("/admin/notices/").status_code == 403
    forged = Client(enforce_csrf_checks=True)
    forged.force_login(User.objects.get(username="ann"))
    assert forged.post("/admin/notices/", {"do": "all"}).status_code == 403


def test_page_of_notices_takes_a_constant_number_of_queries_and_escapes(ann: Client, bob: Client, papers: list[Paper]) -> None:
    User.objects.filter(username="bob").update(first_name="<i>Bob</i>")
    counts = []
    for number in (1, 20):
        for place in range(number):
            done(bob, "comment", text="@ann", token=f"{number} {place}")
        with CaptureQueriesContext(connection) as queries:
            page = ann.get("/admin/notices/").content.decode()
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert "<i>Bob" not in page
    assert "&lt;i&gt;Bob&lt;/i&gt; mentions Ann in a comment of 20 Nov 2026." in page
