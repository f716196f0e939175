"""A list is made at the desk by keys alone, and by mouse alone."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from playwright.sync_api import expect
from pytest_django import Settings

from digests.models import Digest, Dismissal
from tests.browser.desk_browser import OpenDesk
from tests.digests.desk.desk_days import DAY, make_day, make_draft
from tests.standins.arxiv import ArxivStandin
from tests.standins.oembed import OEmbedStandin
from tests.standins.tweets import Tweets
from tests.standins.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MOST_KEYS = 40
MOST_CLICKS = 25


@dataclass(frozen=True)
class Elsewhere:
    """A paper and a tweet that only arXiv and X know."""

    paper: str
    tweet: str


@pytest.fixture
def elsewhere(settings: Settings) -> Iterator[Elsewhere]:
    world = World(first_day=date(2026, 11, 16), days=4, papers_a_day=3)
    now = datetime(2026, 11, 20, 8, tzinfo=UTC)
    papers = list(world.announced(DAY, ["cs", "stat.ML"])["new"])
    tweets = Tweets([(paper.arxiv_id, DAY) for paper in papers], now=lambda: now, per_day=40)
    tweet = next(
        one for one in tweets.all if one.kind == "tweet" and not one.is_gone(now) and one.gone is None and one.posted_at < now
    )
    with ArxivStandin(world) as arxiv, OEmbedStandin(tweets) as oembed:
        settings.ARXIV_API_BASE = settings.ARXIV_RSS_BASE = settings.ARXIV_WEB_BASE = arxiv.url
        settings.OEMBED_BASE = oembed.url
        settings.ARXIV_REQUEST_INTERVAL = settings.OEMBED_REQUEST_INTERVAL = 0
        yield Elsewhere(papers[0].arxiv_id, f"https://x.com/{tweet.author.handle}/status/{tweet.status_id}")


def published_list() -> list[tuple[str, str, int]]:
    """Paper, note and number of shown tweets of the day that readers see."""
    digest = Digest.objects.get(date=DAY, status=Digest.Status.PUBLISHED)
    return [(entry.paper.arxiv_id, entry.note, entry.shown_tweets.count()) for entry in digest.entries.select_related("paper")]


def check_published(elsewhere: Elsewhere) -> None:
    listed = published_list()
    assert len(listed) == 12
    assert [paper for paper, _, _ in listed[:3]] == ["2611.10001", "2611.10002", "2611.10000"]
    assert {paper: note for paper, note, _ in listed if note} == {
        "2611.10000": "A *first* word.",
        "2611.10003": "It costs little.",
    }
    assert (elsewhere.paper, "", 1) in listed


def test_keys_alone_make_a_list(open_desk: OpenDesk, elsewhere: Elsewhere, capsys: pytest.CaptureFixture[str]) -> None:
    make_day(200, hot=9)
    ann = open_desk()
    page, began = ann.page, time.monotonic()

    ann.press("Enter")
    expect(page.locator("#entries > .row")).to_have_count(9)
    ann.press("c", "a", "j", "a")
    expect(page.locator("#entries > .row")).to_have_count(11)
    ann.press("A")
    ann.type(elsewhere.paper)
    ann.press("Enter")
    expect(page.locator("#entries > .row")).to_have_count(12)
    ann.press("Escape", "l", "n")
    ann.type("A *first* word.")
    ann.press("Escape", "Alt+ArrowDown", "Alt+ArrowDown", "j", "n")
    ann.type("It costs little.")
    ann.press("Escape", *["j"] * 8, "b")
    ann.type(elsewhere.tweet)
    ann.press("Enter")
    expect(ann.entry(elsewhere.paper).locator(".tweet.shown")).to_have_count(1)
    ann.press("Escape", "v")
    expect(page.locator("#publish-title")).to_be_focused()
    ann.press("P")
    expect(page.locator(".head-row .pill").first).to_have_text("published")

    took = time.monotonic() - began
    check_published(elsewhere)
    assert (ann.said, ann.foreign) == ([], [])
    assert ann.keys <= MOST_KEYS
    with capsys.disabled():
        print(
            f"\n{took:.1f} s. A list of 12 from 200 candidates by keys: {ann.keys} key presses and {ann.characters} characters typed, "
            f"{len(ann.requests)} requests ({', '.join(ann.requests)})"
        )


def test_mouse_makes_the_same_list(open_desk: OpenDesk, elsewhere: Elsewhere, capsys: pytest.CaptureFixture[str]) -> None:
    make_day(200, hot=9)
    ann = open_desk("Bob")
    page = ann.page

    ann.click(page.get_by_role("button", name="Start the list"))
    expect(page.locator("#entries > .row")).to_have_count(9)
    ann.click(ann.candidate("2611.10009").get_by_role("button", name="Add"))
    expect(page.locator("#entries > .row")).to_have_count(10)
    ann.drag(ann.candidate("2611.10011").locator(".score"), ann.entry("2611.10004"))
    expect(page.locator("#entries > .row")).to_have_count(11)
    assert "2611.10011" in ann.order[4:6]
    ann.click(page.get_by_label("Add a paper"))
    ann.type(elsewhere.paper)
    ann.click(page.locator("#add-paper button"))
    expect(page.locator("#entries > .row")).to_have_count(12)
    for paper, note in (("2611.10000", "A *first* word."), ("2611.10003", "It costs little.")):
        ann.click(ann.entry(paper).locator(".acts [data-do=note]"))
        ann.type(note)
    ann.drag(ann.entry("2611.10000").locator(".handle"), ann.entry("2611.10002"))
    assert ann.order[:3] == ["2611.10001", "2611.10002", "2611.10000"]
    last = ann.entry(elsewhere.paper)
    ann.click(last.locator(".fact"))
    ann.click(last.get_by_label("Link to a post"))
    ann.type(elsewhere.tweet)
    ann.click(last.get_by_role("button", name="Add post"))
    expect(last.locator(".tweet.shown")).to_have_count(1)
    ann.click(page.get_by_role("button", name="Check and publish"))
    ann.click(page.get_by_role("button", name="Publish now"))
    expect(page.locator(".head-row .pill").first).to_have_text("published")

    check_published(elsewhere)
    assert (ann.said, ann.foreign) == ([], [])
    assert ann.clicks <= MOST_CLICKS
    with capsys.disabled():
        print(
            f"\nThe same by mouse: {ann.clicks} clicks and drags, {ann.characters} characters typed, "
            f"{len(ann.requests)} requests ({', '.join(ann.requests)})"
        )


def test_candidate_is_put_where_it_was_dropped_while_rows_are_on_their_way_out(open_desk: OpenDesk) -> None:
    made = make_day(8, hot=8)
    papers = [paper.arxiv_id for paper in made]
    make_draft(made[:6])
    ann = open_desk()
    ann.context.set_offline(True)
    ann.press("l", "x", "x", "x")
    ann.drag(ann.candidate(papers[7]).locator(".score"), ann.entry(papers[3]))
    ann.context.set_offline(False)
    ann.saved()

    assert papers[7] in stored()[:2]  # before the row, or behind it


def test_rows_are_moved_by_keyboard_and_places_are_told(open_desk: OpenDesk) -> None:
    made = make_day(6, hot=6)
    papers = [paper.arxiv_id for paper in made]
    make_draft(made[:4])
    ann = open_desk()
    said = ann.page.locator("#desk-said")

    ann.press("l", "j", "ArrowRight", " ", "ArrowDown")
    expect(said).to_contain_text("place 3 of 4")
    ann.press("ArrowDown", "ArrowDown")
    expect(said).to_contain_text("place 4 of 4")
    assert ann.order == [papers[0], papers[2], papers[3], papers[1]]
    ann.press("Escape")
    expect(said).to_contain_text("Put back")
    assert (ann.order, ann.requests) == (papers[:4], [])

    ann.press(" ", "ArrowUp", " ")  # on the handle still
    expect(said).to_contain_text("1st of 4 now")
    ann.saved()
    assert stored() == ann.order == [papers[1], papers[0], papers[2], papers[3]]
    expect(ann.entry(papers[1]).locator(".handle")).to_be_focused()

    ann.press("Alt+ArrowDown", "Alt+ArrowDown", "Alt+ArrowDown")
    expect(said).to_contain_text("4th of 4 now")
    ann.saved()
    assert stored() == [papers[0], papers[2], papers[3], papers[1]]
    assert ann.requests == ["move", "move"]

    ann.press("u")
    expect(ann.page.locator("#entries > .row").first).to_have_attribute("data-paper", papers[1])
    assert stored() == [papers[1], papers[0], papers[2], papers[3]]


def stored() -> list[str]:
    return list(Digest.objects.get(date=DAY).entries.order_by("position").values_list("paper__arxiv_id", flat=True))


def test_tweets_are_chosen_and_ordered_by_keyboard(open_desk: OpenDesk) -> None:
    [paper] = make_day(1, hot=1)
    digest = make_draft([paper])
    first, second = [row.tweet.status_id for row in digest.entries.get().shown_tweets.select_related("tweet")]
    ann = open_desk()

    ann.press("l", "s", "Alt+ArrowDown")
    ann.saved()
    assert list(digest.entries.get().shown_tweets.values_list("tweet__status_id", flat=True)) == [second, first]
    ann.press("k", " ")
    expect(ann.entry(paper.arxiv_id).locator(".tweet.shown")).to_have_count(1)
    ann.saved()
    assert list(digest.entries.get().shown_tweets.values_list("tweet__status_id", flat=True)) == [first]


def test_suggestion_is_accepted_and_ignored_by_key(open_desk: OpenDesk) -> None:
    papers = make_day(6, hot=6)
    make_draft([papers[0], papers[3]])
    ann = open_desk()
    second, third = ann.candidate(papers[1].arxiv_id), ann.candidate(papers[2].arxiv_id)
    expect(second.locator(".suggestion")).to_contain_text("would be 2nd now")

    ann.press("c", "y")
    expect(ann.entry(papers[1].arxiv_id).locator(".number")).to_contain_text("2")
    ann.press("d")  # the next one has the focus already
    expect(third).to_have_count(0)
    ann.saved()

    assert stored() == [papers[0].arxiv_id, papers[1].arxiv_id, papers[3].arxiv_id]
    assert ann.requests == ["accept", "ignore"]


def test_undo_takes_back_a_dismissal_where_that_was_the_last_change(open_desk: OpenDesk) -> None:
    papers = make_day(6, hot=6)
    make_draft(papers[:3])
    listed, dismissed = stored(), papers[4].arxiv_id
    ann = open_desk()
    ann.press("l", "Alt+ArrowDown")
    ann.saved()
    moved = stored()
    assert moved != listed

    ann.press("c", "j", "x")
    expect(ann.candidate(dismissed)).to_have_count(0)
    ann.press("u")
    expect(ann.candidate(dismissed)).to_be_visible()
    assert stored() == moved
    ann.press("u")
    expect(ann.page.locator("#entries > .row").first).to_have_attribute("data-paper", listed[0])
    assert stored() == listed
    assert ann.requests == ["move", "dismiss", "undismiss", "undo"]


def test_decisions_and_changes_are_undone_one_after_the_other(open_desk: OpenDesk) -> None:
    papers = make_day(6, hot=6)
    make_draft(papers[:3])
    listed = stored()
    ann = open_desk()
    ann.press("c", "x", "l", "x", "c", "x")
    ann.saved()
    expect(ann.page.locator(".candidate:visible")).to_have_count(1)

    ann.press("u", "u", "u")
    expect(ann.page.locator(".candidate:visible")).to_have_count(3)
    expect(ann.page.locator("#entries > .row")).to_have_count(3)
    ann.saved()
    assert (stored(), Dismissal.objects.count()) == (listed, 0)
    assert ann.requests[3:] == ["undismiss", "undo", "undismiss"]


def test_filter_leaves_the_candidates_that_fit(open_desk: OpenDesk) -> None:
    papers = make_day(30, hot=6)
    make_draft(papers[:2])
    ann = open_desk()
    shown = ann.page.locator(".candidate:visible")

    ann.press("f")
    ann.type("graph kernels")
    ann.press("Enter")
    expect(shown).to_have_count(6)
    expect(shown.first).to_be_focused()
    ann.press("f")
    ann.type("graph kernels stat.ml")
    ann.press("Enter")
    expect(shown).to_have_count(2)
    ann.page.reload()
    ann.ready()
    expect(shown).to_have_count(2)
    ann.page.goto(ann.address)
    ann.ready()
    expect(shown).to_have_count(28)
    ann.press("h")
    expect(shown).to_have_count(30)
