"""Publishing and withdrawing several digests: what the page says, and what is noticed between question and answer."""

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from digests.editing import history
from digests.models import Digest
from papers.models import Paper
from tests.editors import confirm
from tests.factories import make_digest

pytestmark = pytest.mark.django_db
LIST = "/admin/digests/digest/"


def ask(client: Client, action: str, *digests: Digest, at: str = LIST) -> Any:
    return client.post(at, {"action": action, "_selected_action": [digest.pk for digest in digests], "index": "0"})


def draft(day: int) -> Digest:
    return make_digest(date(2021, 5, day), papers=2, status="draft", published_at=None)


def statuses() -> list[str]:
    return list(Digest.objects.order_by("date").values_list("status", flat=True))


def test_page_tells_what_is_published_and_what_is_left_alone_and_why(editor: Client) -> None:
    page = ask(
        editor,
        "publish_selected",
        draft(10),
        make_digest(date(2021, 5, 11)),
        make_digest(date(2021, 5, 12), papers=1, status="withdrawn"),
    )

    assert [(step.name, step.effect.split(";")[0]) for step in page.context["steps"]] == [
        ("2021-05-10", "readers will see it"), ("2021-05-12", "readers will see it again")
    ]  # fmt: skip
    assert [(step.name, step.left_alone) for step in page.context["others"]] == [("2021-05-11", "already published")]
    assert page.context["steps"][0].looks.startswith("draft, 2 papers, changed ")
    assert 'value="Publish 2 digests"' in page.content.decode()
    assert statuses() == ["draft", "published", "withdrawn"]


def test_a_day_that_its_desk_would_not_publish_is_left_alone_with_its_findings(editor: Client) -> None:
    stopped, other, ignored = draft(10), draft(11), make_digest(date(2021, 5, 12), status="draft", published_at=None)
    Paper.objects.filter(entries__digest=stopped, entries__position=2).update(abstract="", title="Untold")
    ignored.ignored_findings.create(finding="empty", at=ignored.written_at)
    page = ask(editor, "publish_selected", stopped, other, ignored)

    assert [step.name for step in page.context["steps"]] == ["2021-05-11", "2021-05-12"]
    [left] = page.context["others"]
    assert left.left_alone.endswith("on its desk): 2. Untold: no abstract.")
    confirm(editor, LIST, page)
    assert statuses() == ["draft", "published", "published"]


def test_nothing_to_do_has_no_button(editor: Client) -> None:
    page = ask(editor, "withdraw_selected", draft(10))

    assert 'name="confirmed"' not in page.content.decode()
    assert "Go back" in page.content.decode()


def test_a_digest_edited_since_is_not_published_and_the_page_says_by_whom(editor: Client) -> None:
    edited, other = draft(10), draft(11)
    page = ask(editor, "publish_selected", edited, other)
    ann = User.objects.create_user("Ann")
    with history.change(edited.pk, history.Action.NOTED, by=ann) as digest:
        digest.intro = "New"

    answer = confirm(editor, LIST, page)

    assert answer.status_code == 409
    assert statuses() == ["draft", "draft"]
    assert [(step.name, step.since[-1]) for step in answer.context["conflicts"]] == [
        ("2021-05-10", "edited the note on “a paper that is no longer known” (Ann)")
    ]

    assert confirm(editor, LIST, answer).status_code == 302
    assert statuses() == ["published", "published"]


def test_a_digest_published_by_someone_else_meanwhile_is_no_conflict(editor: Client) -> None:
    first, second = draft(10), draft(11)
    page = ask(editor, "publish_selected", first, second)
    Digest.objects.filter(pk=first.pk).update(status="published", published_at=first.written_at)

    assert confirm(editor, LIST, page).status_code == 302
    said = [str(message) for message in editor.get(LIST).context["messages"]]
    assert said == ["Published (1): 2021-05-11.", "Left alone, already published (1): 2021-05-10."]


def test_a_filtered_list_loses_none_that_changed_meanwhile(editor: Client) -> None:
    drafts = f"{LIST}?status__exact=draft"
    first, second = draft(10), draft(11)
    page = ask(editor, "publish_selected", first, second, at=drafts)
    Digest.objects.filter(pk=first.pk).update(status="published", published_at=first.written_at)

    confirm(editor, drafts, page)

    said = [str(message) for message in editor.get(LIST).context["messages"]]
    assert said == ["Published (1): 2021-05-11.", "Left alone, already published (1): 2021-05-10."]


@pytest.mark.parametrize("digests", [2, 9])
def test_asking_takes_the_same_queries_at_any_size(editor: Client, django_assert_num_queries: Any, digests: int) -> None:
    records = [draft(day) for day in range(1, digests + 1)]
    editor.get("/admin/")

    with django_assert_num_queries(18):
        page = ask(editor, "publish_selected", *records)

    assert len(page.context["steps"]) == digests
