"""The forms of a published day: shown, never saved, and leading to its correction."""

import pytest
from django.test import Client
from django.urls import reverse

from digests.models import Digest, Entry, PublicEvent
from digests.publishing.correcting import open_correction
from tests.digests.admin.admin_pages import LIST, entry_page, page, save
from tests.factories import make_digest

pytestmark = pytest.mark.django_db
DESK = '<a href="/admin/desk/2021-05-12/">Correct…</a>'


@pytest.fixture
def entry() -> Entry:
    return make_digest(papers=1).entries.get()


def test_forms_of_a_published_day_lead_to_its_correction(editor: Client, entry: Entry) -> None:
    for address in (page(entry.digest), entry_page(entry)):
        shown = editor.get(address).content.decode()
        assert (DESK in shown, 'name="_save"' in shown, 'name="_withdraw"' in shown) == (True, False, False)

    correction = open_correction(entry.digest, by=None)

    link = f'<a href="{entry_page(correction.entries.get())}">Edit in the correction</a>'
    assert link in editor.get(entry_page(entry)).content.decode()


def test_forms_of_a_published_day_are_not_saved(admin_client: Client, entry: Entry) -> None:
    before = Entry.objects.values().get(), Digest.objects.values().get()

    answers = [
        admin_client.post(address, {"retweets": "99999", "entries-0-retweets": "99999", "_withdraw": "x"}).status_code
        for address in (page(entry.digest), entry_page(entry), reverse("admin:digests_entry_delete", args=[entry.pk]))
    ]

    assert answers == [403, 403, 403]
    assert (Entry.objects.values().get(), Digest.objects.values().get()) == before


def test_an_entry_of_a_correction_is_edited_in_its_form(editor: Client, entry: Entry) -> None:
    digest = entry.digest
    Entry.objects.update(printed_otherwise={"title": "Then", "authors": ["A"]})
    copy = open_correction(digest, by=None).entries.get()

    answer = save(editor, entry_page(copy), "entry_form", as_the_paper="on", retweets="99")

    assert answer["Location"] == "/admin/desk/2021-05-12/"
    copy.refresh_from_db()
    assert (copy.printed_otherwise, copy.retweets) == (None, 99)
    entry.refresh_from_db()
    assert (entry.printed_otherwise, entry.retweets) == ({"title": "Then", "authors": ["A"]}, 12)
    assert [str(one.digest) for one in editor.get("/admin/digests/entry/").context["cl"].result_list] == [str(digest)]
    assert (editor.get(LIST).status_code, PublicEvent.objects.count()) == (200, 0)
