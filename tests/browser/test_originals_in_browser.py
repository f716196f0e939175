"""A post's original in a real browser: X is asked for nothing before the reader's yes, then for that post alone, in a frame."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, WebError, expect
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from tests.browser.accessibility import RULES, violations
from tests.browser.kept_pages import kept_page
from tests.digests.reader.reader_pages import DAY
from tests.factories import make_digest, make_entry, make_paper, make_tweet
from tests.standins.embed import EmbedStandin

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
DIGEST, PAPER = "/posts/hot-papers-2021-05-12", "/papers/2105.77777"
FIRST, SECOND, LINE = "1392360000000000001", "1392360000000000002", "1392360000000000003"


@pytest.fixture
def embed(settings: Settings) -> Iterator[EmbedStandin]:
    with EmbedStandin() as standin:
        directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
        settings.X_EMBED_BASE = standin.url
        settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": directives | {"frame-src": [standin.url]}}
        yield standin


@pytest.fixture
def site(embed: EmbedStandin, live_server: LiveServer) -> str:
    paper = make_paper(arxiv_id="2105.77777")
    shown = [
        make_tweet(paper, status_id=FIRST, author_name="Example Lab"),
        make_tweet(paper, status_id=SECOND, author_name="مختبر", language="ar", direction="rtl", body_html="مرحبا بالعالم"),
    ]
    make_entry(make_digest(DAY), paper, *shown)
    make_tweet(paper, status_id=LINE, author_name="", author_handle="", body_html="")
    make_entry(make_digest(DAY + timedelta(days=1), is_sample=True), make_paper(is_sample=True), make_tweet(is_sample=True))
    return live_server.url


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    """A page that must say nothing on its console."""
    said: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        said.append(message.text)

    def hear_error(error: WebError) -> None:
        said.append(str(error.error))

    with kept_page(browser, site, base_url=site) as page:
        page.context.on("console", hear)
        page.context.on("weberror", hear_error)
        yield page
        page.context.remove_listener("console", hear)
        page.context.remove_listener("weberror", hear_error)
        page.context.unroute_all()
    assert said == []


def link_to(page: Page, status_id: str) -> Locator:
    return page.locator(f"a[data-original][href$='/{status_id}']")


def show(page: Page, status_id: str) -> Locator:
    """The frame that a yes to this post's original brings."""
    if not link_to(page, status_id).is_visible():
        page.locator("details.further summary").click()
    link_to(page, status_id).click()
    page.get_by_role("button", name="Show here").click()
    return page.locator("figure, li", has=link_to(page, status_id)).locator("iframe")


@pytest.mark.parametrize(
    ("address", "status_id", "title"),
    [
        (DIGEST, FIRST, "Original post by Example Lab at X"),
        (DIGEST, SECOND, "Original post by مختبر at X"),
        (PAPER, FIRST, "Original post by Example Lab at X"),
        (PAPER, LINE, "Original post at X"),
    ],
)
def test_original_is_loaded_into_the_page_after_a_yes(
    page: Page, embed: EmbedStandin, address: str, status_id: str, title: str
) -> None:
    page.emulate_media(color_scheme="light")
    page.goto(address)
    assert embed.requests == []

    frame = show(page, status_id)

    expect(frame.content_frame.get_by_text(f"The original of post {status_id}")).to_be_visible()
    expect(frame).to_have_attribute("height", "260")
    expect(frame).to_have_attribute("title", title)
    expect(frame).to_have_attribute("sandbox", "allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox")
    expect(frame).to_have_attribute("referrerpolicy", "no-referrer")
    expect(page.locator("iframe")).to_have_count(1)
    expect(link_to(page, status_id)).to_be_visible()
    (request,) = embed.requests
    assert request.path == "/embed/Tweet.html"
    assert request.params == {"id": status_id, "dnt": "true", "theme": "light", "lang": "en"}
    assert {"referer", "cookie"} & request.headers.keys() == set()
    assert page.url.endswith(address)


@pytest.mark.parametrize("address", [DIGEST, PAPER])
def test_page_with_an_original_is_accessible_and_fits_a_phone(page: Page, embed: EmbedStandin, address: str) -> None:
    for scheme in RULES:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": 360, "height": 740})
        page.goto(address)
        expect(show(page, FIRST)).to_have_attribute("height", "260")

        assert (scheme, violations(page, scheme)) == (scheme, [])
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        assert embed.requests[-1].params["theme"] == scheme


def test_original_has_the_theme_that_the_reader_chose(page: Page, embed: EmbedStandin) -> None:
    page.emulate_media(color_scheme="light")
    page.goto(DIGEST)
    for _ in range(2):
        page.get_by_role("button", name="Theme").click()

    expect(show(page, FIRST)).to_have_attribute("height", "260")

    assert [request.params["theme"] for request in embed.requests] == ["dark"]


