"""A day's list as it was and as it will be: history, comparison, restoring, previews."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from digests.desk.views import history as history_pages
from digests.editing import history
from digests.editing.sentences import said
from digests.models import Digest, Dismissal, Entry, ListChange
from digests.templatetags.reading import moment_text
from papers.models import Paper
from tests.digests.desk.conftest import DAY, done, entry_of, listed, make_candidate, revision, send
from tests.editors import make_client, make_user, values

pytestmark = pytest.mark.django_db
PAGE = f"/admin/desk/{DAY}/history/"


@pytest.fixture
def changed(ann: Client, papers: list[Paper]) -> list[ListChange]:
    """Ann took a paper out and wrote a note; the versions, the newest first."""
    done(ann, "remove", paper=papers[0].arxiv_id, revision=revision())
    done(ann, "note", paper=papers[1].arxiv_id, text="Worth <b>reading</b>", base="")
    return history.changes(Digest.objects.get())


def restore(client: Client, version: ListChange, **options: Any) -> Any:
    """Press the page's button as the page is now."""
    return client.post(PAGE, values(client, PAGE, "restore") | {"version": version.pk}, **options)


def test_history_lists_who_when_and_what(ann: Client, changed: list[ListChange]) -> None:
    page = ann.get(PAGE).content.decode().replace('name="revision" value="2"', "")  # the list's, by chance a version's

    assert [page.count(f'value="{one.pk}"') for one in changed] == [2, 3, 3]  # the newest has nothing to restore
    assert all(escape(said(one)) in page for one in changed)
    assert page.count("<td>Ann</td>") == 2
    assert re.findall(r"<td>\s*<time [^>]+>([^<]*)</time>", page) == [moment_text(one.at) for one in changed]


def test_history_groups_runs_of_the_same_action(ann: Client, papers: list[Paper]) -> None:
    for paper in papers[:2]:
        done(ann, "remove", paper=paper.arxiv_id, revision=revision())
    newest, step, first = history.changes(Digest.objects.get())

    response = ann.get(PAGE)

    shown = [(run["pk"], run["what"], [one["pk"] for one in run["steps"]]) for run in response.context["runs"]]
    titles = ", ".join(f"“{paper.title}”" for paper in papers[:2])
    assert shown == [(newest.pk, f"removed {titles}", [step.pk]), (first.pk, said(first), [])]
    page = response.content.decode()
    assert [page.count(f'name="{name}"\n       value="{step.pk}"') for name in ("a", "b")] == [1, 1]
    assert page.count(f'name="version"\n        value="{step.pk}"') == 1
    assert escape(said(step)) in page


def test_compare_shows_two_versions_in_order_of_time(ann: Client, changed: list[ListChange], papers: list[Paper]) -> None:
    response = ann.get(PAGE, {"a": changed[0].pk, "b": changed[-1].pk})

    assert response.context["difference"].said == (
        f"{papers[0].arxiv_id}: removed, was number 1.",
        f"{papers[1].arxiv_id}: note changed.",
    )
    page = response.content.decode()
    assert len(re.findall(r"<time [^>]+>2\d Nov 2026, \d\d:\d\d UTC</time>", page)) == 2
    assert "<mark>Worth &lt;b&gt;reading&lt;/b&gt;</mark>" in page
    assert "<b>reading" not in page


@pytest.mark.parametrize("asked", ["0", "x", ""])
def test_compare_of_a_version_that_is_not_there_is_not_found(ann: Client, changed: list[ListChange], asked: str) -> None:
    assert ann.get(PAGE, {"a": asked, "b": str(changed[0].pk)}).status_code == 404


def test_restore_makes_a_new_version(ann: Client, changed: list[ListChange], papers: list[Paper]) -> None:
    response = restore(ann, changed[-1], follow=True)

    assert response.redirect_chain == [(f"/admin/desk/{DAY}/", 302)]
    assert listed() == papers
    assert (entry_of(papers[1]).note, Dismissal.objects.count()) == ("", 0)
    assert len(history.changes(Digest.objects.get())) == len(changed) + 1

    done(ann, "restore", version=changed[0].pk, revision=revision())
    assert (listed(), entry_of(papers[1]).note) == (papers[1:], "Worth <b>reading</b>")


