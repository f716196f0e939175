"""Answers of the desk that come late, or in another order than they were asked for: what the editor did since stands."""

import pytest
from playwright.sync_api import expect

from digests.models import Comment, Digest
from tests.browser.desk_browser import OpenDesk
from tests.browser.held import Held
from tests.digests.desk.desk_days import DAY, make_day, make_draft

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def papers(transactional_db: None) -> list[str]:
    """The ids of six hot papers; the first four are in the draft."""
    made = make_day(6, hot=6)
    make_draft(made[:4])
    return [paper.arxiv_id for paper in made]


def stored() -> list[str]:
    return list(Digest.objects.get(date=DAY).entries.order_by("position").values_list("paper__arxiv_id", flat=True))


def test_undo_takes_back_what_was_done_before_it_and_not_after(open_desk: OpenDesk, papers: list[str]) -> None:
    ann = open_desk()
    held = Held(ann.page, "remove")
    ann.press("l", "x", "u", "x")
    held.let_go()
    expect(ann.entry(papers[0])).to_be_visible()
    ann.saved()
    assert stored() == [papers[0], papers[2], papers[3]]


def test_candidates_of_an_older_filter_never_come_last(open_desk: OpenDesk, papers: list[str]) -> None:
    ann = open_desk()
    words = ann.page.locator("#filter-text")
    held = Held(ann.page, "read")
    words.fill(papers[4])
    held.came()
    words.fill(papers[5])
    expect(ann.candidate(papers[5])).to_be_visible()
    expect(ann.candidate(papers[4])).to_have_count(0)
    with ann.page.expect_response("**/read?*"):  # it is asked for again
        held.let_go()
    expect(ann.candidate(papers[4])).to_have_count(0)
    expect(ann.candidate(papers[5])).to_be_visible()


def test_change_that_was_answered_with_older_candidates_brings_none_back(open_desk: OpenDesk, papers: list[str]) -> None:
    ann = open_desk()
    held = Held(ann.page, "remove")
    ann.press("l", "x")
    held.came()
    ann.page.locator("#filter-text").fill(papers[5])
    expect(ann.candidate(papers[4])).to_have_count(0)
    with ann.page.expect_response("**/read?*"):
        held.let_go()
    expect(ann.candidate(papers[4])).to_have_count(0)
    expect(ann.candidate(papers[5])).to_be_visible()
    assert stored() == papers[1:4]


def test_comment_that_is_answered_late_shows_its_thread_in_no_other_dialog(open_desk: OpenDesk, papers: list[str]) -> None:
    ann = open_desk()
    dialog = ann.page.locator("#desk-comments")
    ann.press("l", "m")
    held = Held(ann.page, "comment")
    ann.type("About the first")
    expect(dialog.locator("textarea")).to_have_value("About the first")
    ann.press("Control+Enter")
    held.came()
    ann.press("Escape", "j", "m")
    expect(dialog.get_by_text("No comments yet.")).to_be_visible()
    ann.type("About the second")
    with ann.page.expect_response("**/comment"):
        held.let_go()
    expect(ann.entry(papers[0]).locator("[data-do=comments]")).to_have_text("1")
    expect(dialog.get_by_text("No comments yet.")).to_be_visible()
    ann.press("Control+Enter")
    expect(dialog.locator(".comment")).to_contain_text("About the second")
    assert list(Comment.objects.order_by("pk").values_list("paper__arxiv_id", "text")) == [
        (papers[0], "About the first"),
        (papers[1], "About the second"),
    ]
    ann.press("Escape", "k", "m")
    expect(dialog.locator(".comment")).to_contain_text("About the first")
    expect(dialog.locator(".write-comment textarea")).to_have_value("")