def test_stay_loads_nothing_however_the_link_was_clicked(page: Page, embed: EmbedStandin) -> None:
    page.goto(DIGEST)

    ways: list[dict[str, Any]] = [{}, {"modifiers": ["Control"]}, {"modifiers": ["Shift"]}, {"button": "middle"}]
    for way in ways:
        link_to(page, FIRST).click(**way)
        page.get_by_role("button", name="Cancel").click()
    link_to(page, FIRST).click()
    page.keyboard.press("Escape")

    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator("iframe")).to_have_count(0)
    assert len(page.context.pages) == 1
    assert embed.requests == []


def test_original_can_be_opened_in_a_new_tab_instead(page: Page, embed: EmbedStandin) -> None:
    page.context.route("https://twitter.com/**", lambda route: route.fulfill(body="the original"))
    page.goto(DIGEST)
    expect(link_to(page, FIRST)).to_have_accessible_name("original post of Example Lab, 12 May 2021")

    link_to(page, FIRST).click()
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Open at X").click()

    assert opened.value.url == f"https://twitter.com/example_lab/status/{FIRST}"
    assert page.url.endswith(DIGEST)
    assert embed.requests == []


def test_original_is_shown_and_hidden_by_keyboard(page: Page) -> None:
    page.goto(DIGEST)
    link_to(page, FIRST).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Show here")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Open at X")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Cancel")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator("iframe")).to_have_attribute("height", "260")
    expect(page.get_by_role("button", name="Hide the original")).to_be_focused()

    page.keyboard.press("Enter")

    expect(page.locator("iframe")).to_have_count(0)
    expect(page.get_by_role("button", name="Hide the original")).to_have_count(0)
    expect(link_to(page, FIRST)).to_be_focused()


def test_height_is_taken_from_that_frame_and_origin_alone(page: Page, embed: EmbedStandin) -> None:
    page.goto(DIGEST)
    first, second = show(page, FIRST), show(page, SECOND)
    for frame in (first, second):
        expect(frame).to_have_attribute("height", "260")

    def tell(
        height: Any, *, origin: str = embed.url, sender: str = "post", as_text: bool = False
    ) -> tuple[str | None, str | None]:
        """The heights of both frames once the first, or another sender, has told one."""
        message: Any = {"twttr.embed": {"method": "twttr.private.resize", "params": [{"width": 300, "height": height}]}}
        page.evaluate(
            """([data, origin, sender]) => {
              const source = sender === "post" ? document.querySelector("iframe").contentWindow : sender === "page" ? window : null;
              dispatchEvent(new MessageEvent("message", { data, origin, source }));
            }""",
            [json.dumps(message) if as_text else message, origin, sender],
        )
        return first.get_attribute("height"), second.get_attribute("height")

    assert tell(999, origin="https://evil.example") == ("260", "260")
    assert tell(999, sender="page") == ("260", "260")
    assert tell(999, sender="nobody") == ("260", "260")
    assert tell("999") == ("260", "260")
    assert tell(None) == ("260", "260")
    assert tell(431.2) == ("432", "260")
    assert tell(500, as_text=True) == ("500", "260")
    assert tell(-5) == ("100", "260")
    assert tell(1_000_000) == ("2000", "260")


def test_quotation_and_link_stay_where_x_has_nothing(page: Page, embed: EmbedStandin) -> None:
    embed.fault("/", "empty")
    page.goto(DIGEST)

    frame = show(page, FIRST)

    expect(frame).to_have_attribute("height", "400")
    expect(page.get_by_text("Our synthetic paper is out")).to_be_visible()
    expect(link_to(page, FIRST)).to_be_visible()
    embed.recover()
    expect(show(page, FIRST)).to_have_attribute("height", "260")
    expect(page.locator("iframe")).to_have_count(1)


def test_sample_posts_have_no_original(page: Page) -> None:
    page.goto("/posts/hot-papers-2021-05-13")

    expect(page.locator("figure.post")).to_have_count(1)
    expect(page.locator("[data-original]")).to_have_count(0)


def test_link_leads_to_x_without_scripts(browser: Browser, site: str, embed: EmbedStandin) -> None:
    context = browser.new_context(base_url=site, java_script_enabled=False)
    context.route("https://twitter.com/**", lambda route: route.fulfill(body="the original"))
    page = context.new_page()
    page.goto(DIGEST)

    link_to(page, FIRST).click()

    page.wait_for_url(f"https://twitter.com/example_lab/status/{FIRST}")
    assert embed.requests == []
    context.close()


@pytest.mark.parametrize("address", [DIGEST, PAPER])
def test_security_policy_lets_x_into_frames_and_nothing_else_in(page: Page, embed: EmbedStandin, address: str) -> None:
    response = page.goto(address)
    assert response is not None

    policy = dict(part.split(" ", 1) for part in response.headers["content-security-policy"].split("; "))

    assert policy.pop("frame-src") == embed.url
    assert policy.pop("img-src") == "'self' data:"
    assert set(policy.values()) == {"'none'", "'self'"}


def test_frames_are_of_x_and_bluesky_where_nothing_else_is_set(settings: Settings) -> None:
    framed = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]["frame-src"]
    assert framed == [settings.X_EMBED_BASE, settings.BLUESKY_EMBED_BASE] == ["https://platform.x.com", "https://embed.bsky.app"]
