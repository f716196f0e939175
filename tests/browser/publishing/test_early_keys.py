"""Keys and letters that come before what they are for, and answers that come while the editor does something else."""

import pytest
from playwright.sync_api import expect
from pytest_django import Settings

from digests.models import Comment, Digest
from tests.browser.desk_browser import OpenDesk
from tests.browser.held import Held
from tests.browser.publishing.steps import open_check, pill

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_nothing_is_published_from_a_check_that_was_closed_before_it_came(open_desk: OpenDesk, draft: Digest) -> None:
    ann = open_desk()
    held = Held(ann.page, "check")
    ann.press("v", "P", "Escape")
    held.let_go()
    expect(ann.page.locator("#desk-said")).to_have_text("The check was closed, so this wasn’t done")
    ann.press("v")
    expect(ann.page.locator("#publish-title")).to_be_focused()
    expect(pill(ann)).to_have_text("draft")
    assert "publish" not in ann.requests


def test_undo_of_a_publication_that_still_waits_for_the_check(open_desk: OpenDesk, draft: Digest, settings: Settings) -> None:
    settings.PUBLISH_GRACE_SECONDS = 600
    ann = open_desk()
    ann.press("l", "x")
    ann.saved()
    held = Held(ann.page, "check")
    ann.press("v", "P", "u")
    with ann.page.expect_response("**/undo_publish"):
        held.let_go()
    expect(pill(ann)).to_have_text("draft")
    assert draft.entries.count() == 2  # the removal was not meant


def test_text_that_is_typed_before_the_check_comes_stands_in_its_field(open_desk: OpenDesk, draft: Digest) -> None:
    ann = open_desk()
    note = ann.page.locator("#changes-note")
    held = Held(ann.page, "check")
    ann.press("R")
    ann.type("Please add x")
    expect(note).to_have_count(0)
    held.let_go()
    expect(note).to_be_focused()
    expect(note).to_have_value("Please add x")
    ann.type(", too")
    with ann.page.expect_response("**/want_changes"):
        ann.page.get_by_role("button", name="Changes wanted").click()
    expect(note).to_have_value("")
    assert (Comment.objects.get().text, Digest.objects.get().status) == ("Please add x, too", "draft")
    assert draft.entries.count() == 3


def test_reason_of_a_withdrawal_is_typed_before_the_check_comes(open_desk: OpenDesk, published: Digest) -> None:
    ann = open_desk()
    held = Held(ann.page, "check")
    ann.press("v", "W")
    ann.type("Cat")
    ann.press("Backspace", "r")
    held.let_go()
    expect(ann.page.locator("#withdraw-note")).to_have_value("Car")
    assert ann.requests == ["check"]


def test_grace_bar_takes_no_letters_from_what_is_typed(open_desk: OpenDesk, draft: Digest, settings: Settings) -> None:
    settings.PUBLISH_GRACE_SECONDS = 600
    ann = open_desk()
    words = ann.page.locator("#filter-text")
    open_check(ann)
    held = Held(ann.page, "publish")
    ann.press("P")
    held.came()
    ann.press("v", "f")
    held.let_go()
    expect(ann.page.locator("#desk-grace")).to_be_visible()
    expect(words).to_be_focused()
    ann.press("u", "Space")
    expect(words).to_have_value("u ")
    expect(ann.page.locator("#desk-grace")).to_be_visible()


def test_conflict_of_an_action_waits_until_the_field_is_left(open_desk: OpenDesk, draft: Digest) -> None:
    ann, bob = open_desk("Ann"), open_desk("Bob")
    ann.hear_nothing()
    open_check(ann)
    bob.press("l", "x")
    bob.saved()
    held = Held(ann.page, "publish")
    ann.press("P")
    held.came()
    ann.press("A")
    held.let_go()
    expect(ann.page.locator("#desk-toast")).to_contain_text("Leave the field to decide.")
    ann.type("2611")
    expect(ann.page.locator("#add-paper-id")).to_have_value("2611")
    expect(ann.conflict).to_be_hidden()
    ann.press("Escape")
    expect(ann.conflict).to_be_visible()
