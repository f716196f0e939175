from datetime import UTC, date, datetime
from html import unescape
from typing import Any

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse
from lxml import html

from digests.admin import digests as admin
from digests.admin.ordered_rows import renumber
from digests.editing import history
from digests.models import Digest, Entry
from digests.publishing import status
from papers.models import Paper
from papers.search.index import index_changed
from tests.editors import make_client, make_user, run_action, values
from tests.factories import make_digest, make_entry, make_paper, make_tweet

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
LIST = "/admin/digests/digest/"


def page(digest: Digest) -> str:
    return reverse("admin:digests_digest_change", args=[digest.pk])


def entry_page(entry: Entry) -> str:
    return reverse("admin:digests_entry_change", args=[entry.pk])


def order(digest: Digest) -> list[tuple[int, str]]:
    return list(digest.entries.order_by("position").values_list("position", "paper__title"))


def save(client: Client, address: str, form: str, **changes: Any) -> Any:
    """Submit the page's form with these changes (`-` in a name is written `__`); it must be accepted."""
    named = {name.replace("__", "-"): value for name, value in changes.items()}
    response = client.post(address, values(client, address, form) | named)
    assert response.status_code == 302, response.context["errors"]
    return response


def said(client: Client) -> list[str]:
    return [str(message) for message in client.get(LIST).context["messages"]]


def make_list(*titles: str) -> Digest:
    digest = make_digest()
    for title in titles:
        paper = make_paper(title=title)
        make_entry(digest, paper, make_tweet(paper))
    return digest


@pytest.mark.parametrize("papers", [2, 9])
def test_digest_list_takes_the_same_queries_at_any_size(editor: Client, django_assert_num_queries: Any, papers: int) -> None:
    for day in range(1, papers + 1):
        make_digest(date(2021, 5, day), papers=papers)

    with django_assert_num_queries(8):
        response = editor.get(LIST)

    assert [digest.papers_number for digest in response.context["cl"].result_list] == [papers] * papers


@pytest.mark.parametrize("papers", [2, 9])
def test_digest_page_takes_the_same_queries_at_any_size(editor: Client, django_assert_num_queries: Any, papers: int) -> None:
    digest = make_digest(papers=papers)

    with django_assert_num_queries(6):
        response = editor.get(page(digest))

    assert response.status_code == 200


@pytest.mark.parametrize("papers", [2, 9])
def test_reorder_takes_the_same_queries_at_any_size(editor: Client, django_assert_num_queries: Any, papers: int) -> None:
    digest = make_digest(papers=papers)
    numbers = {f"entries-{n}-position": str(papers - n) for n in range(papers)}
    data = values(editor, page(digest), "digest_form") | numbers
    last = digest.entries.last()

    with django_assert_num_queries(37):
        editor.post(page(digest), data)

    assert digest.entries.first() == last


@pytest.mark.parametrize("tweets", [2, 9])
def test_entry_page_takes_the_same_queries_at_any_size(editor: Client, django_assert_num_queries: Any, tweets: int) -> None:
    entry = make_entry(make_digest(), make_paper(), *(make_tweet() for _ in range(tweets)))

    with django_assert_num_queries(6):
        response = editor.get(entry_page(entry))

    assert response.status_code == 200


@pytest.mark.parametrize("papers", [2, 9])
def test_entry_list_takes_the_same_queries_at_any_size(editor: Client, django_assert_num_queries: Any, papers: int) -> None:
    make_digest(papers=papers)

    with django_assert_num_queries(8):
        response = editor.get("/admin/digests/entry/")

    assert len(response.context["cl"].result_list) == papers


@pytest.mark.parametrize("query", ["graphs", "graph transformers", "2021-05-12", "2105.77777"])
def test_digest_list_finds_a_day_by_its_date_and_by_its_papers(editor: Client, query: str) -> None:
    digest = make_list("Graph Transformers", "Other Graphs")
    make_entry(digest, make_paper(arxiv_id="2105.77777"))
    make_digest(date(2021, 5, 13), papers=1)
    index_changed()

    found = editor.get(LIST, {"q": query}).context["cl"].result_list

    assert list(found) == [digest]


def test_untouched_digest_page_changes_nothing(editor: Client) -> None:
    digest = make_list("A", "B")
    before = Digest.objects.values().get(), list(Entry.objects.values())

    save(editor, page(digest), "digest_form")

    assert (Digest.objects.values().get(), list(Entry.objects.values())) == before