def test_restore_of_a_published_list_needs_an_editor_and_opens_a_correction(
    ann: Client, changed: list[ListChange], papers: list[Paper]
) -> None:
    Digest.objects.update(status="published", published_at=changed[0].at)
    eve = make_client(make_user(group="Editor"))

    assert restore(ann, changed[-1]).status_code == 403
    assert restore(eve, changed[-1]).status_code == 302

    correction = Digest.all_drafts.get(status="draft")
    assert [entry.paper for entry in Digest.objects.get().entries.all()] == papers[1:]
    assert [entry.paper for entry in Entry.objects.filter(digest=correction)] == papers
    assert history.changes(correction)[0].action == "restored"


def test_restore_wipes_nothing_that_came_after_the_look(
    ann: Client, bob: Client, changed: list[ListChange], papers: list[Paper]
) -> None:
    seen = values(ann, PAGE, "restore") | {"version": changed[-1].pk}
    done(bob, "note", paper=papers[2].arxiv_id, text="Bob's", base="")

    page = ann.post(PAGE, seen, follow=True)
    answer = send(ann, "restore", version=changed[-1].pk, revision=int(seen["revision"]))

    assert page.redirect_chain == [(PAGE, 302)]
    assert f"edited the note on “{papers[2].title}”" in str(next(iter(page.context["messages"])))
    assert (answer.status_code, answer.json()["conflict"]["by"]) == (409, "Bob")
    assert entry_of(papers[2]).note == "Bob's"
    done(ann, "restore", **answer.json()["conflict"]["retry"])
    assert entry_of(papers[2]).note == ""


def test_restore_leaves_a_list_that_was_published_meanwhile(
    ann: Client, changed: list[ListChange], papers: list[Paper], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Published after the status was looked at, without a new revision: the lock tells, not the look."""
    versions_of = history_pages.versions_of

    def published_meanwhile(day: Any) -> list[ListChange]:
        Digest.objects.update(status="published", published_at=changed[0].at)
        return versions_of(day)

    monkeypatch.setattr(history_pages, "versions_of", published_meanwhile)
    answer = send(ann, "restore", version=changed[-1].pk, revision=revision())

    assert answer.status_code == 400
    assert answer.json()["error"].startswith("This day has been published.")
    assert listed() == papers[1:]


def test_history_page_takes_the_same_queries_at_any_length(ann: Client, changed: list[ListChange]) -> None:
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            ann.get(PAGE)
        with CaptureQueriesContext(connection) as comparing:
            ann.get(PAGE, {"a": changed[0].pk, "b": changed[-1].pk})
        counts.append((len(queries), len(comparing)))
        for number in range(3):
            done(ann, "add", paper=make_candidate(30 + number).arxiv_id)
    assert counts[0] == counts[1]


def test_previews_are_what_readers_will_see(ann: Client, changed: list[ListChange], papers: list[Paper]) -> None:
    preview = {form: ann.get(f"/admin/desk/{DAY}/preview/{form}") for form in ("page", "feed", "markdown")}

    for response in preview.values():
        assert "no-store" in response["Cache-Control"]
        assert response["X-Robots-Tag"] == "noindex"
    digest = Digest.objects.get()
    digest.published_at, digest.status = digest.written_at, "published"
    digest.save()
    reader = Client()
    assert preview["page"].content == reader.get(digest.get_absolute_url()).content
    assert preview["markdown"].content == reader.get(digest.markdown_url).content
    assert papers[1].title in preview["feed"].content.decode()


def test_previews_of_a_correction_show_the_correction(ann: Client, papers: list[Paper]) -> None:
    digest = Digest.objects.get()
    Digest.objects.update(status="published", published_at=digest.written_at)
    eve = make_client(make_user(group="Editor"))
    done(eve, "correct")
    done(ann, "remove", paper=papers[0].arxiv_id, revision=revision())

    for form in ("page", "feed", "markdown"):
        page = ann.get(f"/admin/desk/{DAY}/preview/{form}").content.decode()
        assert (papers[0].title in page, papers[1].title in page) == (False, True)


@pytest.mark.parametrize("below", ["history/", "preview/page", "preview/feed", "preview/markdown"])
def test_a_day_without_a_list_has_no_such_page(ann: Client, below: str) -> None:
    assert ann.get(f"/admin/desk/{DAY}/{below}").status_code == 404
