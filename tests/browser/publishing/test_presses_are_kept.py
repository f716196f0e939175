"""What is pressed while an answer is on its way is done all the same, and an answer that comes late undoes nothing."""

import pytest
from playwright.sync_api import expect
from pytest_django import Settings

from digests.models import Digest
from tests.browser.desk_browser import OpenDesk
from tests.browser.held import Held
from tests.browser.publishing.steps import click, open_check, pill

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_check_that_comes_after_the_undo_brings_no_old_panel_back(
    open_desk: OpenDesk, published: Digest, settings: Settings
) -> None:
    settings.PUBLISH_GRACE_SECONDS = 600
    ann = open_desk()
    note = ann.page.get_by_label("Tell readers what was corrected")
    open_check(ann)
    ann.press("C")
    expect(note).to_be_visible()
    ann.press("l", "x")
    ann.saved()
    note.fill("One paper less.")
    click(ann, "Publish correction")
    expect(ann.page.locator("#desk-grace")).to_be_visible()
    ann.press("v")
    held = Held(ann.page, "check")
    ann.press("v")
    held.came()
    with ann.page.expect_response("**/undo_publish"):
        ann.press("u")
    expect(note).to_have_value("One paper less.")
    note.fill("One paper fewer.")

    with ann.page.expect_response("**/check"):  # it is asked for again
        held.let_go()
    settings.PUBLISH_GRACE_SECONDS = 0
    expect(note).to_have_value("One paper fewer.")
    click(ann, "Publish correction")
    expect(pill(ann)).to_have_text("published")
    assert published.events.latest("pk").note == "One paper fewer."


def test_press_that_is_mended_before_the_check_answers_is_kept(open_desk: OpenDesk, published: Digest) -> None:
    ann = open_desk()
    open_check(ann)
    click(ann, "Correct…")
    ann.press("l", "x")
    ann.saved()
    held = Held(ann.page, "check")
    click(ann, "Publish correction")
    expect(ann.page.locator("#desk-toast")).to_contain_text("Tell readers in a few words")
    ann.page.get_by_label("Tell readers what was corrected").fill("One paper less.")
    held.came()
    with ann.page.expect_response("**/publish_correction"):
        click(ann, "Publish correction")
    held.let_go()
    expect(pill(ann)).to_have_text("published")
    assert published.events.latest("pk").note == "One paper less."


def test_keys_that_are_quicker_than_the_check_are_kept(open_desk: OpenDesk, draft: Digest) -> None:
    ann = open_desk()
    held = Held(ann.page, "check")
    ann.press("v", "P")
    held.let_go()
    expect(pill(ann)).to_have_text("published")
    expect(ann.page.locator("#desk-toast")).to_be_hidden()


def test_undo_that_is_quicker_than_the_answer_takes_the_publication_back(
    open_desk: OpenDesk, draft: Digest, settings: Settings
) -> None:
    settings.PUBLISH_GRACE_SECONDS = 600
    ann = open_desk()
    ann.press("l", "x")
    ann.saved()
    open_check(ann)
    held = Held(ann.page, "publish")
    ann.press("P", "u")
    with ann.page.expect_response("**/undo_publish"):
        held.let_go()
    expect(pill(ann)).to_have_text("draft")
    assert ann.requests[-2:] == ["publish", "undo_publish"]
    assert (draft.entries.count(), Digest.objects.get().goes_out_at) == (2, None)


def test_button_that_is_held_down_does_not_change_under_the_pointer(open_desk: OpenDesk, draft: Digest) -> None:
    ann = open_desk()
    page = ann.page
    open_check(ann)
    entry = draft.entries.first()
    assert entry
    entry.shown_tweets.all().delete()  # a finding that moves the button down
    ann.press("v")
    held = Held(page, "check")
    ann.press("v")
    page.get_by_role("button", name="Publish now").hover()
    page.mouse.down()
    with page.expect_response("**/check"):
        held.let_go()
    with page.expect_response("**/publish"):
        page.mouse.up()


def test_notes_that_were_typed_outlive_a_closed_tab(open_desk: OpenDesk, published: Digest) -> None:
    ann = open_desk()
    open_check(ann)
    ann.page.locator("#withdraw-note").fill("Wrong day")
    ann.page.close()
    ann.open()
    open_check(ann)
    expect(ann.page.locator("#withdraw-note")).to_have_value("Wrong day")
    click(ann, "Withdraw the day")
    click(ann, "Withdraw this day?")
    expect(pill(ann)).to_have_text("withdrawn")
    assert published.events.latest("pk").note == "Wrong day"
    ann.page.wait_for_function("() => !Object.keys(localStorage).some(name => name.startsWith('desk-draft'))")
