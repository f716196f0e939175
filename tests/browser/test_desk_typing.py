"""What is typed at the desk is never lost: not by a conflict, a full storage, a refusal, a lost answer or a page that dies."""

import contextlib
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Error, Page, Route, expect

from digests.models import Digest, Entry
from tests.browser.desk_browser import EditorAtDesk, OpenDesk
from tests.digests.desk.desk_days import DAY, make_day, make_draft

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FULL = "() => { Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }; }"


@pytest.fixture
def papers(transactional_db: None) -> list[str]:
    """The ids of six hot papers; the first four are in the draft."""
    made = make_day(6, hot=6)
    make_draft(made[:4])
    return [paper.arxiv_id for paper in made]


def note(paper: str) -> str:
    return Entry.objects.get(paper__arxiv_id=paper).note


class Delayed:
    """Requests of this name wait until they are let go."""

    def __init__(self, page: Page, name: str) -> None:
        self.page = page
        self.waiting: list[Route] = []
        self.is_open = False
        page.route(f"**/{name}", self._arrive)

    def _arrive(self, route: Route) -> None:
        if self.is_open:
            route.continue_()
        else:
            self.waiting.append(route)

    def let_go(self) -> None:
        while not self.waiting:
            self.page.wait_for_timeout(20)
        self.is_open = True
        for route in self.waiting:
            route.continue_()


def crash(ann: EditorAtDesk) -> None:
    """The page's process ends at once, without a last word."""
    with ann.page.expect_event("crash"), contextlib.suppress(Error):
        ann.page.goto("chrome://crash")
    ann.page.close()


def test_letters_typed_while_a_conflict_arrives_are_in_its_dialog(open_desk: OpenDesk, papers: list[str]) -> None:
    ann, bob = open_desk("Ann"), open_desk("Bob")
    bob.hear_nothing()
    ann.write_note(papers[0], "Ann’s")
    ann.saved()

    answer = Delayed(bob.page, "note")
    bob.press("l", "n")
    with bob.page.expect_request("**/note"):
        bob.type("Bob’s")
    bob.type(" and more")
    answer.let_go()
    expect(bob.page.locator(".problem")).to_contain_text("Edit conflict")
    bob.type(" still")
    expect(bob.note(papers[0])).to_have_value("Bob’s and more still")
    assert not bob.conflict.is_visible()

    bob.press("Escape")
    mine = bob.conflict.locator("[data-slot=edit]")
    expect(mine).to_have_value("Bob’s and more still")
    mine.fill("Bob’s and more, later")
    bob.conflict.get_by_role("button", name="Decide later").click()
    expect(bob.note(papers[0])).to_have_value("Bob’s and more, later")
    bob.page.get_by_role("button", name="Decide", exact=True).click()
    expect(mine).to_have_value("Bob’s and more, later")
    bob.conflict.get_by_role("button", name="Save yours").click()
    bob.saved()
    assert note(papers[0]) == "Bob’s and more, later"


def test_conflict_does_not_interrupt_who_writes_elsewhere(open_desk: OpenDesk, papers: list[str]) -> None:
    ann, bob = open_desk("Ann"), open_desk("Bob")
    bob.hear_nothing()
    ann.write_note(papers[0], "Ann’s")
    ann.saved()

    answer = Delayed(bob.page, "note")
    bob.write_note(papers[0], "Bob’s")
    bob.press("i")
    bob.type("An in")
    answer.let_go()
    expect(bob.page.locator(".problem")).to_contain_text("Edit conflict")
    bob.type("tro")
    bob.press("Escape")
    expect(bob.conflict).to_be_visible()
    bob.conflict.get_by_role("button", name="Keep theirs").click()
    bob.saved()
    assert (Digest.objects.get(date=DAY).intro, note(papers[0])) == ("An intro", "Ann’s")


def test_full_storage_of_the_browser_keeps_no_change_from_the_server(open_desk: OpenDesk, papers: list[str]) -> None:
    ann = open_desk()
    ann.page.evaluate(FULL)
    answer = Delayed(ann.page, "note")
    ann.write_note(papers[0], "A word")
    expect(ann.saving).to_contain_text("the browser’s storage is full: 1 change kept in this page only until sent")
    ann.press("l", "Alt+ArrowDown")
    expect(ann.saving).to_contain_text("2 changes kept")
    answer.let_go()
    ann.saved()

    assert note(papers[0]) == "A word"
    assert next(iter(Digest.objects.get(date=DAY).entries.order_by("position"))).paper.arxiv_id == papers[1]
    expect(ann.saving).not_to_contain_text("full")
    assert ann.requests == ["note", "move"]


def test_paper_that_could_not_be_fetched_comes_back_where_it_was_typed(open_desk: OpenDesk, papers: list[str]) -> None:
    ann = open_desk()
    field, problem = ann.page.locator("#add-paper-id"), ann.page.locator(".problem")
    failure = {"error": "arXiv could not be reached. Try again in a moment."}
    ann.page.route("**/add", lambda route: route.fulfill(status=502, json=failure))

    ann.press("A")
    ann.type(papers[4])
    ann.press("Enter")
    expect(problem).to_contain_text(f"Not saved: “{papers[4]}”. arXiv could not be reached.")
    expect(field).to_have_value(papers[4])
    ann.press("Enter")
    expect(field).to_have_value(papers[4])
    expect(problem).to_have_count(1)
    ann.page.reload()
    ann.ready()
    ann.page.unroute("**/add")
    ann.page.get_by_role("button", name="Try again").click()
    expect(ann.entry(papers[4])).to_be_visible()
    expect(problem).to_have_count(0)
    expect(field).to_have_value("")

    link = ann.entry(papers[0]).get_by_label("Link to a post")
    ann.press("l", "b")
    ann.type("https://example.org/")
    ann.press("Enter")
    expect(problem).to_contain_text("Not saved: “https://example.org/”. This isn’t a link to a post")
    expect(link).to_have_value("https://example.org/")
    ann.page.get_by_role("button", name="Discard").click()
    expect(problem).to_have_count(0)
    expect(link).to_have_value("")


