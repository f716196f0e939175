"""A digest's page in the admin: rows in order, other editors meanwhile, publication."""

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from digests.models import Digest, Entry
from tests.digests.admin.admin_pages import LIST, NOW, make_list, order, page, save
from tests.editors import values
from tests.factories import make_entry, make_paper

pytestmark = pytest.mark.django_db


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
    assert [form.errors for form in formset.forms] == [{}, {}, {"paper": ["It is already in this list."]}]
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


def test_deleted_entry_leaves_no_gap(editor: Client) -> None:
    digest = make_list("A", "B", "C")

    editor.post(reverse("admin:digests_entry_delete", args=[digest.entries.get(position=2).pk]), {"post": "yes"})

    assert order(digest) == [(1, "A"), (2, "C")]
