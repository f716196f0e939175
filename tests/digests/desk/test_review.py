"""A list is handed over: ready for review, changes wanted, published."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from digests.editing import history
from digests.editing.curation import is_untouched
from digests.editing.sentences import said
from digests.models import Comment, Digest
from digests.publishing.scheduling import publish_due, rule_publishes_at
from papers.models import Paper
from tests.digests.desk.conftest import DAY, NOW, done, entry_of, revision, send
from tests.digests.desk.desk_requests import refusal
from tests.editors import make_client, make_user

pytestmark = pytest.mark.django_db


def state() -> tuple[str, str]:
    digest = Digest.all_drafts.latest("pk")
    return digest.review, digest.review_by.get_username() if digest.review_by else ""


def changes() -> list[str]:
    return [said(one) for one in history.changes(Digest.objects.get())]


def test_list_is_ready_then_wants_changes_then_is_published(ann: Client, eve: Client, papers: list[Paper], settings: Any) -> None:
    settings.PUBLISH_GRACE_SECONDS = 0
    assert "ready for review · <bdi>Ann</bdi>" in done(ann, "ask_for_review")["html"]["head"]
    assert state() == ("ready", "ann")
    done(ann, "ask_for_review")  # again: nothing changes

    assert "changes wanted · <bdi>Eve</bdi>" in done(eve, "want_changes", note="Please *trim*")["html"]["head"]
    assert (state(), Comment.objects.get().text) == (("changes", "eve"), "Please *trim*")
    assert "asked for changes" in done(eve, "check")["html"]["checks"]

    done(ann, "ask_for_review")
    done(eve, "publish", revision=revision())
    assert (Digest.objects.get().status, state()) == ("published", ("", ""))
    asked = "said that the list is ready for review"
    assert changes()[:4] == ["published", asked, "asked for changes", asked]


def test_who_asked_takes_it_back_and_changes_wanted_stay(ann: Client, eve: Client, papers: list[Paper]) -> None:
    done(ann, "ask_for_review")
    done(ann, "take_back_review")
    assert state() == ("", "ann")

    done(eve, "want_changes", note="")
    done(ann, "take_back_review")
    assert (state(), Comment.objects.count()) == (("changes", "eve"), 0)


def test_each_role_may_do_its_part(papers: list[Paper]) -> None:
    roles = {role: make_client(make_user(group=role)) for role in ("Viewer", "Curator", "Editor")}
    answers = {
        role: [send(client, one, note="").status_code for one in ("ask_for_review", "want_changes")]
        for role, client in roles.items()
    }

    assert answers == {"Viewer": [403, 403], "Curator": [200, 403], "Editor": [200, 200]}
    page = roles["Curator"].get(f"/admin/desk/{DAY}/").content.decode()
    assert ('data-post="ask_for_review"' in page, 'data-post="publish"' in page) == (True, False)


def test_review_is_no_change_of_the_list(ann: Client, eve: Client, papers: list[Paper], settings: Any) -> None:
    settings.PUBLISH_GRACE_SECONDS = 0
    done(ann, "note", paper=papers[0].arxiv_id, text="A word", base="")
    seen = revision()
    done(ann, "ask_for_review")
    assert done(ann, "undo", revision=revision())["said"] == f"Undone: edited the note on “{papers[0].title}”."
    assert (entry_of(papers[0]).note, state()) == ("", ("ready", "ann"))

    done(ann, "note", paper=papers[0].arxiv_id, text="A word", base="")
    seen = revision()
    done(ann, "take_back_review")
    done(ann, "ask_for_review")
    done(eve, "publish", revision=seen)  # nobody is asked: the list is what was seen
    assert Digest.objects.get().status == "published"


def test_list_that_is_ready_is_proposed_no_more(ann: Client, papers: list[Paper]) -> None:
    assert is_untouched(Digest.objects.get())
    done(ann, "ask_for_review")
    assert not is_untouched(Digest.objects.get())


def test_published_list_waits_for_nobody_and_its_correction_may(ann: Client, eve: Client, papers: list[Paper]) -> None:
    Digest.objects.update(status="published", published_at=NOW)
    assert refusal(ann, "ask_for_review") == "This day is published, so it waits for nobody."

    done(eve, "correct")
    done(ann, "ask_for_review")
    assert state() == ("ready", "ann")
    assert ann.get(f"/admin/desk/{DAY}/").context["desk"].strip[-1].review == "ready for review"
    done(ann, "note", paper=papers[0].arxiv_id, text="Fixed", base="")
    body = {"revision": Digest.all_drafts.latest("pk").revision, "note": "Fixed"}
    done(eve, "publish_correction", **body)
    assert state() == ("", "")


def test_nothing_publishes_by_itself_where_changes_are_wanted(eve: Client, papers: list[Paper], settings: Any) -> None:
    settings.AUTO_PUBLISH_AT = (NOW + timedelta(hours=2)).time()
    later = NOW + timedelta(days=2)
    done(eve, "want_changes", note="")
    assert (publish_due(later), rule_publishes_at(Digest.objects.get(), NOW)) == ([], None)

    Digest.objects.update(publish_at=NOW)
    assert publish_due(later) == []
    assert changes()[0].startswith("not published on time")
    Digest.objects.update(review="")
    assert [digest.date for digest in publish_due(later)] == [DAY]


def test_strip_and_index_say_what_waits(ann: Client, papers: list[Paper]) -> None:
    done(ann, "ask_for_review")

    assert ann.get(f"/admin/desk/{DAY}/").context["desk"].strip[-1].review == "ready for review"
    assert "ready for review" in ann.get("/admin/calendar/2026/11/").content.decode()
    index = ann.get("/admin/all/").content.decode()
    assert "Lists that are ready for review:" in index
    Digest.objects.update(review="changes")
    assert "Lists in which an editor wants changes:" in ann.get("/admin/all/").content.decode()
