"""Editors see where the others are and what they write, in real browsers."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from playwright.sync_api import Route, expect

from digests.editing import presence
from digests.models import Digest
from tests.browser.desk_browser import EditorAtDesk, OpenDesk, accessible
from tests.digests.desk.desk_days import make_day, make_draft

TYPING = "typing=1"
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def papers(transactional_db: None) -> list[str]:
    """The ids of four papers, of which three are in the draft."""
    made = make_day(4, hot=4)
    make_draft(made[:3])
    return [paper.arxiv_id for paper in made]


@pytest.fixture(autouse=True)
def forget_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is at the desk counts as being there, however slow the machine is."""
    monkeypatch.setattr(presence, "THERE_FOR", timedelta(hours=1))
    monkeypatch.setattr(presence, "WRITING_FOR", timedelta(hours=1))


@contextmanager
def stays(editor: EditorAtDesk, told: str) -> Iterator[None]:
    """What is done in it is told to the server, with these words in the address; from then on the editor stays there. A page tells
    one thing after the other, so nothing else is under way when that one is answered."""
    is_told = False

    def let_tell(route: Route) -> None:
        nonlocal is_told
        if is_told:
            route.abort()
            return
        is_told = told in route.request.url
        route.continue_()

    editor.page.route("**/state?*", let_tell)
    with editor.page.expect_response(lambda answer: "/state?" in answer.url and told in answer.url):
        yield


def type_and_stay(editor: EditorAtDesk, text: str) -> None:
    with stays(editor, TYPING):
        editor.type(text)


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
    type_and_stay(cleo, "Title")
    ann.look()

    row = ann.entry(papers[0])
    expect(row.locator(".presence")).to_have_text(["Bob is writing the note", "Cleo is writing the title"])
    expect(ann.page.locator(".editor.writes")).to_have_text(["Bob", "Cleo"])
    bob.saved()
    cleo.saved()


def test_field_that_is_left_says_so_at_once(open_desk: OpenDesk, papers: list[str]) -> None:
    ann, bob = open_desk("Ann"), open_desk("Bob")
    bob.press("i")
    with bob.page.expect_response(lambda answer: TYPING in answer.url):
        bob.type("Intro")
    with stays(bob, f"at=row%3A{papers[0]}"):
        bob.press("Escape")
    ann.look()

    expect(ann.entry(papers[0]).locator(".presence")).to_have_text("Bob is here")
    expect(ann.page.locator(".editor.writes")).to_have_count(0)


def beside_one_who_writes(open_desk: OpenDesk) -> EditorAtDesk:
    """Ann, who has heard that Bob is writing the note on the first paper."""
    ann, bob = open_desk("Ann"), open_desk("Bob")
    bob.press("l", "n")
    type_and_stay(bob, "Other")
    bob.saved()
    ann.look()
    return ann


def test_publisher_is_told_who_types_and_waits_or_publishes_anyway(open_desk: OpenDesk, papers: list[str]) -> None:
    ann = beside_one_who_writes(open_desk)
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


def test_key_that_is_pressed_as_the_question_goes_is_not_lost(open_desk: OpenDesk, papers: list[str]) -> None:
    ann = beside_one_who_writes(open_desk)
    ann.press("v", "Shift+P")
    asked = ann.page.locator("#desk-anyway")
    expect(asked).to_be_visible()
    ann.page.evaluate("""() => {
        document.querySelector("#desk-anyway").close(); // its event comes later, on a slow machine much later
        document.body.dispatchEvent(new KeyboardEvent("keydown", {key: "P", shiftKey: true, bubbles: true}));
    }""")
    expect(asked).to_be_visible()
    ann.press("Escape")
    expect(asked).to_be_hidden()
    assert Digest.objects.get().status == "draft"
