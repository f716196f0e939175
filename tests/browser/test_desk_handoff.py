"""Editors hand a list over, in real browsers: comments on papers and on the list, ready for review, changes wanted."""

import pytest
from django.contrib.auth.models import Group, User
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from digests.models import Comment, Digest
from tests.browser.desk_browser import EditorAtDesk, OpenDesk, accessible, editors
from tests.digests.desk.desk_days import make_day, make_draft
from tests.editors import make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def papers(transactional_db: None) -> list[str]:
    """The ids of four papers, of which three are in the draft."""
    made = make_day(4, hot=4)
    make_draft(made[:3])
    return [paper.arxiv_id for paper in made]


def make_curator_of(name: str) -> None:
    """From now on: who may edit, and not publish."""
    make_user(username="model", group="Curator")
    user = User.objects.get(username=name)
    user.is_superuser = False
    user.save()
    user.groups.add(Group.objects.get(name="Curator"))


def comment(editor: EditorAtDesk, text: str) -> None:
    dialog = editor.page.locator("#desk-comments")
    field = dialog.locator(".write-comment textarea")
    expect(field).to_be_focused()
    editor.type(text)
    editor.press("Control+Enter")
    expect(dialog.locator(".comment").last).to_contain_text(text)
    expect(field).to_have_value("")


def test_comment_on_a_paper_is_seen_answered_and_resolved(open_desk: OpenDesk, papers: list[str]) -> None:
    ann, bob = open_desk("Ann"), open_desk("Bob")
    ann.press("l", "j", "m")
    comment(ann, "Is this new, @Bob?")
    expect(ann.page.locator("#desk-said")).to_have_text("Comment added.")
    ann.press("Escape")
    expect(ann.entry(papers[1])).to_be_focused()
    bob.look()

    badge = bob.entry(papers[1]).locator("[data-do=comments]")
    expect(badge).to_have_text("1")
    badge.click()
    dialog = bob.page.locator("#desk-comments")
    expect(dialog.get_by_role("heading", name="Comments on")).to_contain_text(
        bob.entry(papers[1]).get_attribute("data-title") or "?"
    )
    expect(dialog.locator(".comment")).to_contain_text("Ann")
    assert accessible(bob.page, "comments") == []
    comment(bob, "Yes")
    dialog.get_by_role("button", name="Resolve").first.click()
    expect(dialog.locator(".comment.resolved")).to_contain_text("resolved by Bob")
    bob.press("Escape")
    expect(badge).to_have_text("1")  # Bob's own is open

    ann.look()
    ann.press("m")
    mine = ann.page.locator(".comment").first
    mine.get_by_role("button", name="Delete").click()
    mine.get_by_role("button", name="Delete for good?").click()
    expect(ann.page.locator(".comment")).to_have_count(1)
    assert [one.text for one in Comment.objects.all()] == ["Yes"]
    ann.page.goto(f"{ann.address}comments/")
    assert accessible(ann.page, "comments as a page") == []


def test_open_thread_follows_a_colleague_and_keeps_what_is_typed(open_desk: OpenDesk, papers: list[str]) -> None:
    ann, bob = open_desk("Ann"), open_desk("Bob")
    for editor in (ann, bob):
        editor.page.locator("#desk-tools [data-do=day_comments]").click()
    comment(bob, "From Bob")
    ann.type("Half a sent")
    ann.look()

    expect(ann.page.locator(".comment")).to_contain_text("From Bob")
    expect(ann.page.locator(".write-comment textarea")).to_have_value("Half a sent")
    expect(ann.page.locator(".write-comment textarea")).to_be_focused()
    ann.page.reload()
    ann.ready()
    ann.page.locator("#desk-tools [data-do=day_comments]").click()
    expect(ann.page.locator(".write-comment textarea")).to_have_value("Half a sent")
    ann.page.locator(".comment details summary").wait_for(state="detached")  # Bob's is not hers to edit


def test_comment_survives_a_cut_connection_and_is_stored_once(open_desk: OpenDesk, papers: list[str]) -> None:
    ann = open_desk()
    ann.page.route("**/comment", lambda route: (route.fetch(), route.abort()))  # the answer is lost
    ann.press("l", "m")
    field = ann.page.locator(".write-comment textarea")
    expect(field).to_be_focused()
    ann.type("Only once")
    ann.press("Control+Enter")
    expect(ann.page.locator("#desk-toast")).to_contain_text("What you typed is kept")
    expect(field).to_have_value("Only once")
    ann.page.unroute("**/comment")
    ann.press("Control+Enter")
    expect(field).to_have_value("")

    assert [one.text for one in Comment.objects.all()] == ["Only once"]


