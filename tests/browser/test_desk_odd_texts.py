"""Texts at the desk that are large or odd, and pages that come back: what is saved is what was typed, and no more."""

import pytest
from playwright.sync_api import expect

from digests.models import Entry
from tests.browser.desk_browser import OpenDesk
from tests.browser.held import Held
from tests.digests.desk.desk_days import make_day, make_draft

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LIST = 20


@pytest.fixture
def papers(transactional_db: None) -> list[str]:
    made = make_day(LIST, hot=LIST)
    make_draft(made)
    return [paper.arxiv_id for paper in made]


def note(paper: str) -> str:
    return Entry.objects.get(paper__arxiv_id=paper).note


def test_text_that_begins_with_an_empty_line_is_no_conflict_for_a_colleague(open_desk: OpenDesk, papers: list[str]) -> None:
    ann = open_desk("Ann")
    ann.write_note(papers[0], "\nAfter an empty line")
    ann.press("i")
    ann.page.locator("#text-intro").fill("\n\nGood day")
    ann.saved()
    bob = open_desk("Bob")
    expect(bob.page.locator("#text-intro")).to_have_value("\n\nGood day")

    bob.write_note(papers[0], "\nAfter an empty line, more")
    bob.saved()

    assert not bob.conflict.is_visible()
    assert note(papers[0]) == "\nAfter an empty line, more"


def test_text_beyond_what_a_request_may_have_holds_nothing_back(open_desk: OpenDesk, papers: list[str]) -> None:
    ann = open_desk()
    ann.write_note(papers[0], "😀" * 700_000)
    expect(ann.page.locator(".problem")).to_contain_text("This text is far too long to be saved.")
    ann.write_note(papers[1], "Short")
    expect(ann.saving).to_contain_text("saved ")

    ann.page.reload()
    ann.ready()
    expect(ann.page.locator(".problem")).to_contain_text(
        "Not saved: note on “Sparse Attention Without Tears, Part 1”. This text is far"
    )
    ann.page.get_by_role("button", name="Discard").click()
    assert (note(papers[0]), note(papers[1])) == ("", "Short")


def test_long_note_leaves_room_for_the_list(open_desk: OpenDesk, papers: list[str]) -> None:
    Entry.objects.filter(paper__arxiv_id=papers[0]).update(note="All of it is here. " * 900)
    ann = open_desk()

    def height() -> int:
        return int(ann.entry(papers[0]).evaluate("row => row.offsetHeight"))

    assert 250 < height() < 500
    ann.note(papers[0]).focus()
    assert height() > 1000


def test_what_was_pasted_for_an_id_is_quoted_in_short(open_desk: OpenDesk, papers: list[str]) -> None:
    ann, pasted = open_desk(), "A whole abstract." * 20
    ann.press("A")
    ann.page.locator("#add-paper-id").fill(pasted)
    ann.press("Enter")

    expect(ann.page.locator(".problem > span")).to_have_text(
        f"Not saved: “{pasted[:60]}…”. This isn’t an arXiv id or a link to a paper. "
        "Write for example 2010.04296 or https://arxiv.org/abs/2010.04296."
    )
    expect(ann.page.locator("#add-paper-id")).to_have_value(pasted)


def test_many_long_texts_that_waited_travel_in_requests_that_are_taken(open_desk: OpenDesk, papers: list[str]) -> None:
    """Each change holds its text twice: as it was, and as it is."""
    Entry.objects.update(note="😀" * 19_000)
    ann = open_desk()
    ann.context.set_offline(True)
    ann.page.evaluate("""() => document.querySelectorAll("[data-text=note]").forEach((field) => {
        field.value += " more";
        field.dispatchEvent(new Event("input", {bubbles: true}));
    })""")
    ann.context.set_offline(False)
    expect(ann.saving).to_contain_text("saved ", timeout=60_000)
    ann.saved()

    assert set(Entry.objects.values_list("note", flat=True)) == {"😀" * 19_000 + " more"}
    assert ann.requests.count("note") == LIST
    assert 1 < ann.sent < LIST


def test_page_that_comes_back_shows_what_a_colleague_wrote_since(open_desk: OpenDesk, papers: list[str]) -> None:
    ann, bob = open_desk("Ann"), open_desk("Bob")
    ann.write_note(papers[0], "Ann’s")
    ann.saved()
    ann.page.goto(f"{ann.site}/admin/all/")
    bob.page.reload()
    bob.ready()
    bob.write_note(papers[0], "Bob’s")
    bob.saved()

    ann.page.go_back()
    ann.ready()
    expect(ann.note(papers[0])).to_have_value("Bob’s")
    ann.write_note(papers[1], "Another one")
    ann.saved()
    assert note(papers[0]) == "Bob’s"


def test_text_that_was_saved_is_not_sent_again_before_its_answer_is_shown(open_desk: OpenDesk, papers: list[str]) -> None:
    ann = open_desk()
    answer = Held(ann.page, "note")
    ann.press("l", "n")
    ann.type("Read it")
    answer.came()
    ann.note(papers[0]).hover()
    ann.page.mouse.down()  # nothing moves away under the pointer until it is let go
    answer.let_go()
    ann.page.wait_for_function("() => !Object.keys(localStorage).some(name => /^desk:.*\\d$/.test(name))")
    ann.page.evaluate("dispatchEvent(new Event('pagehide'))")
    ann.page.mouse.up()
    ann.saved()

    assert (note(papers[0]), ann.requests) == ("Read it", ["note"])


def test_text_is_saved_where_the_tab_is_closed_at_once(open_desk: OpenDesk, papers: list[str]) -> None:
    ann = open_desk()
    other = ann.context.new_page()
    ann.press("l", "n")
    ann.type("Typed in a hurry")
    ann.page.close(run_before_unload=True)

    for _ in range(100):
        if note(papers[0]):
            break
        other.wait_for_timeout(50)
    assert note(papers[0]) == "Typed in a hurry"
