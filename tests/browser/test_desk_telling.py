"""What the desk says of what was done, and of what cannot be done, in a real browser."""

import pytest
from playwright.sync_api import expect

from digests.models import Digest
from tests.browser.desk_browser import OpenDesk
from tests.digests.desk.desk_days import NOW, make_day, make_draft

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def papers(transactional_db: None) -> list[str]:
    """The ids of four papers, of which three are in the draft."""
    made = make_day(4, hot=4)
    make_draft(made[:3])
    return [paper.arxiv_id for paper in made]


def test_what_was_done_is_spoken_while_the_check_is_open(open_desk: OpenDesk, papers: list[str]) -> None:
    ann = open_desk()
    said = ann.page.locator("#desk-said")
    ann.press("v")
    expect(said).to_contain_text("Checked: ")
    expect(ann.page.locator("#publish-title")).to_be_focused()

    ann.press("l")
    with ann.page.expect_response("**/check"):
        ann.press("x")
    expect(said).to_contain_text("removed.")
    with ann.page.expect_response("**/check"):
        ann.press("u")
    expect(said).to_contain_text("Undone: removed “")
    with ann.page.expect_response("**/check"):
        ann.press("p")
    expect(said).to_contain_text("is pinned.")


def test_keys_that_can_do_nothing_say_why(open_desk: OpenDesk, papers: list[str]) -> None:
    Digest.objects.update(status="published", published_at=NOW)
    ann = open_desk()
    toast = ann.page.locator("#desk-toast")
    for keys in (["l", "x"], ["p"], ["Shift+X"], ["u"], ["c", "a"]):
        ann.press(*keys)
        expect(toast).to_have_text("This day is published. To change it, start a correction.")
        toast.click()
        expect(toast).to_be_hidden()
    assert ann.requests == []


def test_button_below_a_preview_takes_one_press(open_desk: OpenDesk, papers: list[str]) -> None:
    Digest.objects.update(status="published", published_at=NOW)
    ann = open_desk()
    ann.press("v")
    ann.page.locator("#withdraw-note").fill("Wrong *day*")
    expect(ann.page.locator(".note-preview em")).to_have_text("day")

    ann.page.get_by_role("button", name="Withdraw the day").click()
    expect(ann.page.get_by_role("button", name="Withdraw this day?")).to_be_focused()
    expect(ann.page.locator(".note-preview")).to_have_count(0)
    ann.page.get_by_role("button", name="Withdraw this day?").click()
    expect(ann.page.locator("#desk-said")).to_have_text("Withdrawn: readers no longer see it.")


def test_rules_are_opened_and_closed_by_one_key_and_the_focus_goes_back(open_desk: OpenDesk, papers: list[str]) -> None:
    ann = open_desk()
    rules = ann.page.locator("#desk-rules")
    ann.press("c", "e")
    expect(rules).to_be_visible()
    ann.press("Escape", "e")
    expect(rules).to_be_hidden()
    expect(ann.candidate(papers[3])).to_be_focused()


def test_quick_look_is_walked_on_a_tablet_where_it_hides_its_list(open_desk: OpenDesk, papers: list[str]) -> None:
    ann = open_desk()
    ann.page.set_viewport_size({"width": 820, "height": 1100})
    place = ann.page.locator("#look-place")
    ann.press("l", "Space")
    expect(place).to_have_text("1 of 3 listed")
    expect(ann.page.locator("#desk-look")).to_be_focused()
    ann.press("j")
    expect(place).to_have_text("2 of 3 listed")
    ann.page.get_by_role("button", name="Next paper").click()
    expect(place).to_have_text("3 of 3 listed")
    ann.press("Escape")
    expect(ann.entry(papers[2])).to_be_focused()
