"""The focus at the desk: never on a row that is on its way out, never on the page; nothing typed lands on another paper."""

import pytest
from playwright.sync_api import Route, expect

from digests.desk import actions, bulk, texts
from digests.models import Digest, Entry
from papers.models import Paper
from tests.browser.desk_browser import EditorAtDesk, OpenDesk
from tests.digests.desk.desk_days import DAY, make_day, make_draft
from tests.editors import make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def papers(transactional_db: None) -> list[Paper]:
    """Twelve hot papers; ten are in the draft."""
    made = make_day(12, hot=12)
    make_draft(made[:10])
    return made


def notes() -> dict[str, str]:
    return dict(Entry.objects.filter(digest__date=DAY).exclude(note="").values_list("paper__arxiv_id", "note"))


def focused(ann: EditorAtDesk) -> str:
    """The id of the row with the focus."""
    return str(ann.page.evaluate("document.activeElement.closest('.row')?.id ?? document.activeElement.tagName"))


def test_walking_begins_at_the_first_candidate_or_at_the_list(open_desk: OpenDesk, papers: list[Paper]) -> None:
    ann = open_desk()
    ann.press("j")
    assert focused(ann) == f"c-{papers[10].arxiv_id}"
    ann.press("j", " ")
    expect(ann.page.locator("#look-column")).to_contain_text(papers[11].title)

    bulk.dismiss_several(DAY, papers[10:], by=make_user(username="Bob"), now=Digest.objects.get().written_at)
    ann.page.reload()
    ann.press("k")
    assert focused(ann) == f"in-{papers[0].arxiv_id}"


def test_text_stands_on_the_paper_that_was_seen_after_fast_removals(open_desk: OpenDesk, papers: list[Paper]) -> None:
    ann = open_desk()
    ann.press("l", "End", *["x"] * 5, "k")
    seen = focused(ann)
    ann.press("n")
    ann.type("A word")
    ann.press("Escape")
    ann.saved()

    assert seen == f"in-{papers[3].arxiv_id}"
    assert notes() == {papers[3].arxiv_id: "A word"}
    assert ann.order == [paper.arxiv_id for paper in papers[:5]]
    assert not ann.conflict.is_visible()
    assert ann.said == []


def test_move_and_removal_in_one_breath_are_no_conflict(open_desk: OpenDesk, papers: list[Paper]) -> None:
    ann = open_desk()
    ann.press("l", "Alt+ArrowDown", "x", "p")
    ann.saved()

    assert not ann.conflict.is_visible()
    assert [paper.arxiv_id for paper in papers[1:10]] == sorted(ann.order)
    expect(ann.page.locator("#desk-toast")).to_be_hidden()


def test_focus_never_falls_to_the_page(open_desk: OpenDesk, papers: list[Paper]) -> None:
    ann = open_desk()
    ann.press("l", "j")
    actions.remove(DAY, papers[1], 99, by=make_user(username="Bob"), now=Digest.objects.get().written_at)
    ann.look()
    expect(ann.page.locator("#entries > .row")).to_have_count(9)
    assert focused(ann) == f"in-{papers[2].arxiv_id}"

    ann.press("Shift+X")
    expect(ann.page.locator("#entries > .row:visible")).to_have_count(2)
    assert focused(ann) == f"in-{papers[2].arxiv_id}"
    ann.press("x", "x")
    ann.saved()
    expect(ann.page.locator("#entries > .row")).to_have_count(0)
    assert focused(ann) != "BODY"
    ann.press("c", "a", "a")
    ann.saved()
    assert focused(ann) != "BODY"
    assert ann.order == [papers[10].arxiv_id, papers[11].arxiv_id]


def test_row_that_a_colleague_removes_stays_while_it_is_typed_in(open_desk: OpenDesk, papers: list[Paper]) -> None:
    ann = open_desk()
    ann.press("l", "n")
    ann.type("half a")
    actions.remove(DAY, papers[0], 99, by=make_user(username="Bob"), now=Digest.objects.get().written_at)
    ann.look()
    expect(ann.entry(papers[0].arxiv_id)).to_have_class("row entry gone")
    ann.type(" sentence, x and all")
    ann.press("Escape")

    expect(ann.conflict).to_be_visible()
    expect(ann.conflict.locator("[data-slot=what]")).to_contain_text(papers[0].title)
    expect(ann.conflict.locator("[data-slot=theirs]")).to_contain_text("Bob removed it")
    expect(ann.conflict.locator("[data-slot=edit]")).to_have_value("half a sentence, x and all")
    expect(ann.entry(papers[0].arxiv_id)).to_have_count(0)
    assert len(ann.order) == 9


def test_list_is_within_ten_tab_stops(open_desk: OpenDesk, papers: list[Paper]) -> None:
    ann = open_desk()
    while not focused(ann).startswith("in-"):
        ann.press("Tab")
        assert ann.keys <= 10
    ann.page.reload()
    ann.ready()
    ann.press("Tab", "Enter")
    assert focused(ann) == f"in-{papers[0].arxiv_id}"


def test_colleagues_text_is_told_in_the_field_that_is_typed_in(open_desk: OpenDesk, papers: list[Paper]) -> None:
    ann = open_desk()
    number, waits = papers[0].arxiv_id, ann.page.locator(f"[id='waits-note-{papers[0].arxiv_id}']")
    ann.press("l", "n")
    texts.note(DAY, papers[0], "Bob’s", "", by=make_user(username="Bob"))
    ann.look()
    expect(waits).to_contain_text("Another text was saved here meanwhile. Go on writing: nothing is lost.")
    ann.type("Mine")
    waits.get_by_role("button", name="Compare now").click()

    expect(ann.conflict.locator("[data-slot=theirs]")).to_have_text("Bob’s")
    expect(ann.conflict.locator("[data-slot=edit]")).to_have_value("Mine")
    ann.conflict.get_by_role("button", name="Save yours").click()
    ann.saved()
    expect(waits).to_be_hidden()
    assert notes() == {number: "Mine"}


def test_posts_of_a_second_paper_come_while_those_of_the_first_are_on_their_way(open_desk: OpenDesk, papers: list[Paper]) -> None:
    ann = open_desk()
    held: list[Route] = []
    parts = [ann.page.locator(f'[id="in-{paper.arxiv_id}"] details[data-part=tweets]') for paper in papers[:2]]
    ann.page.route(f"**/posts/{papers[0].arxiv_id}", lambda route: held.append(route))

    with ann.page.expect_request(f"**/posts/{papers[0].arxiv_id}"):
        parts[0].locator("summary").dispatch_event("click")  # as a screen reader presses it
    parts[1].locator("summary").dispatch_event("click")
    expect(parts[1].locator("li[data-tweet]").first).to_be_visible()
    held[0].continue_()
    expect(parts[0].locator("li[data-tweet]").first).to_be_visible()