def test_refused_text_that_is_given_up_is_not_sent_again(open_desk: OpenDesk, papers: list[str]) -> None:
    ann = open_desk()
    ann.write_note(papers[0], "short")
    ann.saved()
    ann.write_note(papers[0], "x" * 20_001)
    expect(ann.page.locator(".problem")).to_contain_text("Shorten it")
    ann.page.get_by_role("button", name="Discard").click()

    expect(ann.note(papers[0])).to_have_value("short")
    ann.note(papers[0]).focus()
    ann.press("Escape")
    ann.saved()
    assert ann.requests == ["note", "note"]
    expect(ann.page.locator(".problem")).to_have_count(0)


def test_text_typed_on_while_it_is_refused_is_another_try(open_desk: OpenDesk, papers: list[str]) -> None:
    ann = open_desk()
    answer = Delayed(ann.page, "note")
    ann.press("l", "n")
    with ann.page.expect_request("**/note"):
        ann.note(papers[0]).fill("x" * 20_001)
    ann.note(papers[0]).fill("short")
    answer.let_go()
    ann.press("Escape")
    ann.saved()

    assert note(papers[0]) == "short"
    assert not ann.conflict.is_visible()
    expect(ann.page.locator(".problem")).to_have_count(0)


def test_lost_answer_to_a_publication_is_found_out(open_desk: OpenDesk, papers: list[str]) -> None:
    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    ann = open_desk()
    ann.page.route("**/publish", lose)
    ann.press("v")
    expect(ann.page.locator("#publish-title")).to_be_focused()
    ann.press("P")

    expect(ann.page.locator("#desk-toast")).to_contain_text("this may or may not have been done")
    expect(ann.page.locator(".head-row .pill").first).to_have_text("published")
    expect(ann.page.get_by_role("button", name="Correct…")).to_be_visible()


def test_text_typed_without_a_pause_outlives_a_page_that_dies(open_desk: OpenDesk, papers: list[str]) -> None:
    ann = open_desk()
    text = "A word on it without any pause, and then another " * 3
    ann.press("l", "n")
    ann.context.clock.install()
    ann.context.clock.pause_at(datetime.now(UTC) + timedelta(minutes=1))
    with ann.page.expect_response("**/note", timeout=100_000):  # from before the first letter, however slow the machine is
        for letter in text:  # in 5.9 s of the page's time, which goes on only here: it is sent once, after 3 s
            ann.page.keyboard.type(letter)
            ann.context.clock.run_for(40)
    assert ann.requests.count("note") == 1
    crash(ann)
    saved = note(papers[0])
    assert len(saved) >= 3000 // 40  # with the letters that came before it was on its way
    assert text.startswith(saved)

    ann.context.clock.resume()
    ann.open()
    expect(ann.note(papers[0])).to_have_value(text)
    ann.saved()
    assert note(papers[0]) == text
    assert not ann.conflict.is_visible()
    ann.note(papers[0]).focus()
    ann.press("Escape")
    ann.saved()
    assert ann.requests.count("note") == 2


def test_letter_that_is_typed_while_a_text_is_about_to_be_sent_does_not_hold_it_back(
    open_desk: OpenDesk, papers: list[str]
) -> None:
    ann = open_desk()
    ann.page.evaluate(
        """() => {
            const query = navigator.locks.query.bind(navigator.locks);
            navigator.locks.query = () => new Promise((resolve) => { window.goOn = () => resolve(query()); });
        }"""
    )
    ann.press("l", "n")
    ann.type("Read it")
    ann.page.wait_for_function("() => window.goOn && Object.values(localStorage).some(text => text.includes('\"held\":false'))")
    with ann.page.expect_response("**/note"):
        ann.page.evaluate("""() => {
            document.execCommand("insertText", false, ".");
            goOn();
        }""")
    ann.saved()
    assert (note(papers[0]), ann.requests) == ("Read it.", ["note"])


def test_text_that_is_deleted_again_is_not_sent(open_desk: OpenDesk, papers: list[str]) -> None:
    ann = open_desk()
    ann.press("l", "n")
    ann.type("ab")
    ann.press("Backspace", "Backspace", "Escape", "p")
    ann.saved()
    assert ann.requests == ["pin"]


def test_title_that_the_server_trims_while_it_is_typed_on_is_no_conflict(open_desk: OpenDesk, papers: list[str]) -> None:
    ann = open_desk()
    answer = Delayed(ann.page, "title")
    ann.press("l", "t")
    with ann.page.expect_request("**/title"):
        ann.type("Sparse ")
    ann.type("Attention")
    answer.let_go()
    ann.press("Escape")
    ann.saved()

    assert Entry.objects.get(paper__arxiv_id=papers[0]).printed_otherwise == {"title": "Sparse Attention"}
    assert not ann.conflict.is_visible()


def test_two_tabs_leave_each_other_what_is_typed(open_desk: OpenDesk, papers: list[str]) -> None:
    ann = open_desk()
    first = ann.page
    ann.open()
    ann.press("l", "n")
    ann.type("half")
    first.evaluate("dispatchEvent(new Event('focus')); dispatchEvent(new Event('pagehide'))")
    ann.type(" and the rest")
    ann.press("Escape")
    ann.saved()
    ann.page = first
    ann.look()
    expect(ann.note(papers[0])).to_have_value("half and the rest")

    assert note(papers[0]) == "half and the rest"
    assert not ann.conflict.is_visible()
