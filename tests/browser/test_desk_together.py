"""Two editors at the desk at once, lost connections, restarts: in real browsers. Nothing is lost, nobody's text overwritten."""

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from playwright.sync_api import Browser, expect

from digests.models import Digest, Entry
from papers.models import Paper
from tests.browser.desk_browser import EditorAtDesk, OpenDesk, editors, running_server, sign_in
from tests.digests.desk.desk_days import DAY, make_day, make_draft
from tests.servers import free_port

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def papers(transactional_db: None) -> list[str]:
    """The ids of six hot papers; the first four are in the draft."""
    made: list[Paper] = make_day(6, hot=6)
    make_draft(made[:4])
    return [paper.arxiv_id for paper in made]


def note(paper: str) -> str:
    return Entry.objects.get(paper__arxiv_id=paper).note


def stored() -> list[str]:
    return list(Digest.objects.get(date=DAY).entries.order_by("position").values_list("paper__arxiv_id", flat=True))


def test_both_see_who_is_there_and_different_things_both_succeed(open_desk: OpenDesk, papers: list[str]) -> None:
    ann, bob = open_desk("Ann"), open_desk("Bob")
    ann.look()
    expect(ann.page.locator(".editor")).to_have_text("Bob")
    expect(bob.page.locator(".editor")).to_have_text("Ann")

    ann.write_note(papers[0], "Ann’s word")
    bob.write_note(papers[1], "Bob’s word")
    ann.saved()
    bob.saved()
    ann.press("l", "Alt+ArrowDown")
    ann.saved()
    bob.press("l", "j", "j", "j", "Alt+ArrowUp")
    bob.saved()

    assert (note(papers[0]), note(papers[1])) == ("Ann’s word", "Bob’s word")
    assert sorted(stored()) == papers[:4]
    assert not ann.conflict.is_visible()
    assert not bob.conflict.is_visible()
    ann.look()
    expect(ann.note(papers[1])).to_have_value("Bob’s word")


def test_same_note_written_by_two_is_decided_by_the_second(open_desk: OpenDesk, papers: list[str]) -> None:
    ann, bob = open_desk("Ann"), open_desk("Bob")
    ann.hear_nothing()
    bob.hear_nothing()
    ann.write_note(papers[0], "Ann’s")
    ann.saved()

    bob.write_note(papers[0], "Bob’s")
    expect(bob.conflict).to_be_visible()
    expect(bob.conflict.locator("[data-slot=theirs]")).to_have_text("Ann’s")
    expect(bob.conflict.locator("[data-slot=base]")).to_have_text("(empty)")
    expect(bob.conflict.locator("[data-slot=edit]")).to_have_value("Bob’s")
    expect(bob.conflict.locator("[data-slot=who]")).to_contain_text("Ann")
    assert note(papers[0]) == "Ann’s"

    # Undecided, it outlives a reload.
    bob.page.reload()
    expect(bob.conflict).to_be_visible()
    bob.conflict.locator("[data-slot=edit]").fill("Ann’s and Bob’s")
    bob.conflict.get_by_role("button", name="Save yours").click()
    bob.saved()
    assert note(papers[0]) == "Ann’s and Bob’s"

    ann.write_note(papers[0], "Ann’s again")
    expect(ann.conflict).to_be_visible()
    ann.conflict.get_by_role("button", name="Keep theirs").click()
    expect(ann.note(papers[0])).to_have_value("Ann’s and Bob’s")
    assert note(papers[0]) == "Ann’s and Bob’s"
    expect(ann.page.locator(".problem")).to_have_count(0)


def after_two_moved_one(open_desk: OpenDesk) -> EditorAtDesk:
    """Bob, who moved the first paper without knowing that Ann had, and is asked what to do."""
    ann, bob = open_desk("Ann"), open_desk("Bob")
    bob.hear_nothing()
    ann.press("l", "Alt+ArrowDown")
    ann.saved()
    bob.press("l", "Alt+ArrowDown", "Alt+ArrowDown")
    expect(bob.conflict).to_be_visible()
    return bob


def test_same_paper_moved_by_two_is_decided_by_the_second(open_desk: OpenDesk, papers: list[str]) -> None:
    bob = after_two_moved_one(open_desk)

    assert stored()[1] == papers[0]
    bob.conflict.get_by_role("button", name="Apply anyway").click()
    bob.saved()
    assert stored()[2] == papers[0]


def test_conflict_that_is_opened_as_it_is_decided_is_asked_once(open_desk: OpenDesk, papers: list[str]) -> None:
    bob = after_two_moved_one(open_desk)

    bob.page.evaluate("""() => {
        document.querySelector("#desk-conflict").close("mine"); // its event comes later
        document.querySelector("#desk-problems button").click();
    }""")
    bob.saved()
    expect(bob.conflict).to_be_hidden()
    assert stored()[2] == papers[0]


def test_typing_on_while_saving_is_no_conflict(open_desk: OpenDesk, papers: list[str]) -> None:
    ann = open_desk()
    ann.press("l", "n")
    for word in ("one ", "two ", "three "):
        with ann.page.expect_request("**/note"):
            ann.type(word)
        ann.type("and ")
    ann.press("Escape")
    ann.saved()

    assert note(papers[0]).strip() == "one and two and three and"
    assert not ann.conflict.is_visible()


