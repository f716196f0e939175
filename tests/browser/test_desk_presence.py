"""Editors see where the others are and what they write, in real browsers."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from digests.models import Digest, Presence
from tests.browser.desk_browser import EditorAtDesk, OpenDesk, accessible
from tests.digests.desk.desk_days import make_day, make_draft

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def papers(transactional_db: None) -> list[str]:
    """The ids of four papers, of which three are in the draft."""
    made = make_day(4, hot=4)
    make_draft(made[:3])
    return [paper.arxiv_id for paper in made]


def type_and_stay(bob: EditorAtDesk, text: str, *, typing: bool = True) -> None:
    """Type until the server knows; from then on Bob stays there, typing, however slow the machine is."""
    with bob.page.expect_response(lambda answer: "/state?" in answer.url and f"typing={typing:d}" in answer.url):
        bob.type(text)
    bob.page.route("**/state?*", lambda route: route.abort())
    later = timezone.now() + timedelta(hours=1)
    Presence.objects.filter(editor__username="Bob").update(seen_at=later, wrote_at=later if typing else None)


def test_row_and_field_say_who_is_writing_there(open_desk: OpenDesk, papers: list[str]) -> None:
    ann, bob = open_desk("Ann"), open_desk("Bob")
    ann.press("l", "n")
    bob.press("l", "n")
    type_and_stay(bob, "Bob’s ")
    ann.look()

    row = ann.entry(papers[0])
    expect(row.locator(".presence")).to_have_text("Bob is writing the note")
    expect(ann.note(papers[0])).to_have_class("others-write")
    expect(ann.page.locator(".editor.writes")).to_have_text("Bob")
    expect(ann.page.locator("#desk-said")).to_have_text("Bob is writing in this field, too.")
    assert accessible(ann.page, "Bob writes") == []

    ann.press("Escape", "p")  # what is merged into the row keeps the mark
    expect(row.locator(".mark.hot").first).to_have_text("pinned")
    expect(row.locator(".presence")).to_have_text("Bob is writing the note")
    expect(ann.entry(papers[1]).locator(".presence")).to_have_count(0)


def test_three_editors_in_one_row_are_told_apart(open_desk: OpenDesk, papers: list[str]) -> None:
    ann, bob, cleo = open_desk("Ann"), open_desk("Bob"), open_desk("Cleo")
    bob.press("l", "n")
    type_and_stay(bob, "Bob’s ")
    cleo.look()
    expect(cleo.entry(papers[0]).locator(".presence")).to_have_text("Bob is writing the note")
    cleo.press("l", "t")
    cleo.type("Title")
    cleo.page.route("**/state?*", lambda route: route.abort())
    later = timezone.now() + timedelta(hours=1)
    Presence.objects.filter(editor__username="Cleo").update(seen_at=later, wrote_at=later, place=f"title:{papers[0]}")
    ann.look()

    row = ann.entry(papers[0])
    expect(row.locator(".presence")).to_have_text(["Bob is writing the note", "Cleo is writing the title"])
    expect(ann.page.locator(".editor.writes")).to_have_text(["Bob", "Cleo"])
    bob.saved()
    cleo.saved()


def test_field_that_is_left_says_so_at_once(open_desk: OpenDesk, papers: list[str]) -> None:
    ann, bob = open_desk("Ann"), open_desk("Bob")
    bob.press("i")
    with bob.page.expect_response(lambda answer: "typing=1" in answer.url):
        bob.type("Intro")
    with bob.page.expect_response(lambda answer: "/state?" in answer.url and f"at=row%3A{papers[0]}" in answer.url):
        bob.press("Escape")
    bob.page.route("**/state?*", lambda route: route.abort())
    Presence.objects.filter(editor__username="Bob").update(seen_at=timezone.now() + timedelta(hours=1))
    ann.look()

    expect(ann.entry(papers[0]).locator(".presence")).to_have_text("Bob is here")
    expect(ann.page.locator(".editor.writes")).to_have_count(0)


def test_publisher_is_told_who_types_and_waits_or_publishes_anyway(open_desk: OpenDesk, papers: list[str]) -> None:
    ann, bob = open_desk("Ann"), open_desk("Bob")
    bob.press("l", "n")
    type_and_stay(bob, "Other")
    bob.saved()
    ann.look()
    title = ann.entry(papers[0]).get_attribute("data-title")
    ann.press("v")
    expect(ann.page.locator("[data-slot=writers]")).to_have_text(f"Bob is writing the note on “{title}”.")

    asked = ann.page.locator("#desk-anyway")
    ann.press("Shift+P")
    expect(asked).to_be_visible()
    expect(asked.get_by_role("heading")).to_contain_text("Publish anyway?")
    assert accessible(ann.page, "asked whether to publish anyway") == []
    ann.press("Escape")
    expect(asked).to_be_hidden()
    assert Digest.objects.get().status == "draft"

    ann.press("Shift+P")
    asked.get_by_role("button", name="Publish anyway").click()
    expect(ann.page.get_by_role("link", name="View page")).to_be_visible()
    assert Digest.objects.get().status == "published"
