"""Publishing and withdrawing in the admin, and what another editor changed meanwhile."""

from datetime import date
from typing import Any

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse
from lxml import html

from digests.admin import digests as admin
from digests.admin import forms
from digests.editing import history, presence
from digests.editing.positions import renumber
from digests.models import Digest, Entry
from digests.publishing import status
from papers.models import Paper
from tests.digests.admin.admin_pages import LIST, NOW, entry_page, make_list, order, page, save
from tests.editors import confirm, make_client, make_user, run_action, values
from tests.factories import make_digest, make_draft, make_entry, make_paper

pytestmark = pytest.mark.django_db


def said(client: Client) -> list[str]:
    return [str(message) for message in client.get(LIST).context["messages"]]


def test_a_list_that_someone_else_published_meanwhile_is_not_saved(editor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    digest = make_digest(status="draft", published_at=None)
    data = values(editor, page(digest), "digest_form") | {"written_at": "2021-05-12T01:02:03"}
    original = forms.save_changes

    def published_meanwhile(obj: Any, *args: Any, **options: Any) -> None:
        status.publish(Digest.objects.get(), now=NOW)
        original(obj, *args, **options)

    monkeypatch.setattr(admin, "save_changes", published_meanwhile)

    assert editor.post(page(digest), data).status_code == 403
    assert Digest.objects.get().written_at == digest.written_at


def test_status_in_the_form_is_ignored(editor: Client) -> None:
    digest = make_digest(status="draft", published_at=None)

    save(editor, page(digest), "digest_form", status="published")

    assert Digest.objects.get().status == "draft"


def test_the_day_of_a_digest_that_readers_have_seen_stays(editor: Client) -> None:
    digest = make_digest(status="withdrawn")

    save(editor, page(digest), "digest_form", date="2020-01-01")

    assert Digest.objects.get().date == date(2021, 5, 12)


@time_machine.travel(NOW, tick=False)
def test_save_and_publish_keeps_the_edits_and_publishes(editor: Client) -> None:
    digest = make_list("A", "B")
    Digest.objects.update(status="draft", published_at=None)

    save(editor, page(digest), "digest_form", entries__1__position="1", entries__0__position="2", _publish="Save and publish")

    stored = Digest.objects.get()
    assert (stored.status, stored.published_at, order(digest)) == ("published", NOW, [(1, "B"), (2, "A")])
    assert said(editor) == ["Published (1): 2021-05-12."]
    assert [str(entry.get_change_message()) for entry in LogEntry.objects.order_by("pk")][-1] == "Published."


def note_on_the_desk(digest: Digest, action: history.Action = history.Action.NOTED) -> None:
    with history.change(digest.pk, action, by=make_user(username="bob", first_name="Bob")):
        pass


@pytest.mark.parametrize("buttons", [{}, {"_publish": "Save and publish"}])
def test_a_list_that_another_editor_changed_is_not_saved_over_and_nothing_typed_is_lost(
    editor: Client, buttons: dict[str, str]
) -> None:
    digest = make_list("A", "B", "C")
    Digest.objects.update(status="draft", published_at=None)
    typed = {f"entries-{row}-position": place for row, place in enumerate("312")} | {"entries-0-retweets": "77"}
    data = values(editor, page(digest), "digest_form") | typed | buttons
    renumber(digest.entries.all(), [digest.entries.get(position=3).pk])
    note_on_the_desk(digest, history.Action.MOVED)

    shown = editor.post(page(digest), data)

    assert (order(digest), Digest.objects.get().status) == ([(1, "C"), (2, "A"), (3, "B")], "draft")
    errors = " ".join(shown.context["adminform"].form.non_field_errors())
    assert "Someone else changed the list after you opened this page" in errors
    assert "Bob, " in errors
    assert "UTC: moved “a paper that is no longer known”" in errors
    document: Any = html.document_fromstring(shown.content.decode())
    form = document.get_element_by_id("digest_form")
    again = {name: value or "" for name, value in form.form_values() if "__prefix__" not in name}
    assert {name: again[name] for name in typed} == typed
    assert again["seen"] == "1"

    assert editor.post(page(digest), again | buttons).status_code == 302
    stored = digest.entries.get(paper__title="A")
    assert (stored.position, stored.retweets) == (3, 77)
    assert Digest.objects.get().status == ("published" if buttons else "draft")


def test_an_entry_that_another_editor_changed_is_not_saved_over(editor: Client) -> None:
    entry = make_entry(make_draft(), make_paper(title="Own"))
    data = values(editor, entry_page(entry), "entry_form") | {"title_on_this_day": "Mine"}
    Entry.objects.update(printed_otherwise={"title": "Theirs"})
    note_on_the_desk(entry.digest)

    shown = editor.post(entry_page(entry), data)

    assert shown.status_code == 200
    assert Entry.objects.get().title == "Theirs"
    assert "Mine</textarea>" in shown.content.decode()
    assert editor.post(entry_page(entry), data | {"seen": "1"}).status_code == 302
    assert Entry.objects.get().title == "Mine"


def test_save_and_publish_stops_where_the_desk_does(editor: Client) -> None:
    digest = make_list("A")
    Digest.objects.update(status="draft", published_at=None)
    Paper.objects.update(abstract="")

    save(editor, page(digest), "digest_form", entries__0__retweets="7", _publish="Save and publish")

    assert (Digest.objects.get().status, Entry.objects.get().retweets) == ("draft", 7)
    [words] = said(editor)[-1:]
    assert words.startswith("Left alone, stopped by the check")
    assert "1. A: no abstract." in words


def test_actions_say_what_was_changed_and_what_left_alone(editor: Client) -> None:
    digests = [
        make_digest(date(2021, 5, 10), papers=1, status="draft", published_at=None),
        make_digest(date(2021, 5, 11)),
        make_digest(date(2021, 5, 12), papers=1, status="withdrawn"),
    ]

    run_action(editor, LIST, "publish_selected", *digests)
    published = said(editor)
    Digest.objects.filter(date="2021-05-11").update(status="draft")
    run_action(editor, LIST, "withdraw_selected", *digests)

    assert published == ["Published (2): 2021-05-10, 2021-05-12.", "Left alone, already published (1): 2021-05-11."]
    assert said(editor) == ["Withdrawn (2): 2021-05-10, 2021-05-12.", "Left alone, not published (1): 2021-05-11."]


def test_publishing_needs_its_own_right() -> None:
    rights = "digests.view_digest digests.change_digest"
    digest = make_digest(status="draft", published_at=None)
    client = make_client(make_user(rights=rights))

    shown = client.get(page(digest)).content.decode()
    client.post(page(digest), values(client, page(digest), "digest_form") | {"_publish": "Save and publish"})
    client.post(LIST, {"action": "publish_selected", "_selected_action": [digest.pk]})

    assert "_publish" not in shown
    assert Digest.objects.get().status == "draft"


def test_a_published_digest_is_not_deleted(editor: Client) -> None:
    digest = make_digest()
    words = "Hot Papers 2021-05-12 is published. Withdraw it first, then delete it."

    one = editor.post(reverse("admin:digests_digest_delete", args=[digest.pk]), {"post": "yes"})
    many = editor.post(LIST, {"action": "delete_selected", "_selected_action": [digest.pk], "post": "yes"})

    assert [one.context["protected"], many.context["protected"]] == [[words], [words]]
    assert Digest.objects.count() == 1


@pytest.mark.parametrize("status", ["draft", "withdrawn"])
def test_a_digest_that_readers_do_not_see_is_deleted_with_its_entries(editor: Client, status: str) -> None:
    digest = make_digest(papers=2, status=status)

    editor.post(reverse("admin:digests_digest_delete", args=[digest.pk]), {"post": "yes"})

    assert (Digest.objects.count(), Entry.objects.count()) == (0, 0)


def test_published_digest_links_to_its_page_and_its_markdown(editor: Client) -> None:
    digest = make_digest()

    both = editor.get(page(digest)).content.decode(), editor.get(LIST).content.decode()

    for shown in both:
        assert 'href="/posts/hot-papers-2021-05-12"' in shown
        assert 'href="/posts/hot-papers-2021-05-12.md"' in shown


def test_draft_links_to_no_public_page(editor: Client) -> None:
    digest = make_digest(status="draft", published_at=None)

    assert "/posts/" not in editor.get(page(digest)).content.decode() + editor.get(LIST).content.decode()


@time_machine.travel(NOW, tick=False)
def test_save_and_publish_asks_first_while_somebody_types(editor: Client) -> None:
    digest = make_list("A")
    Digest.objects.update(status="draft", published_at=None)
    bob = make_user(username="bob", first_name="Bob")
    presence.arrive(digest.date, bob, f"note:{Paper.objects.get().arxiv_id}", is_writing=True)

    data = values(editor, page(digest), "digest_form") | {"entries-0-retweets": "7", "_publish": "Save and publish"}
    asked = editor.post(page(digest), data)

    assert (Digest.objects.get().status, Entry.objects.get().retweets) == ("draft", 7)
    [step] = asked.context["steps"]
    assert "Bob is writing the note on “A”: what is not saved yet can only be added in a correction" in step.effect
    assert [str(message) for message in asked.context["messages"]] == ["The list is saved, but not published yet."]
    confirm(editor, LIST, asked)
    assert Digest.objects.get().status == "published"