@time_machine.travel(NOW, tick=False)
def test_two_rows_that_change_places_are_no_error(editor: Client) -> None:
    digest = make_list("A", "B", "C")

    save(editor, page(digest), "digest_form", entries__0__position="3", entries__2__position="1")

    assert order(digest) == [(1, "C"), (2, "B"), (3, "A")]
    assert Digest.objects.get().changed_at == NOW


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ({0: "3"}, "BCAD"),  # typed by hand: the moved row gets the place, the others give way
        ({3: "1"}, "DABC"),
        ({0: "99"}, "BCDA"),
        ({1: ""}, "ACDB"),
        ({0: "2", 1: "2"}, "BACD"),
        ({0: "4", 1: "3", 2: "2", 3: "1"}, "DCBA"),
        ({0: "40", 1: "30", 2: "20", 3: "10"}, "DCBA"),
    ],
)
def test_numbers_typed_by_hand_put_the_rows_in_order(editor: Client, numbers: dict[int, str], expected: str) -> None:
    digest = make_list("A", "B", "C", "D")

    save(editor, page(digest), "digest_form", **{f"entries__{n}__position": number for n, number in numbers.items()})

    assert order(digest) == list(enumerate(expected, 1))


@time_machine.travel(NOW, tick=False)
def test_rows_are_added_and_deleted_while_others_move(editor: Client) -> None:
    digest = make_list("A", "B", "C")
    new = make_paper(title="New")
    data = values(editor, page(digest), "digest_form") | {
        "entries-TOTAL_FORMS": "5",
        "entries-0-DELETE": "on",
        "entries-1-position": "2",
        "entries-2-position": "1",
        "entries-3-position": "2",
        "entries-3-paper": str(new.pk),
        "entries-3-retweets": "7",
        "entries-3-favorites": "8",
        "entries-3-read_at": "",
        "entries-4-position": "5",  # an empty row that the browser numbered
        "entries-4-paper": "",
        "entries-4-retweets": "0",
        "entries-4-favorites": "0",
    }

    response = editor.post(page(digest), data)

    assert response.status_code == 302, response.context["errors"]
    assert order(digest) == [(1, "C"), (2, "New"), (3, "B")]
    entry = digest.entries.get(paper=new)
    assert (entry.retweets, entry.favorites, entry.read_at) == (7, 8, digest.written_at)
    assert Digest.objects.get().changed_at == NOW


def test_a_paper_that_is_deleted_and_added_again_is_no_error(editor: Client) -> None:
    digest = make_list("A", "B")
    paper = digest.entries.get(position=1).paper
    row = {"position": "", "paper": str(paper.pk), "retweets": "1", "favorites": "1"}
    data = values(editor, page(digest), "digest_form") | {f"entries-2-{name}": value for name, value in row.items()}

    response = editor.post(page(digest), data | {"entries-TOTAL_FORMS": "3", "entries-0-DELETE": "on"})

    assert response.status_code == 302, response.context["errors"]
    assert order(digest) == [(1, "B"), (2, "A")]


def test_a_paper_twice_on_one_day_is_an_error_on_the_second_row(editor: Client) -> None:
    digest = make_list("A", "B")
    row = {"position": "1", "paper": str(digest.entries.get(position=2).paper_id), "retweets": "1", "favorites": "1"}
    data = values(editor, page(digest), "digest_form") | {f"entries-2-{name}": value for name, value in row.items()}

    response = editor.post(page(digest), data | {"entries-TOTAL_FORMS": "3"})

    formset = response.context["inline_admin_formsets"][0].formset
    assert [form.errors for form in formset.forms] == [{}, {}, {"paper": ["It is in this list already."]}]
    assert order(digest) == [(1, "A"), (2, "B")]


def test_a_row_that_someone_deleted_meanwhile_is_an_error_and_no_crash(editor: Client) -> None:
    digest = make_list("A", "B")
    data = values(editor, page(digest), "digest_form")
    digest.entries.get(position=1).delete()

    response = editor.post(page(digest), data)

    assert response.status_code == 200
    assert response.context["errors"]


