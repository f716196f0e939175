"""What the desk tells beside the list, by key and by mouse."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from digests.models import Entry, IgnoredCoverage, NoteTemplate
from papers.models import Paper
from papers.search.index import index_changed
from tests.browser.desk_browser import OpenDesk, accessible
from tests.digests.desk.desk_days import DAY, make_day, make_draft
from tests.factories import make_digest, make_entry

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def papers() -> list[Paper]:
    """Three of them in a draft, and three in the list of a week before."""
    made = make_day(6, hot=5)
    make_draft(made[:3])
    before = make_digest(DAY - timedelta(days=7))
    for paper in (made[1], made[5], made[4]):
        make_entry(before, paper)
    return made


def test_what_a_past_list_had_is_ignored_and_recalled_by_key(open_desk: OpenDesk, papers: list[Paper]) -> None:
    ann, last = open_desk(), papers[5].arxiv_id
    mark = ann.candidate(last).locator(".covered")
    expect(mark).to_contain_text("listed on 12 Nov 2026 + 2 more in quick look Ignore")
    ann.candidate(last).focus()

    ann.press("d")
    expect(mark).not_to_contain_text("listed on")
    expect(ann.candidate(last)).to_be_focused()
    ann.saved()
    assert IgnoredCoverage.objects.get().key == f"paper:{last}:2026-11-12"
    ann.press("u")
    expect(mark).to_contain_text("listed on 12 Nov 2026")
    assert not IgnoredCoverage.objects.exists()


def test_quick_look_ignores_each_and_takes_it_back(open_desk: OpenDesk, papers: list[Paper]) -> None:
    ann, second = open_desk(), papers[1].arxiv_id
    ann.entry(second).focus()
    ann.press("Space")
    told = ann.page.locator("#desk-look .covered-before > li").first
    expect(told).to_contain_text("Featured before: 12 November 2026, 1st of the list")
    ann.click(told.get_by_role("button", name="Ignore"))
    expect(told).to_have_class(re.compile("ignored"))
    expect(ann.entry(second).locator(".covered")).not_to_contain_text("listed on")
    found = accessible(ann.page, "ignored in quick look")
    ann.click(told.get_by_role("button", name="Don’t ignore"))
    expect(ann.entry(second).locator(".covered")).to_contain_text("listed on 12 Nov 2026")
    assert found == []


def test_past_lists_are_searched_by_key(open_desk: OpenDesk, papers: list[Paper]) -> None:
    index_changed()
    ann = open_desk()
    page, dialog = ann.page, ann.page.get_by_role("dialog", name="Past lists")
    ann.entry(papers[0].arxiv_id).focus()

    ann.press("q")
    expect(page.get_by_label("Words from title, abstract or authors")).to_be_focused()
    ann.type("kerne")
    expect(dialog.locator("ol > li")).to_have_count(0)
    expect(dialog.get_by_text("No listed papers match.")).to_be_visible()
    page.get_by_label("Words from title, abstract or authors").fill("sparse")
    expect(dialog.locator("ol > li")).to_have_count(1)
    found = accessible(page, "past lists")
    ann.press("ArrowDown")
    expect(dialog.get_by_role("link", name=papers[5].title)).to_be_focused()
    ann.press("Escape")
    expect(dialog).to_be_hidden()
    expect(ann.entry(papers[0].arxiv_id)).to_be_focused()
    assert found == []


def test_day_is_compared_by_key_and_by_mouse(open_desk: OpenDesk, papers: list[Paper]) -> None:
    ann = open_desk()
    dialog = ann.page.get_by_role("dialog", name="Compare")
    ann.entry(papers[0].arxiv_id).focus()
    ann.press("B")
    expect(dialog.get_by_role("row", name=re.compile("Papers in the list"))).to_contain_text("3")
    expect(dialog.locator("ul > li")).to_contain_text("2nd here, 1st of 12 November 2026")
    found = accessible(ann.page, "compared")
    ann.press("Escape")
    expect(ann.entry(papers[0].arxiv_id)).to_be_focused()

    ann.click(ann.page.get_by_text("More", exact=True))
    ann.click(ann.page.get_by_role("button", name="Compare with the days before"))
    expect(dialog).to_be_visible()
    ann.click(dialog.get_by_role("button", name="Close"))
    expect(ann.page.locator(".more > summary")).to_be_focused()
    assert found == []


def test_note_starts_from_a_template_by_key_and_is_then_typed_on(open_desk: OpenDesk, papers: list[Paper]) -> None:
    NoteTemplate.objects.create(name="Why", text="**Why it matters:** {author} says")
    ann, paper = open_desk(), papers[0].arxiv_id
    dialog = ann.page.get_by_role("dialog", name="Start the note from")
    ann.entry(paper).focus()
    ann.press("N")
    expect(dialog.get_by_role("button", name="Lead sentence of the abstract")).to_be_focused()
    found = accessible(ann.page, "templates")
    ann.press("ArrowDown", "Enter")
    expect(ann.note(paper)).to_be_focused()
    ann.type(" so.")
    expect(ann.note(paper)).to_have_value("**Why it matters:** Ada Example says so.")
    ann.press("Alt+ArrowDown")
    expect(dialog).to_be_visible()
    ann.press("Enter")
    text = "**Why it matters:** Ada Example says so. We show that synthetic papers have synthetic abstracts."
    expect(ann.note(paper)).to_have_value(text)
    ann.saved()
    assert Entry.objects.get(digest__date=DAY, paper=papers[0]).note == text
    ann.press("Alt+ArrowDown")
    expect(dialog).to_be_visible()
    ann.press("Escape")
    expect(ann.note(paper)).to_be_focused()
    expect(ann.note(paper)).to_have_value(text)
    assert found == []


def test_note_is_previewed_while_it_is_typed(open_desk: OpenDesk, papers: list[Paper]) -> None:
    ann, paper = open_desk(), papers[0].arxiv_id
    preview = ann.entry(paper).locator(".note-preview")
    ann.entry(paper).focus()
    ann.press("n")
    ann.type("*New*, <b>and</b> $x^2$")
    expect(preview.locator("em")).to_have_text("New")
    expect(preview.locator("math")).to_have_count(1)
    expect(preview.locator("b")).to_have_count(0)
    expect(ann.note(paper)).to_be_focused()
    ann.press("Escape")
    expect(preview).to_have_count(0)
    ann.saved()
    assert Entry.objects.get(digest__date=DAY, paper=papers[0]).note == "*New*, <b>and</b> $x^2$"
