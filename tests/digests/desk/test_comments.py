"""Comments on a list and on its papers: written, edited, resolved, seen by editors alone."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from digests.models import Comment, Digest
from digests.reviewing import comments
from digests.reviewing.mentions import mentioned, names_in
from papers.models import Paper
from tests.at_once import at_once
from tests.digests.desk.conftest import DAY, NOW, done, make_candidate, make_curator, send
from tests.digests.desk.desk_requests import refusal
from tests.editors import make_client, make_user

pytestmark = pytest.mark.django_db


def comment(client: Client, text: str, paper: Paper | None = None, *, token: str = "") -> Comment:
    about = {"paper": paper.arxiv_id} if paper else {}
    done(client, "comment", text=text, token=token or text[:40], **about)
    return Comment.objects.latest("pk")


def texts(page: str) -> list[str]:
    """The comments of a page, as they read."""
    return [re.sub(r"<[^>]+>", "", one).strip() for one in re.findall(r'<div class="prose">(.*?)</div>', page, re.DOTALL)]


def test_comment_on_a_paper_and_on_the_list_are_shown_with_their_markdown(ann: Client, bob: Client, papers: list[Paper]) -> None:
    body = {"text": "Is *this*\r\nnew? <script>", "token": "1", "paper": papers[0].arxiv_id, "of": papers[0].arxiv_id}
    answer = done(ann, "comment", **body)
    comment(bob, "Good day")

    assert answer["said"] == "Comment added."
    assert "<em>this</em>" in answer["html"]["thread"]
    assert "<script>" not in answer["html"]["thread"]
    assert Comment.objects.get(paper=papers[0]).text == "Is *this*\nnew? <script>"
    of_paper = bob.get(f"/admin/desk/{DAY}/thread", {"of": papers[0].arxiv_id}).content.decode()
    assert texts(of_paper) == ["Is *this*\nnew? &lt;script&gt;"]  # until a worker has rendered it
    assert texts(bob.get(f"/admin/desk/{DAY}/thread").content.decode()) == ["Good day"]
    assert len(texts(bob.get(f"/admin/desk/{DAY}/comments/").content.decode())) == 2


def test_rows_count_what_is_open_and_change_with_it(ann: Client, bob: Client, papers: list[Paper]) -> None:
    other = make_candidate(60)
    first = comment(ann, "One", papers[0])
    comment(ann, "Two", papers[0])
    comment(bob, "Three", other)
    comment(bob, "On the list")

    desk = ann.get(f"/admin/desk/{DAY}/").context["desk"]
    assert [row.comments for row in desk.rows] == [2, 0, 0]
    assert [row.comments for row in desk.candidates if row.paper == other] == [1]
    assert desk.comments.of_list == 1

    changed = done(bob, "resolve_comment", comment=first.pk, resolved=True)["rows"]
    assert "1 open comment on" in changed["list"]["rows"][papers[0].arxiv_id]
    done(bob, "resolve_comment", comment=first.pk, resolved=False)
    assert [row.comments for row in ann.get(f"/admin/desk/{DAY}/").context["desk"].rows] == [2, 0, 0]


def test_poll_tells_of_each_change_of_a_comment_and_of_nothing_else(
    ann: Client, bob: Client, papers: list[Paper], tonight: Any
) -> None:
    def pulse() -> str:
        return str(bob.get(f"/admin/desk/{DAY}/state").json()["pulse"])

    pulses = [pulse()]
    written = comment(ann, "One")
    pulses.append(pulse())
    for action, body in (
        ("edit_comment", {"text": "Uno", "base": "One"}),
        ("resolve_comment", {"resolved": True}),
        ("resolve_comment", {"resolved": False}),
        ("delete_comment", {}),
    ):
        tonight.shift(1)
        done(ann, action, comment=written.pk, **body)
        pulses.append(pulse())

    assert len(set(pulses[:-1])) == 5
    assert pulses[-1] == pulses[0]
    assert pulse() == ann.get(f"/admin/desk/{DAY}/").context["desk"].pulse


def test_comment_that_is_sent_twice_is_one(ann: Client, bob: Client, papers: list[Paper]) -> None:
    for client in (ann, ann, bob):
        done(client, "comment", text="Twice", token="same")

    assert sorted(Comment.objects.values_list("author", flat=True)) == ["Ann", "Bob"]


def test_only_its_author_edits_and_deletes_a_comment_and_everybody_resolves_it(
    ann: Client, bob: Client, papers: list[Paper]
) -> None:
    written = comment(ann, "Mine")

    assert refusal(bob, "edit_comment", comment=written.pk, text="Yours", base="Mine").startswith("Only its author can edit")
    assert refusal(bob, "delete_comment", comment=written.pk).startswith("Only its author can delete")
    done(bob, "resolve_comment", comment=written.pk, resolved=True)
    written.refresh_from_db()
    assert (written.text, written.resolved_by.username if written.resolved_by else "") == ("Mine", "bob")

    done(ann, "edit_comment", comment=written.pk, text="Still mine", base="Mine")
    assert refusal(ann, "edit_comment", comment=written.pk, text="Other", base="Mine").startswith("You changed this comment")
    written.refresh_from_db()
    assert (written.text, written.edited_at) == ("Still mine", NOW)
    for _ in range(2):
        done(ann, "delete_comment", comment=written.pk)
    assert not Comment.objects.exists()
    gone = "This comment no longer exists."
    assert refusal(bob, "resolve_comment", comment=written.pk, resolved=True) == gone
    assert refusal(ann, "edit_comment", comment=written.pk, text="A", base="B") == gone


@pytest.mark.parametrize("text", ["", "  \n ", "a" * 5_001, "a\x00b", "\ud800"])
def test_text_that_is_none_or_too_long_is_refused(text: str, ann: Client, papers: list[Paper]) -> None:
    assert send(ann, "comment", text=text, token="1").status_code == 400
    assert not Comment.objects.exists()


def test_a_day_has_so_many_comments_and_no_more(ann: Client, papers: list[Paper], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comments, "MOST", 1)
    comment(ann, "One")
    assert refusal(ann, "comment", text="Two", token="2").startswith("This day has 1 comments, which is the limit.")


def test_page_without_scripts_does_all_of_it(ann: Client, papers: list[Paper]) -> None:
    address = f"/admin/desk/{DAY}/comments/"

    def post(**form: str) -> str:
        return str(ann.post(address, form, follow=True).content.decode())

    page = post(do="comment", text="On <b>it</b>", paper=papers[0].arxiv_id, token="1")
    assert (texts(page), "On <b>it" in page) == (["On &lt;b&gt;it&lt;/b&gt;"], False)
    one = Comment.objects.get()
    assert texts(post(do="edit_comment", comment=str(one.pk), text="Else", base="On <b>it</b>")) == ["Else"]
    assert "Reopen" in post(do="resolve", comment=str(one.pk))
    assert "Resolve" in post(do="reopen", comment=str(one.pk))
    assert "No comments yet." in post(do="delete_comment", comment=str(one.pk))
    for form in ({"do": "sing"}, {"do": "resolve", "comment": "9" * 50}, {"do": "resolve", "comment": "²"}, {"do": "comment"}):
        assert 'class="error"' in post(**form)


def test_rights_viewers_read_and_curators_write(ann: Client, papers: list[Paper]) -> None:
    written = comment(ann, "Mine")
    viewer, nobody = make_client(make_user(group="Viewer")), make_client(make_user(username="n"))
    address = f"/admin/desk/{DAY}/comments/"

    assert texts(viewer.get(address).content.decode()) == ["Mine"]
    assert "<textarea" not in viewer.get(f"/admin/desk/{DAY}/thread").content.decode()
    assert viewer.post(address, {"do": "resolve", "comment": str(written.pk)}).status_code == 403
    for action in ("comment", "edit_comment", "delete_comment", "resolve_comment"):
        assert send(viewer, action, comment=written.pk, text="A", base="Mine", token="1", resolved=True).status_code == 403
    assert [nobody.get(one).status_code for one in (address, f"/admin/desk/{DAY}/thread")] == [403, 403]
    assert Client().get(f"/admin/desk/{DAY}/thread").status_code == 401
    assert Client(enforce_csrf_checks=True).post(address, {"do": "resolve"}).status_code in (302, 403)
    forged = Client(enforce_csrf_checks=True)
    forged.force_login(User.objects.get(username="ann"))
    assert forged.post(address, {"do": "delete_comment", "comment": str(written.pk)}).status_code == 403
    assert Comment.objects.get().resolved_at is None


def test_comments_of_a_former_editor_remain_with_their_name(ann: Client, bob: Client, papers: list[Paper]) -> None:
    comment(ann, "Bye")
    User.objects.get(username="ann").delete()

    page = bob.get(f"/admin/desk/{DAY}/comments/").content.decode()

    assert texts(page) == ["Bye"]
    assert "<bdi>Ann</bdi>" in page


def test_readers_and_exports_never_see_a_comment(ann: Client, papers: list[Paper]) -> None:
    Digest.objects.update(status="published", published_at=NOW)
    page = f"/posts/hot-papers-{DAY}"
    addresses = (page, f"{page}.md", "/rss.xml", "/feed.json", f"/papers/{papers[0].arxiv_id}", f"/search?q={papers[0].title}")
    before = [Client().get(address).content for address in addresses]
    comment(ann, "Secretword", papers[0])
    comment(ann, "Secretword again")

    assert [Client().get(address).content for address in addresses] == before


def test_threads_take_a_constant_number_of_queries(ann: Client, papers: list[Paper]) -> None:
    counts = []
    for number in (2, 20):
        for place in range(number):
            comment(ann, f"{number} {place}", papers[place % 3])
        with CaptureQueriesContext(connection) as queries:
            assert ann.get(f"/admin/desk/{DAY}/comments/").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


MENTIONS = [
    ("@ann and @Bob.", ["ann", "bob"]),
    ("a@b.org, @@c, @ d, x@y", []),
    ("(@ann) @ann @ann-", ["ann"]),
    ("@" * 50_000, []),
    ("@a" * 50_000, [("a@" * 75)[:-1]]),
    (" ".join(f"@u{n}" for n in range(100)), [f"u{n}" for n in range(20)]),
]


@pytest.mark.parametrize(("text", "names"), MENTIONS)
def test_names_are_found_in_a_text(text: str, names: list[str]) -> None:
    assert names_in(text) == names


def test_those_are_mentioned_who_may_see_the_desk(ann: Client, bob: Client) -> None:
    make_user(username="Root", is_superuser=True)
    make_user(username="nobody")
    gone = User.objects.get(username="bob")
    gone.is_active = False
    gone.save()
    left = make_user(username="left", is_staff=False)
    left.user_permissions.add(Permission.objects.get(codename="view_digest"))

    found = mentioned("@ann, @bob, @ROOT, @nobody, @left and @who")

    assert [user.username for user in found] == ["Root", "ann"]


@pytest.mark.django_db(transaction=True)
def test_two_at_once_lose_nothing() -> None:
    ann, bob = make_curator("ann"), make_curator("bob")
    written = [comment(ann, f"Number {n}") for n in range(2)]

    at_once(
        lambda: done(ann, "comment", text="Ann’s", token="a"),
        lambda: done(bob, "comment", text="Bob’s", token="b"),
        lambda: done(ann, "resolve_comment", comment=written[0].pk, resolved=True),
        lambda: done(bob, "resolve_comment", comment=written[0].pk, resolved=True),
        lambda: done(ann, "edit_comment", comment=written[1].pk, text="Edited", base="Number 1"),
        lambda: done(bob, "resolve_comment", comment=written[1].pk, resolved=True),
    )

    found = {one.text: one.resolved_at is not None for one in Comment.objects.all()}
    assert found == {"Number 0": True, "Edited": True, "Ann’s": False, "Bob’s": False}
