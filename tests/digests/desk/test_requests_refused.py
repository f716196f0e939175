"""What the desk refuses, and from whom."""

import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from digests.editing import history
from digests.models import Comment, Digest, Dismissal
from papers.models import Paper
from tests.digests.desk.conftest import DAY, NOW, done, revision, send
from tests.digests.desk.desk_requests import refusal
from tests.editors import make_client, make_user
from tests.factories import make_paper

pytestmark = pytest.mark.django_db


NONSENSE = [b"", b"[]", b'{"paper": 1}', b'{"paper": "2105.99999"}', b'{"paper": "\\u0000"}', b"{", b'{"paper": null}', b"\xff"]


def test_request_that_makes_no_sense_is_refused(ann: Client, papers: list[Paper]) -> None:
    for body in NONSENSE:
        for action in ("remove", "show_tweets"):
            response = ann.post(f"/admin/desk/{DAY}/{action}", body, content_type="application/json")
            assert (response.status_code, list(response.json())) == (400, ["error"])
    for value in (-1, 2**31, "1", 1.5, True, None):
        assert refusal(ann, "move", paper=papers[0].arxiv_id, position=value, moves=0)


@pytest.mark.parametrize("odd", ["\ud83d", "\0", "a\0b\udc00"])
def test_characters_that_no_database_stores_are_refused(eve: Client, papers: list[Paper], odd: str) -> None:
    one = {"paper": papers[0].arxiv_id}
    done(eve, "comment", text="A word", token="1")
    bodies: dict[str, dict[str, Any]] = {
        "add": {"paper": odd},
        "add_tweet": one | {"link": odd},
        "comment": {"text": "A word", "token": odd},
        "thread": {},
        "direction": {"paper": odd, "tweet": odd, "direction": "ltr"},
        "ignore_finding": {"finding": odd, "ignored": False},
        "want_changes": {"note": odd},
        "schedule": {"at": "2026-11-24T09:00", "zone": odd},
        "note": one | {"text": odd, "base": ""},
        "title": one | {"text": odd, "base": ""},
        "intro": {"text": odd, "base": ""},
        "show_tweets": one | {"tweets": [odd], "base": []},
        "ignore_covered": one | {"covered": odd},
        "restore": {"version": odd},
    }
    seen = {name: send(eve, name, **{"revision": revision(), **body}).status_code for name, body in bodies.items()}
    assert seen == dict.fromkeys(bodies, 400) | {"add": 404, "add_tweet": 404, "thread": 405}
    comment = Comment.objects.get()
    assert send(eve, "note", **one, text="New", base=odd).status_code == (409 if "a" in odd else 200)  # there was no text
    assert refusal(eve, "edit_comment", comment=comment.pk, text="New", base=odd).startswith("You changed this comment")
    done(eve, "resolve_comment", comment=comment.pk, resolved=True, of="")
    assert refusal(eve, "resolve_comment", comment=comment.pk, resolved=True, of=odd)
    Digest.objects.update(status="published", published_at=NOW)
    assert refusal(eve, "withdraw", revision=revision(), note=odd)
    done(eve, "correct")
    assert refusal(eve, "publish_correction", revision=revision(), note=odd)


def test_request_that_is_too_large_is_refused_with_a_sentence(ann: Client, papers: list[Paper], settings: Settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    assert refusal(ann, "note", paper=papers[0].arxiv_id, text="x" * 1000, base="").startswith("This is too much for one request")


def test_day_without_a_list_says_so(ann: Client) -> None:
    paper = make_paper()
    assert refusal(ann, "add", paper=paper.arxiv_id) == "This day has no list yet. Start one first."


def test_published_list_is_not_edited(ann: Client, papers: list[Paper]) -> None:
    Digest.objects.update(status="published", published_at=NOW)

    bodies: dict[str, dict[str, Any]] = {
        "pin": {"pinned": True, "revision": 0},
        "remove": {"revision": 0},
        "note": {"text": "x", "base": ""},
    }
    for action, body in bodies.items():
        assert refusal(ann, action, paper=papers[0].arxiv_id, **body).startswith(
            "This day is published. To change it, start a correction"
        )
    assert not ann.get(f"/admin/desk/{DAY}/").context["desk"].can_edit
    assert not Dismissal.objects.exists()


def test_correction_is_edited_in_place_of_the_published_list(ann: Client, papers: list[Paper]) -> None:
    Digest.objects.update(status="published", published_at=NOW)
    original = Digest.objects.get()
    copy = Digest.objects.create(date=DAY, corrects=original, written_at=NOW)

    done(ann, "add", paper=papers[1].arxiv_id)

    assert [list(digest.papers.all()) for digest in (copy, original)] == [[papers[1]], papers]
    desk = ann.get(f"/admin/desk/{DAY}/").context["desk"]
    assert (desk.is_correction, desk.published, desk.can_edit) == (True, original, True)


def test_action_that_does_not_exist_is_not_found(ann: Client) -> None:
    assert send(ann, "explode").status_code == 404


def test_actions_take_posts_only(ann: Client) -> None:
    assert ann.get(f"/admin/desk/{DAY}/start").status_code == 405


@pytest.mark.parametrize(("rights", "status"), [("digests.view_digest", 403), ("digests.change_digest", 200)])
def test_start_needs_the_right(rights: str, status: int) -> None:
    response = send(make_client(make_user(rights=rights)), "start")
    assert response.status_code == status


def test_save_rules_needs_its_own_right() -> None:
    curator = make_client(make_user(rights="digests.view_digest digests.change_digest"))
    body = {"hot_score": 1, "shown_tweet_score": 1, "shown_tweets": 1, "one_tweet_per_author": True}
    assert send(curator, "save_rules", **body).status_code == 403
    assert send(curator, "rules_preview", **body).status_code == 200


def test_page_of_one_editor_changes_nothing_in_the_name_of_another(ann: Client, bob: Client, papers: list[Paper]) -> None:
    of_ann = {"X-Editor": str(User.objects.get(username="ann").pk)}
    for client, status in ((ann, 200), (bob, 401)):
        body = json.dumps({"paper": papers[0].arxiv_id, "text": "Ann’s", "base": ""})
        address = f"/admin/desk/{DAY}/note"
        assert client.post(address, body, content_type="application/json", headers=of_ann).status_code == status
        assert client.get(f"/admin/desk/{DAY}/state", headers=of_ann).status_code == status
    assert {one.by.username for one in history.changes(Digest.objects.get()) if one.by} == {"ann"}


@pytest.mark.parametrize("path", ["start", "state", "why/2105.00001"])
def test_who_is_signed_out_is_told_so(client: Client, path: str, db: None) -> None:
    address = f"/admin/desk/{DAY}/{path}"
    response = client.post(address, json.dumps({}), content_type="application/json") if path == "start" else client.get(address)
    assert response.status_code == 401
    assert response.json()["error"].startswith("You’re signed out")
