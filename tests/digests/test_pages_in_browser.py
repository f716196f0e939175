"""The public pages in a real browser: accessible, quiet, self-contained, and never wider than the screen."""

from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from digests.models import Digest
from papers.models import Provenance, Tweet
from tests.factories import make_digest, make_entry, make_paper, make_tweet

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Scheme = Literal["light", "dark"]
PAGES = {
    "/": 200,
    "/?before=2021-05-13": 200,
    "/posts/hot-papers-2021-05-12": 200,
    "/posts/hot-papers-2021-05-13": 200,
    "/papers/cs/0112017": 200,
    "/categories/cs.LG": 200,
    "/nothing": 404,
}


@pytest.fixture
def site(live_server: LiveServer) -> str:
    """Three days with everything that a layout trips over; the site's address."""
    digest = make_digest(date(2021, 5, 12))
    long_word = "Donaudampfschifffahrtsgesellschaft" * 6
    paper = make_paper(
        arxiv_id="cs/0112017", title=f"A {long_word} title with $x_{{{long_word}}}$ and *stars*", authors=[long_word, "鈴木"]
    )
    tweets = [
        make_tweet(
            paper, language="ar", direction="rtl", author_name="مختبر", body_html="مرحبا بالعالم https://t.co/" + "a" * 200
        ),
        make_tweet(paper, language="ja", body_html="機械学習の論文がとても面白いので全員に読んでほしいと思います。" * 8),
        make_tweet(
            paper, language="und", author_name="W" * 180, body_html=f'🔥 <a href="https://t.co/x">{"x" * 280}</a><br><br>end'
        ),
        make_tweet(paper, state=Tweet.State.DELETED),
    ]
    make_entry(digest, paper, *tweets, retweets=2_000_000_000, favorites=2_000_000_000, provenance=Provenance.POST)
    for _ in range(12):
        paper = make_paper(
            abstract="One paragraph.   Another, with a price of $410.", categories=("cs.LG", "cond-mat.mtrl-sci", "stat.ML")
        )
        make_entry(digest, paper, make_tweet(paper))
    make_digest(date(2021, 5, 13), is_sample=True, papers=1)
    make_digest(date(2021, 5, 14))
    make_digest(date(2021, 5, 15), papers=1, status=Digest.Status.DRAFT)
    return live_server.url


@pytest.fixture(params=["light", "dark"])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    scheme: Scheme = request.param
    context = browser.new_context(color_scheme=scheme)
    yield context.new_page()
    context.close()


def test_pages_are_accessible(page: Page, site: str) -> None:
    for address, status in PAGES.items():
        response = page.goto(site + address)
        assert response is not None
        results = Axe().run(page)
        violations = [violation["id"] for violation in results.response["violations"]]
        assert (address, response.status, violations) == (address, status, []), results.generate_report()


def test_pages_ask_only_the_site_and_say_nothing_to_the_console(page: Page, site: str) -> None:
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))

    for address, status in PAGES.items():
        if status == 200:
            page.goto(site + address)
    page.wait_for_load_state("networkidle")

    assert [url for url in asked if not url.startswith(f"{site}/")] == []
    assert f"{site}/static/site.css" in asked
    assert said == []


@pytest.mark.parametrize("width", [360, 390, 1280])
def test_pages_never_scroll_sideways(page: Page, site: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})

    widths = {}
    for address in PAGES:
        page.goto(site + address)
        widths[address] = page.evaluate("document.documentElement.scrollWidth")

    assert widths == dict.fromkeys(PAGES, width)


def test_headings_are_in_order(page: Page, site: str) -> None:
    for address in PAGES:
        page.goto(site + address)
        levels = page.eval_on_selector_all("h1, h2, h3, h4", "all => all.map(one => Number(one.tagName[1]))")
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))


def test_keyboard_skips_to_the_content(page: Page, site: str) -> None:
    page.goto(site)

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_contents_lead_to_the_paper(page: Page, site: str) -> None:
    page.goto(f"{site}/posts/hot-papers-2021-05-12")

    page.locator(".contents a").first.click()

    assert page.evaluate("location.hash") == "#paper-cs/0112017"
    assert page.locator("article:target h2").count() == 1
