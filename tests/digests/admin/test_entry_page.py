"""An entry's page in the admin: what is printed on this day only, and the posts shown."""

from typing import Any

import pytest
import time_machine
from django.test import Client

from digests.models import Digest, Entry
from tests.digests.admin.admin_pages import NOW, entry_page, page, save
from tests.editors import values
from tests.factories import make_draft, make_entry, make_paper, make_tweet

pytestmark = pytest.mark.django_db


@time_machine.travel(NOW, tick=False)
def test_entry_prints_another_title_on_this_day_only(editor: Client) -> None:
    entry = make_entry(make_draft(), make_paper(title="Own"), printed_otherwise={"authors": ["X"]})

    save(editor, entry_page(entry), "entry_form", title_on_this_day="Of  this day")

    entry.refresh_from_db()
    assert entry.printed_otherwise == {"authors": ["X"], "title": "Of  this day"}
    assert entry.paper.title == "Own"
    assert Digest.objects.get().changed_at == NOW


@pytest.mark.parametrize(
    "printed", [None, {"abstract": ""}, {"abstract": " Of this  day", "title": "T "}, {"categories": ["cs.CV"], "abstract": ""}]
)
def test_untouched_entry_page_changes_nothing(editor: Client, printed: dict[str, Any] | None) -> None:
    make_entry(make_draft(), make_paper(), make_tweet(), make_tweet(), printed_otherwise=printed)
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
    entry = make_entry(make_draft(), make_paper(), printed_otherwise=before)
    address = entry_page(entry)

    response = editor.post(address, values(editor, address, "entry_form") | changes)

    assert response.status_code == 302, response.context["errors"]
    entry.refresh_from_db()
    assert entry.printed_otherwise == after


def test_no_abstract_is_taken_back_by_its_tick(editor: Client) -> None:
    entry = make_entry(make_draft(), make_paper(), printed_otherwise={"abstract": ""})
    data = values(editor, entry_page(entry), "entry_form")
    del data["no_abstract_on_this_day"]

    editor.post(entry_page(entry), data)

    entry.refresh_from_db()
    assert entry.printed_otherwise is None


def test_an_abstract_and_none_at_once_is_an_error(editor: Client) -> None:
    entry = make_entry(make_draft(), make_paper())
    data = values(editor, entry_page(entry), "entry_form")

    response = editor.post(entry_page(entry), data | {"abstract_on_this_day": "A", "no_abstract_on_this_day": "on"})

    assert response.context["errors"] == [["Give an abstract for this day or choose none, not both."]]


@time_machine.travel(NOW, tick=False)
def test_shown_tweets_move_and_may_repeat(editor: Client) -> None:
    first, second = make_tweet(), make_tweet()
    entry = make_entry(make_draft(), make_paper(), first, second)
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
    entry = make_entry(make_draft(), make_paper())

    response = save(editor, entry_page(entry), "entry_form", retweets="5")

    assert response["Location"] == page(entry.digest)
    assert Entry.objects.get().retweets == 5