def test_thread_that_is_opened_before_the_last_one_is_told_of_its_end_stays(open_desk: OpenDesk, papers: list[str]) -> None:
    ann = open_desk()
    dialog = ann.page.locator("#desk-comments")
    ann.press("l", "j", "m")
    expect(dialog.get_by_text("No comments yet.")).to_be_visible()
    ann.type("About the second")
    ann.press("Control+Enter")
    expect(dialog.locator(".comment")).to_have_count(1)
    ann.press("Escape", "k", "m")
    expect(dialog.get_by_text("No comments yet.")).to_be_visible()
    ann.page.evaluate("""() => {
        document.querySelector("#desk-comments").close();
        document.querySelector("#entries [data-do=comments]").click();
    }""")
    expect(dialog.locator(".comment")).to_contain_text("About the second")
    ann.type("More")
    ann.press("Control+Enter")
    expect(dialog.locator(".comment")).to_have_count(2)
    assert set(Comment.objects.values_list("paper__arxiv_id", flat=True)) == {papers[1]}


def test_comment_is_typed_before_its_thread_is_here(open_desk: OpenDesk, papers: list[str]) -> None:
    ann = open_desk()
    held = Held(ann.page, "thread")
    ann.press("l", "m")
    ann.type("Is it new")
    held.let_go()
    field = ann.page.locator(".write-comment textarea")
    expect(field).to_be_focused()
    ann.type("?")
    expect(field).to_have_value("Is it new?")


def test_answer_to_a_comment_leaves_the_field_where_the_editor_writes_on(open_desk: OpenDesk, papers: list[str]) -> None:
    ann = open_desk()
    dialog = ann.page.locator("#desk-comments")
    ann.press("l", "m")
    ann.type("First")
    expect(dialog.locator("textarea")).to_have_value("First")
    ann.press("Control+Enter")
    expect(dialog.locator(".comment")).to_have_count(1)
    held = Held(ann.page, "comment")
    ann.type("Second")
    ann.press("Control+Enter")
    held.came()
    dialog.get_by_text("Edit", exact=True).click()
    edited = dialog.get_by_label("Your comment, in Markdown").first
    edited.focus()
    held.let_go()
    expect(dialog.locator(".comment")).to_have_count(2)
    expect(edited).to_be_focused()


def test_mark_that_was_set_and_taken_off_does_not_come_back(open_desk: OpenDesk, papers: list[str]) -> None:
    ann = open_desk()
    pin = ann.entry(papers[0]).locator("[data-mark=pin]")
    first = Held(ann.page, "pin")
    ann.press("l", "p")
    first.came()
    ann.press("p")
    second = Held(ann.page, "pin")
    first.let_go()
    second.came()
    expect(ann.entry(papers[0])).to_have_attribute("data-v", ann.entry(papers[0]).get_attribute("data-v") or "")
    expect(pin).to_have_attribute("aria-pressed", "false")
    ann.press("p")
    second.let_go()
    ann.saved()
    expect(pin).to_have_attribute("aria-pressed", "true")
    assert Digest.objects.get().entries.get(paper__arxiv_id=papers[0]).is_pinned


def test_paper_that_does_not_load_leaves_no_other_one_in_its_place(open_desk: OpenDesk, papers: list[str]) -> None:
    ann = open_desk()
    look = ann.page.locator("#desk-look")
    ann.press("l", "Space")
    expect(look).to_contain_text("Part 1")
    ann.page.route(f"**/look/{papers[1]}", lambda route: route.abort())
    ann.press("j")
    expect(ann.page.locator("#desk-toast")).to_contain_text("Couldn’t load this paper")
    expect(look).to_be_empty()


def test_comparison_opens_at_once_and_takes_no_letters_later(open_desk: OpenDesk, papers: list[str]) -> None:
    ann = open_desk()
    held = Held(ann.page, "compared")
    ann.press("l", "B")
    expect(ann.page.locator("#compared")).to_be_focused()
    ann.press("Escape", "n")
    held.let_go()
    expect(ann.page.locator("#compared")).not_to_contain_text("Loading")
    expect(ann.note(papers[0])).to_be_focused()
    expect(ann.page.locator("#desk-compared")).to_be_hidden()