def test_what_others_do_leaves_a_field_that_is_typed_in_alone(open_desk: OpenDesk, papers: list[str]) -> None:
    ann, bob = open_desk("Ann"), open_desk("Bob")
    bob.press("l", "n")
    bob.type("half a sent")
    bob.saved()
    ann.look()
    expect(ann.note(papers[0])).to_have_value("half a sent")
    bob.press("ArrowLeft", "ArrowLeft")
    ann.press("l", "x")
    ann.write_note(papers[2], "Mine")
    ann.saved()
    ann.look()
    bob.look()

    expect(bob.note(papers[2])).to_have_value("Mine")
    expect(bob.page.locator("#entries > .row:not(.gone)")).to_have_count(3)
    expect(bob.note(papers[0])).to_have_value("half a sent")  # its row stays while it is typed in
    expect(bob.note(papers[0])).to_be_focused()


def test_publishing_what_another_has_just_changed_asks_first(open_desk: OpenDesk, papers: list[str]) -> None:
    ann, bob = open_desk("Ann"), open_desk("Bob")
    bob.hear_nothing()
    bob.press("v")
    expect(bob.page.get_by_role("button", name="Publish now")).to_be_visible()
    ann.press("l", "x")
    ann.saved()

    bob.press("P")
    expect(bob.conflict).to_be_visible()
    expect(bob.conflict.locator("[data-slot=theirs]")).to_contain_text("removed")
    assert Digest.objects.get(date=DAY).status == Digest.Status.DRAFT
    bob.conflict.get_by_role("button", name="Apply anyway").click()
    expect(bob.page.locator(".head-row .pill").first).to_have_text("published")


def edit(ann: EditorAtDesk, papers: list[str]) -> None:
    ann.write_note(papers[1], "A word")
    ann.press("l", "Alt+ArrowDown")
    ann.press("c", "a")
    ann.press("i")
    ann.page.locator("#text-intro").fill("An intro")
    ann.page.locator("#text-intro").blur()


def assert_edited(papers: list[str]) -> None:
    assert stored() == [papers[0], papers[2], papers[1], papers[3], papers[4]]
    assert note(papers[1]) == "A word"
    assert Digest.objects.get(date=DAY).intro == "An intro"


def test_connection_cut_during_edits_loses_nothing(open_desk: OpenDesk, papers: list[str]) -> None:
    ann = open_desk()
    ann.context.set_offline(True)
    edit(ann, papers)
    expect(ann.saving).to_contain_text("no connection: 4 changes kept in this browser")
    assert stored() == papers[:4]

    ann.context.set_offline(False)
    ann.saved()
    assert_edited(papers)
    expect(ann.page.locator("#entries > .row")).to_have_count(5)


def test_page_closed_without_a_connection_loses_nothing(open_desk: OpenDesk, papers: list[str]) -> None:
    ann = open_desk()
    ann.context.set_offline(True)
    edit(ann, papers)
    ann.page.locator("#text-intro").fill("An intro, a word more")
    ann.page.close(run_before_unload=False)
    ann.context.set_offline(False)

    ann.open()
    ann.saved()
    assert Digest.objects.get(date=DAY).intro == "An intro, a word more"
    assert note(papers[1]) == "A word"
    assert stored() == [papers[0], papers[2], papers[1], papers[3], papers[4]]


def test_server_restarted_during_edits_loses_nothing(browser: Browser, papers: list[str]) -> None:
    port = free_port()
    with editors(browser, f"http://127.0.0.1:{port}") as open_desk:
        with running_server(port):
            ann = open_desk()
            ann.write_note(papers[0], "Before")
            ann.saved()
        edit(ann, papers)
        expect(ann.saving).to_contain_text("the server isn’t responding: 4 changes kept")
        assert stored() == papers[:4]
        with running_server(port):
            ann.saved()
            assert_edited(papers)
    assert note(papers[0]) == "Before"


def test_signed_out_keeps_changes_until_signed_in_again(open_desk: OpenDesk, papers: list[str]) -> None:
    ann = open_desk()
    Session.objects.all().delete()
    edit(ann, papers)
    expect(ann.saving).to_contain_text("you’re signed out: 4 changes kept")
    expect(ann.saving.get_by_role("link")).to_be_visible()

    sign_in(ann.context, User.objects.get(), ann.site)
    ann.page.evaluate("dispatchEvent(new Event('focus'))")
    ann.saved()
    assert_edited(papers)


def test_two_tabs_of_one_editor_do_not_quarrel(open_desk: OpenDesk, papers: list[str]) -> None:
    ann = open_desk()
    ann.context.set_offline(True)
    ann.write_note(papers[0], "First")
    first = ann.page
    ann.context.set_offline(False)
    ann.open()
    ann.write_note(papers[1], "Second")
    ann.saved()
    ann.page = first
    ann.saved()
    ann.write_note(papers[0], "First and more")
    ann.saved()

    assert (note(papers[0]), note(papers[1])) == ("First and more", "Second")
    assert not ann.conflict.is_visible()


def test_text_that_is_refused_is_kept(open_desk: OpenDesk, papers: list[str]) -> None:
    ann = open_desk()
    ann.write_note(papers[0], "x" * 20_001)

    expect(ann.page.locator(".problem")).to_contain_text("Shorten it")
    expect(ann.note(papers[0])).to_have_value("x" * 20_001)
    ann.page.get_by_role("button", name="Discard").click()
    ann.write_note(papers[0], "short")
    ann.saved()
    assert note(papers[0]) == "short"