def test_a_row_that_someone_added_meanwhile_stays_behind_the_others(editor: Client) -> None:
    digest = make_list("A", "B")
    data = values(editor, page(digest), "digest_form")
    make_entry(digest, make_paper(title="Theirs"))

    editor.post(page(digest), data | {"entries-0-position": "2", "entries-1-position": "1"})

    assert order(digest) == [(1, "B"), (2, "A"), (3, "Theirs")]


def test_a_new_digest_is_a_draft_with_its_papers_in_order(editor: Client) -> None:
    papers = [make_paper(title="A"), make_paper(title="B")]
    data = values(editor, f"{LIST}add/", "digest_form") | {"date": "2021-05-12", "entries-TOTAL_FORMS": "2"}
    for row, paper in enumerate(papers):
        data |= {f"entries-{row}-position": str(2 - row), f"entries-{row}-paper": str(paper.pk)}
        data |= {f"entries-{row}-retweets": "1", f"entries-{row}-favorites": "2"}

    response = editor.post(f"{LIST}add/", data)

    assert response.status_code == 302, response.context["errors"]
    digest = Digest.objects.get()
    assert (digest.status, digest.published_at) == ("draft", None)
    assert order(digest) == [(1, "B"), (2, "A")]


def test_saving_never_undoes_a_publication_by_someone_else(editor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    digest = make_digest(status="draft", published_at=None)
    data = values(editor, page(digest), "digest_form") | {"written_at": "2021-05-12T01:02:03"}
    original = admin.save_changes

    def published_meanwhile(obj: Any, *args: Any, **options: Any) -> None:
        status.publish(Digest.objects.get(), now=NOW)
        original(obj, *args, **options)

    monkeypatch.setattr(admin, "save_changes", published_meanwhile)

    editor.post(page(digest), data)

    stored = Digest.objects.get()
    assert (stored.status, stored.published_at, stored.written_at.time().isoformat()) == ("published", NOW, "01:02:03")


def test_status_in_the_form_is_ignored(editor: Client) -> None:
    digest = make_digest(status="draft", published_at=None)

    save(editor, page(digest), "digest_form", status="published")

    assert Digest.objects.get().status == "draft"


def test_the_day_of_a_digest_that_readers_have_seen_stays(editor: Client) -> None:
    digest = make_digest()

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


def note_on_the_desk(digest: Digest, what: str = "note of 2105.00001") -> None:
    with history.change(digest.pk, by=make_user(username="bob", first_name="Bob"), what=what):
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
    note_on_the_desk(digest, "2105.00003 moved to 1")

    shown = editor.post(page(digest), data)

    assert (order(digest), Digest.objects.get().status) == ([(1, "C"), (2, "A"), (3, "B")], "draft")
    errors = " ".join(shown.context["adminform"].form.non_field_errors())
    assert "Others changed the list since you opened this page" in errors
    assert "Bob, " in errors
    assert "UTC: 2105.00003 moved to 1" in errors
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
    entry = make_entry(make_digest(), make_paper(title="Own"))
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
    assert words.startswith("Left alone, stopped by the check of its desk")
    assert "1. A: it has no abstract." in words


def test_save_and_withdraw_hides_it(editor: Client) -> None:
    digest = make_digest()

    save(editor, page(digest), "digest_form", _withdraw="Save and withdraw")

    assert Digest.objects.get().status == "withdrawn"
    assert said(editor) == ["Withdrawn (1): 2021-05-12."]


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

    assert published == ["Published (2): 2021-05-10, 2021-05-12.", "Left alone, published already (1): 2021-05-11."]
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
def test_entry_prints_another_title_on_this_day_only(editor: Client) -> None:
    entry = make_entry(make_digest(), make_paper(title="Own"), printed_otherwise={"authors": ["X"]})

    save(editor, entry_page(entry), "entry_form", title_on_this_day="Of  this day")

    entry.refresh_from_db()
    assert entry.printed_otherwise == {"authors": ["X"], "title": "Of  this day"}
    assert entry.paper.title == "Own"
    assert Digest.objects.get().changed_at == NOW


@pytest.mark.parametrize(
    "printed", [None, {"abstract": ""}, {"abstract": " Of this  day", "title": "T "}, {"categories": ["cs.CV"], "abstract": ""}]
)
def test_untouched_entry_page_changes_nothing(editor: Client, printed: dict[str, Any] | None) -> None:
    make_entry(make_digest(), make_paper(), make_tweet(), make_tweet(), printed_otherwise=printed)
    before = Entry.objects.values().get(), Digest.objects.values().get()

    save(editor, entry_page(Entry.objects.get()), "entry_form")

    assert (Entry.objects.values().get(), Digest.objects.values().get()) == before


@pytest.mark.parametrize(
    ("before", "changes", "after"),
    [
        ({"title": "T", "abstract": "A"}, {"title_on_this_day": ""}, {"abstract": "A"}),
        ({"title": "T", "abstract": "A"}, {"abstract_on_this_day": ""}, {"title": "T"}),
        (None, {"no_abstract_on_this_day": "on"}, {"abstract": ""}),
        ({"title": "T"}, {"title_on_this_day": ""}, None),
        ({"abstract": "A"}, {"abstract_on_this_day": "", "no_abstract_on_this_day": "on"}, {"abstract": ""}),
        (None, {"abstract_on_this_day": "one\r\ntwo"}, {"abstract": "one two"}),
    ],
)
def test_texts_of_a_day_are_set_and_taken_back(
    editor: Client, before: dict[str, str] | None, changes: dict[str, str], after: dict[str, str] | None
) -> None:
    entry = make_entry(make_digest(), make_paper(), printed_otherwise=before)
    address = entry_page(entry)

    response = editor.post(address, values(editor, address, "entry_form") | changes)

    assert response.status_code == 302, response.context["errors"]
    entry.refresh_from_db()
    assert entry.printed_otherwise == after


def test_no_abstract_is_taken_back_by_its_tick(editor: Client) -> None:
    entry = make_entry(make_digest(), make_paper(), printed_otherwise={"abstract": ""})
    data = values(editor, entry_page(entry), "entry_form")
    del data["no_abstract_on_this_day"]

    editor.post(entry_page(entry), data)

    entry.refresh_from_db()
    assert entry.printed_otherwise is None


def test_an_abstract_and_none_at_once_is_an_error(editor: Client) -> None:
    entry = make_entry(make_digest(), make_paper())
    data = values(editor, entry_page(entry), "entry_form")

    response = editor.post(entry_page(entry), data | {"abstract_on_this_day": "A", "no_abstract_on_this_day": "on"})

    assert response.context["errors"] == [["Either an abstract for this day or none, not both."]]


@time_machine.travel(NOW, tick=False)
def test_shown_tweets_move_and_may_repeat(editor: Client) -> None:
    first, second = make_tweet(), make_tweet()
    entry = make_entry(make_digest(), make_paper(), first, second)
    data = values(editor, entry_page(entry), "entry_form") | {
        "shown_tweets-TOTAL_FORMS": "3",
        "shown_tweets-0-position": "2",
        "shown_tweets-1-position": "1",
        "shown_tweets-2-tweet": str(second.pk),
        "shown_tweets-2-position": "3",
    }

    response = editor.post(entry_page(entry), data)

    assert response.status_code == 302, response.context["errors"]
    shown = list(entry.shown_tweets.order_by("position").values_list("position", "tweet"))
    assert shown == [(1, second.pk), (2, first.pk), (3, second.pk)]
    assert Digest.objects.get().changed_at == NOW


def test_entry_page_leads_back_to_its_digest(editor: Client) -> None:
    entry = make_entry(make_digest(), make_paper())

    response = save(editor, entry_page(entry), "entry_form", retweets="5")

    assert response["Location"] == page(entry.digest)
    assert Entry.objects.get().retweets == 5


def test_deleted_entry_leaves_no_gap(editor: Client) -> None:
    digest = make_list("A", "B", "C")

    editor.post(reverse("admin:digests_entry_delete", args=[digest.entries.get(position=2).pk]), {"post": "yes"})

    assert order(digest) == [(1, "A"), (2, "C")]


def test_viewer_sees_the_list_without_inputs() -> None:
    digest = make_list("A <b>", "B")
    client = make_client(make_user(rights="digests.view_digest digests.view_entry papers.view_paper"))

    response = client.get(page(digest))

    assert response.status_code == 200
    assert "data-reorder" not in response.content.decode()
    assert "A <b>" in unescape(response.content.decode())


def test_index_carries_the_site_name(editor: Client) -> None:
    response = editor.get("/admin/all/")

    assert (response.context["site_header"], response.context["title"]) == ("Hot Papers", "The editors’ pages")
