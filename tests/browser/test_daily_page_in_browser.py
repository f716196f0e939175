"""The daily page in a real browser: short on a phone, whole on paper, quick by keyboard, and what is marked says so."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from digests.models import Digest
from papers.models import Paper
from papers.rendered.waiting import render_changed
from tests.browser.kept_pages import kept_page
from tests.digests.reader.looking import WIDTHS, expect_accessible
from tests.factories import READ_AT, make_digest, make_entry, make_paper, make_tweet

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DIGEST = "/posts/hot-papers-2021-05-12"
SENTENCE = "Networks that are trained on very many examples still fail where the examples are few and far between. "


def a_day(papers: int) -> Digest:
    """With long titles, long abstracts, four networks and three posts each."""
    digest = make_digest(
        intro="Two old ideas return today with new parts: splines and memory. Both threads are long; we kept some."
    )
    for n in range(papers):
        paper = make_paper(
            title=f"Number {n}: Learning to Represent Synthetic Scenes by Means of Very Many Examples",
            abstract=SENTENCE * 3
            + "We propose a network that learns from a handful of examples, on every one of nine tasks. "
            + SENTENCE * 6,
            authors=[f"Ada Example{one}" for one in range(9)],
        )
        posts = [make_tweet(paper, body_html=SENTENCE, retweets=90, favorites=400, read_at=READ_AT) for _ in range(3)]
        counts = {"bluesky": {"likes": 1_204, "reposts": 300}, "hackernews": {"points": 548, "comments": 181}}
        counts["huggingface"] = {"upvotes": 96}
        make_entry(
            digest, paper, *posts, retweets=2_000 - n, favorites=6_000, counts=counts, read_at=READ_AT + timedelta(hours=1)
        )
    render_changed()
    return digest


@pytest.fixture
def page(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    with kept_page(browser, live_server.url, base_url=live_server.url) as page:
        yield page


def height(page: Page) -> int:
    found: int = page.evaluate("document.documentElement.scrollHeight")
    return found


def test_twenty_papers_are_short_on_a_phone_and_none_is_lost(page: Page) -> None:
    a_day(20)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(DIGEST)

    assert height(page) <= 10_000
    contents = page.locator(".contents").bounding_box()
    assert contents is not None and contents["height"] <= 1.5 * 844 + 1
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        assert (width, page.evaluate("document.documentElement.scrollWidth")) == (width, width)
    expect_accessible(page)

    stops = page.evaluate("[...document.querySelectorAll('a[href], button, input, summary, [tabindex]')]"
                          ".filter(one => one.tabIndex >= 0 && one.checkVisibility()).length")  # fmt: skip
    assert stops < 120
    page.emulate_media(media="print")
    assert page.locator(".post blockquote").evaluate_all("all => all.filter(one => one.checkVisibility()).length") == 60
    assert page.evaluate("document.querySelector('.fold').scrollHeight <= document.querySelector('.fold').clientHeight + 1")


def test_abstract_shows_four_lines_and_the_rest_after_more(page: Page) -> None:
    a_day(1)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(DIGEST)
    fold = page.locator(".fold")
    folded = fold.evaluate("one => one.offsetHeight")

    page.locator(".fold summary").click()

    assert fold.evaluate("one => one.offsetHeight") > 2 * folded
    page.locator(".fold summary").click()
    assert fold.evaluate("one => one.offsetHeight") == folded
    expect(page.locator(".lead")).to_contain_text("We propose a network that learns from a handful of examples")


def test_tab_goes_from_paper_to_paper_and_arrows_go_through_one(page: Page) -> None:
    first, second = [entry.paper.arxiv_id for entry in a_day(2).entries.select_related("paper")]
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(DIGEST)
    page.locator(f"#title-{first.replace('.', chr(92) + '.')} a").focus()

    def focused() -> tuple[str, str]:
        found: list[str] = page.evaluate(
            "[document.activeElement.closest('.entry')?.dataset.paper ?? '', document.activeElement.innerText.trim()]"
        )
        return found[0], found[1].split("\n")[0]

    page.keyboard.press("Tab")
    assert focused()[0] == first
    seen = []
    for _ in range(5):
        page.keyboard.press("ArrowRight")
        seen.append(focused()[1])
    assert seen[:3] == ["Mark read", "Save", "Hide"]
    page.keyboard.press("ArrowLeft")
    assert focused()[0] == first
    page.keyboard.press("Tab")
    assert focused()[0] == second


def test_hidden_paper_is_a_line_with_undo_and_marks_say_their_state(page: Page) -> None:
    papers: list[Paper] = [entry.paper for entry in a_day(2).entries.select_related("paper")]
    page.goto(DIGEST)
    first = page.locator("article").first

    first.get_by_role("button", name="Save").click()
    expect(first.get_by_role("button", name="Saved")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".contents .state")).to_have_text("Saved")
    first.get_by_role("button", name="Hide").click()

    expect(first.get_by_text(f"{papers[0].title} is hidden.")).to_be_visible()
    expect(first.locator(".text")).to_be_hidden()
    expect(first.get_by_role("button", name="Undo")).to_be_focused()
    expect_accessible(page)
    page.keyboard.press("Enter")
    expect(first.locator(".text")).to_be_visible()
    expect(first.get_by_role("button", name="Hide")).to_be_focused()
