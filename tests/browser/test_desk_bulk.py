"""Many papers at once at the desk: each is one change, one request and one undo; by few keys, and by few clicks."""

import time

import pytest
from playwright.sync_api import expect

from digests.editing import history
from digests.models import Digest, Dismissal
from papers.models import Paper
from tests.browser.desk_browser import EditorAtDesk, OpenDesk
from tests.digests.desk.desk_days import DAY, make_day, make_draft

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MOST_KEYS = 45
MOST_CLICKS = 25


@pytest.fixture
def papers(transactional_db: None) -> list[Paper]:
    """Two hundred candidates, of which 64 are proposed."""
    made = make_day(200, hot=64)
    make_draft(made[:64])
    return made


def stored() -> list[str]:
    return list(Digest.objects.get(date=DAY).entries.order_by("position").values_list("paper__arxiv_id", flat=True))


def actions() -> list[str]:
    """Of the history, the newest first."""
    return [one.action for one in history.changes(Digest.objects.get(date=DAY))]


def check_trimmed(ann: EditorAtDesk, papers: list[Paper]) -> None:
    ann.saved()
    kept = [paper.arxiv_id for paper in (*papers[:4], *papers[6:15])]
    assert stored() == ann.order == kept
    assert len(kept) == 13
    assert (ann.said, ann.foreign) == ([], [])


def test_64_are_trimmed_to_13_by_keys(open_desk: OpenDesk, papers: list[Paper], capsys: pytest.CaptureFixture[str]) -> None:
    ann = open_desk()
    expect(ann.page.locator(".next")).to_contain_text("64 proposed. Trim, reorder, annotate, then check.")
    began = time.monotonic()
    ann.press("l", *["j"] * 4, "Shift+J", "x", *["j"] * 8, "Shift+X")
    check_trimmed(ann, papers)
    took = time.monotonic() - began

    assert actions() == ["removed_several", "removed_several", "before"]
    assert ann.sent <= 2
    assert ann.keys <= MOST_KEYS
    with capsys.disabled():
        print(f"\n64 papers to 13 by keys: {ann.keys} presses, {ann.sent} requests, {took:.1f} s with the saving")
    ann.press("u")
    expect(ann.page.locator("#entries > .row")).to_have_count(62)
    ann.press("u")
    expect(ann.page.locator("#entries > .row")).to_have_count(64)
    assert stored() == [paper.arxiv_id for paper in papers[:64]]
    assert not Dismissal.objects.exists()


def test_64_are_trimmed_to_13_by_mouse(open_desk: OpenDesk, papers: list[Paper], capsys: pytest.CaptureFixture[str]) -> None:
    ann = open_desk()
    ann.page.get_by_label("How many to keep").fill("15")
    ann.click(ann.page.get_by_role("button", name="Keep the first"))
    expect(ann.page.locator("#entries > .row:visible")).to_have_count(15)
    ann.click(ann.entry(papers[4].arxiv_id).locator(".number"))
    ann.entry(papers[5].arxiv_id).locator(".facts").click(modifiers=["Shift"], position={"x": 2, "y": 2})
    ann.clicks += 1
    expect(ann.page.locator("[data-selection=list]")).to_contain_text("2 selected")
    ann.click(ann.page.locator("[data-selection=list]").get_by_role("button", name="Remove"))
    check_trimmed(ann, papers)

    assert ann.clicks <= MOST_CLICKS
    with capsys.disabled():
        print(f"\nThe same by mouse: {ann.clicks} clicks")


def test_candidates_are_chosen_and_added_or_put_aside_together(open_desk: OpenDesk, papers: list[Paper]) -> None:
    ann = open_desk()
    ann.press("c", "Shift+J", "Shift+J", "a")
    ann.saved()
    assert stored()[64:] == [paper.arxiv_id for paper in papers if paper.arxiv_id in stored()[64:]]
    assert len(stored()) == 67
    ann.press("Shift+J", "x")
    ann.saved()
    assert Dismissal.objects.count() == 2
    ann.press("u")
    ann.saved()
    assert (Dismissal.objects.count(), ann.requests) == (0, ["add_several", "dismiss_several", "undismiss_several"])


def test_keep_only_these_and_move_to_the_top(open_desk: OpenDesk, papers: list[Paper]) -> None:
    numbers = [paper.arxiv_id for paper in papers]
    ann = open_desk()
    ann.press("l", "j", "Shift+Space", "j", "j", "Shift+Space", "Shift+O")
    expect(ann.page.locator("#entries > .row:visible")).to_have_count(2)
    ann.saved()
    assert stored() == [numbers[1], numbers[3]]
    ann.press("l", "End", "Shift+T")
    ann.saved()
    assert (stored(), actions()[0]) == ([numbers[3], numbers[1]], "moved_several")


def test_many_removals_by_single_keys_are_saved_without_a_queue(open_desk: OpenDesk, papers: list[Paper]) -> None:
    """It took 48 s to send 60 of them, one after the other."""
    ann = open_desk()
    ann.press("l", "j", "j", "j", "j", *["x"] * 60)
    ann.saved()

    assert stored() == [paper.arxiv_id for paper in papers[:4]]
    assert ann.requests == ["remove"] * 60
    assert ann.sent < 30
