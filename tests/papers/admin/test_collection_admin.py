"""The collection in the admin: seen by editors, changed by nobody, and plain about what a person has to do."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from lxml import html

from papers.models import CollectionDay, PaidRead, ReadBudget, SourceHealth
from tests.editors import make_client, make_user

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
PAGES = ["collectionday", "readbudget", "paidread", "sourcehealth"]


@pytest.fixture
def editor() -> Client:
    return make_client(make_user(group="Editor"))


@pytest.fixture
def rows() -> None:
    CollectionDay.objects.create(
        date=date(2026, 11, 20), state="failed", reason="arXiv gave no listing; it is tried again at 13:00 UTC."
    )
    ReadBudget.objects.create(period="2026-11-20", reads=100)
    PaidRead.objects.create(at=NOW, purpose="sweep", reserved=100, reads=63, cost_microdollars=315_000)
    SourceHealth.objects.create(
        service="x", state="refused", message="Set X_BEARER_TOKEN anew.", setting="X_BEARER_TOKEN", since=NOW
    )


@pytest.mark.parametrize("page", PAGES)
def test_editor_sees_and_cannot_change(editor: Client, rows: None, page: str) -> None:
    assert editor.get(reverse(f"admin:papers_{page}_changelist")).status_code == 200
    model = {"collectionday": CollectionDay, "readbudget": ReadBudget, "paidread": PaidRead, "sourcehealth": SourceHealth}[page]
    one = model._default_manager.get()
    address = reverse(f"admin:papers_{page}_change", args=[one.pk])
    assert editor.get(address).status_code == 200
    assert editor.post(address, {}).status_code == 403
    assert editor.get(reverse(f"admin:papers_{page}_add")).status_code == 403


def test_ledger_shows_what_a_call_cost(editor: Client, rows: None) -> None:
    assert "0.315" in editor.get(reverse("admin:papers_paidread_changelist")).content.decode()


def test_charts_are_told_in_words_and_as_a_table(editor: Client, rows: None, settings) -> None:  # type: ignore[no-untyped-def]
    settings.X_DAILY_READS = 1000
    CollectionDay.objects.create(date=date(2026, 11, 19), state="partial", found_new=150, expected_new=200)
    ReadBudget.objects.create(period="2026-11", reads=7000)

    days = drawn(editor, "collectionday")
    budgets = drawn(editor, "readbudget")

    assert days == (
        "2 days from 2026-11-19 to 2026-11-20: fewer than expected on 2026-11-19.",
        [["Day", "Found", "Expected"], ["2026-11-20", "0", "not known"], ["2026-11-19", "150", "200"]],
    )
    assert budgets == (
        "100 of 1,000 reads on 2026-11-20; the most since 2026-11-20 were 100 on 2026-11-20.",
        [["Day", "Reads", "Current limit"], ["2026-11-20", "100", "1,000"]],
    )


def drawn(client: Client, page: str) -> tuple[str, list[list[str]]]:
    """What the chart over a list says in place of its drawing, and its table."""
    document: Any = html.document_fromstring(client.get(reverse(f"admin:papers_{page}_changelist")).content.decode())
    (figure,) = document.find_class("chart")
    (drawing,) = figure.iter("svg")
    assert drawing.get("role") == "img"
    return drawing.get("aria-label"), [[cell.text_content() for cell in row] for row in figure.iter("tr")]


def test_no_days_no_chart(editor: Client) -> None:
    for page in PAGES:
        assert b"<figure" not in editor.get(reverse(f"admin:papers_{page}_changelist")).content


def test_index_says_what_a_person_has_to_do(editor: Client, rows: None, settings) -> None:  # type: ignore[no-untyped-def]
    settings.X_BEARER_TOKEN = "refused"
    page = editor.get(reverse("admin-all")).content.decode()
    assert "X: Set X_BEARER_TOKEN anew." in page
    assert "2026-11-20: arXiv gave no listing; it is tried again at 13:00 UTC." in page


def test_index_is_quiet_where_all_is_well(editor: Client, settings) -> None:  # type: ignore[no-untyped-def]
    settings.X_BEARER_TOKEN = "a-key"
    assert "messagelist" not in editor.get(reverse("admin-all")).content.decode()


@pytest.mark.parametrize("networks", [["x", "hackernews"], ["x"]])
def test_x_without_a_key_is_said_and_no_warning(editor: Client, settings, networks: list[str]) -> None:  # type: ignore[no-untyped-def]
    settings.X_BEARER_TOKEN, settings.NETWORKS = "", networks
    page = editor.get(reverse("admin-all")).content.decode()
    assert page.count("X_BEARER_TOKEN is not set, so no posts are collected from X.") == 1
    assert "messagelist" not in page


ACTION = {"action": "acknowledge"}


@pytest.fixture
def administrator() -> Client:
    return make_client(make_user(group="Administrator"))


def test_administrator_acknowledges_a_failed_day_with_a_reason(administrator: Client, rows: None) -> None:
    day, address = CollectionDay.objects.get(), reverse("admin:papers_collectionday_changelist")
    chosen = ACTION | {"_selected_action": day.pk}
    asked = administrator.post(address, chosen)
    without = administrator.post(address, chosen | {"confirmed": "Acknowledge", "reason": " "})

    done = administrator.post(address, chosen | {"confirmed": "Acknowledge", "reason": "arXiv was <b>down</b>"}, follow=True)

    assert [asked.status_code, without.status_code] == [200, 200]
    assert "Write why the day can stay as it is, in at most 500 characters." in without.content.decode()
    day.refresh_from_db()
    assert (day.acknowledged_reason, day.acknowledged_at is not None) == ("arXiv was <b>down</b>", True)
    assert "Acknowledged (1): 2026-11-20." in done.content.decode()
    assert "arXiv was &lt;b&gt;down&lt;/b&gt;" in done.content.decode()
    assert "arXiv gave no listing" not in administrator.get(reverse("admin:index")).content.decode()


def test_editor_cannot_acknowledge(editor: Client, rows: None) -> None:
    day, address = CollectionDay.objects.get(), reverse("admin:papers_collectionday_changelist")

    editor.post(address, ACTION | {"_selected_action": day.pk, "confirmed": "Acknowledge", "reason": "fine"})

    day.refresh_from_db()
    assert day.acknowledged_at is None