def test_list_is_handed_over_and_comes_back(open_desk: OpenDesk, papers: list[str]) -> None:
    ann, eve = open_desk("Ann"), open_desk("Eve")
    make_curator_of("Ann")
    ann.page.reload()
    ann.ready()
    ann.press("l", "Shift+R")
    expect(ann.page.locator("#desk-head .review-ready")).to_contain_text("ready for review")
    expect(ann.page.get_by_role("button", name="Take back from review")).to_be_visible()
    assert accessible(ann.page, "ready for review") == []

    eve.look()
    expect(eve.page.locator("#desk-head .review-ready")).to_contain_text("Ann")
    eve.press("l", "Shift+R")
    note = eve.page.locator("#changes-note")
    expect(note).to_be_focused()
    eve.type("Shorter, please")
    assert accessible(eve.page, "ask for changes") == []
    eve.page.get_by_role("button", name="Changes wanted").click()
    expect(eve.page.locator("#desk-head .review-changes")).to_contain_text("changes wanted")

    ann.look()
    expect(ann.page.locator("#desk-head .review-changes")).to_contain_text("Eve")
    expect(ann.page.locator("#desk-tools [data-do=day_comments] .count")).to_contain_text("1")
    ann.page.get_by_role("button", name="Ready for review").click()
    expect(ann.page.locator("#desk-head .review-ready")).to_be_visible()
    eve.look()
    eve.press("Shift+P")
    expect(eve.page.get_by_role("link", name="View page")).to_be_visible()
    expect(eve.page.locator("#desk-head .review-ready")).to_have_count(0)
    assert (Digest.objects.get().status, Digest.objects.get().review) == ("published", "")


def test_bell_counts_what_came_and_leads_to_it(open_desk: OpenDesk, papers: list[str]) -> None:
    ann, bob = open_desk("Ann"), open_desk("Bob")
    bell = bob.page.get_by_role("link", name="Notices")
    expect(bell).to_have_text("Notices")
    ann.press("l", "m")
    comment(ann, "@bob, is this new?")
    bob.look()
    expect(bell).to_have_text("Notices 1 unread")
    expect(bob.page.locator("#desk-said")).to_have_text("1 new notice")
    assert accessible(bob.page, "bell") == []

    bell.click()
    expect(bob.page.get_by_role("button", name="Mark all as read")).to_be_visible()
    assert accessible(bob.page, "notices") == []
    bob.page.get_by_role("button", name="Open: Ann mentions Bob").click()
    expect(bob.page.locator(".comment")).to_contain_text("is this new?")
    expect(bob.page.get_by_role("link", name="Notices", exact=True)).to_be_visible()


def test_comments_work_without_scripts(browser: Browser, live_server: LiveServer, papers: list[str]) -> None:
    with editors(browser, live_server.url, scripts=False) as open_desk:
        page = open_desk("Ann").page
        page.get_by_role("link", name="Comments", exact=True).click()
        page.get_by_role("textbox", name="Write a comment").fill("Without scripts")
        page.get_by_role("button", name="Comment").click()
        expect(page.locator(".comment")).to_contain_text("Without scripts")
        page.get_by_role("button", name="Resolve").click()
        expect(page.locator(".comment")).to_contain_text("resolved by Ann")


def test_names_are_completed_and_a_comment_is_previewed_while_it_is_typed(open_desk: OpenDesk, papers: list[str]) -> None:
    ann = open_desk("Ann")
    for name, full in (("bella", "Bella Baker"), ("bob", "Robert Baker"), ("cleo", "")):
        make_user(username=name, first_name=full, is_superuser=True)
    ann.press("l", "m")
    field = ann.page.locator(".write-comment textarea")
    expect(field).to_be_focused()
    options = ann.page.get_by_role("listbox", name="Editors").get_by_role("option")

    ann.type("For @ba")
    expect(options).to_have_text(["@bella Bella Baker", "@bob Robert Baker"])
    ann.press("ArrowDown")
    expect(field).to_have_attribute("aria-activedescendant", "mention-1")
    assert accessible(ann.page, "names to choose from") == []
    ann.press("Enter")
    expect(field).to_have_value("For @bob ")
    expect(options).to_have_count(0)

    ann.type("and @c")
    ann.press("Escape")  # closes the names, not the dialog
    expect(options).to_have_count(0)
    ann.type("l")
    options.click()
    expect(field).to_have_value("For @bob and @cleo ")
    expect(field).to_be_focused()

    ann.type("*now*")
    expect(ann.page.locator(".write-comment .note-preview em")).to_have_text("now")
    ann.press("Control+Enter")
    expect(ann.page.locator(".comment .prose")).to_have_text("For @bob and @cleo now")
    expect(ann.page.locator(".note-preview")).to_have_count(0)
