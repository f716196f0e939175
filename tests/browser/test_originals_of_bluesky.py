"""The original of a post on Bluesky in a real browser: nobody outside is asked before the yes. Networks without a page for frames
have a plain link."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from tests.digests.reader.reader_pages import DAY
from tests.factories import make_digest, make_entry, make_paper, make_tweet
from tests.standins.bluesky_embed import WORDS, BlueskyEmbedStandin

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
DIGEST = "/posts/hot-papers-2021-05-12"
POSTED = datetime(2021, 5, 12, 6, tzinfo=UTC)
AUTHOR = "did:plc:synthetic0000000000000001"


@pytest.fixture
def embed(settings: Settings) -> Iterator[BlueskyEmbedStandin]:
    with BlueskyEmbedStandin() as standin:
        directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
        settings.BLUESKY_EMBED_BASE = standin.url
        settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": directives | {"frame-src": [settings.X_EMBED_BASE, standin.url]}}
        yield standin


@pytest.fixture
def site(embed: BlueskyEmbedStandin, live_server: LiveServer) -> str:
    paper = make_paper(arxiv_id="2105.77777")
    shown = [
        make_tweet(
            paper,
            network=network,
            status_id=id,
            author_name=name,
            author_handle="",
            body_html=body,
            counts=counts,
            posted_at=POSTED,
        )
        for network, id, name, body, counts in (
            ("bluesky", f"at://{AUTHOR}/app.bsky.feed.post/3kept", "Example Lab", "Our synthetic paper is out", {"likes": 3}),
            ("bluesky", f"at://{AUTHOR}/app.bsky.feed.post/3gone", "Example Lab", "It was here", {"likes": 4}),
            ("bluesky", f"at://{AUTHOR}/app.bsky.feed.post/3hidden", "Example Lab", "Not for everybody", {"likes": 5}),
            ("hackernews", "90000001", "tester", "A synthetic paper", {"points": 37, "comments": 2}),
            ("huggingface", "2105.77777", "", "", {"upvotes": 42, "comments": 0}),
        )
    ]
    make_entry(make_digest(DAY), paper, *shown)
    return live_server.url


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    """A page that says nothing on its console and asks nobody but us and the stand-in."""
    context = browser.new_context(base_url=site, color_scheme="dark")
    said: list[str] = []
    hosts: set[str] = set()
    context.on("console", lambda message: said.append(message.text))
    context.on("request", lambda request: hosts.add(request.url.split("/")[2].split(":")[0]))
    yield context.new_page()
    context.close()
    assert said == []
    assert hosts <= {site.split("/")[2].split(":")[0], "127.0.0.1"}


def open_digest(page: Page) -> None:
    """The day's page with all its posts unfolded."""
    page.goto(DIGEST)
    page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")


def link_to(page: Page, key: str) -> Locator:
    return page.locator(f"a[data-original][href$='/post/{key}']")


def show(page: Page, key: str) -> Locator:
    link_to(page, key).click()
    page.get_by_role("button", name="Show here").click()
    return page.locator("figure", has=link_to(page, key)).locator("iframe")


@pytest.mark.parametrize(("key", "fate"), [("3kept", "shown"), ("3gone", "gone"), ("3hidden", "refused")])
def test_original_comes_into_a_frame_after_a_yes(page: Page, embed: BlueskyEmbedStandin, key: str, fate: str) -> None:
    embed.fates = {"3gone": "gone", "3hidden": "refused"}
    open_digest(page)
    assert embed.requests == []

    frame = show(page, key)

    expect(frame.content_frame.get_by_text(WORDS[fate].format(key=key))).to_be_visible()  # type: ignore[index]
    expect(frame).to_have_attribute("height", "210")
    expect(frame).to_have_attribute("title", "Original post by Example Lab at Bluesky")
    (request,) = embed.requests
    assert request.path == f"/embed/{AUTHOR}/app.bsky.feed.post/{key}"
    assert request.params == {"id": "original", "colorMode": "dark"}
    assert {"referer", "cookie"} & request.headers.keys() == set()
    expect(link_to(page, key)).to_be_visible()


def test_the_question_names_the_network_and_a_no_asks_nobody(page: Page, embed: BlueskyEmbedStandin) -> None:
    open_digest(page)

    link_to(page, "3kept").click()

    expect(page.get_by_role("dialog")).to_contain_text("it comes from Bluesky, which then learns the address of your machine")
    expect(page.get_by_role("button", name="Open at Bluesky")).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    assert embed.requests == []


def test_a_network_without_a_page_for_frames_has_a_link(page: Page) -> None:
    open_digest(page)

    for network, address in (
        ("Hacker News", "https://news.ycombinator.com/item?id=90000001"),
        ("Hugging Face", "https://huggingface.co/papers/2105.77777"),
    ):
        link = page.locator("figure.post", has_text=network).locator("figcaption a")
        expect(link).to_have_attribute("href", address)
        assert link.get_attribute("data-original") is None


def test_oembed_s_answer_is_about_the_post_that_is_framed(embed: BlueskyEmbedStandin, settings: Settings) -> None:
    import httpx

    embed.fates = {"3gone": "gone", "3hidden": "refused"}
    keys = {"3kept": 200, "3gone": 404, "3hidden": 403}
    for key, status in keys.items():
        tweet = make_tweet(network="bluesky", status_id=f"at://{AUTHOR}/app.bsky.feed.post/{key}", counts={}, posted_at=POSTED)
        answer = httpx.get(f"{embed.url}/oembed", params={"url": tweet.url, "format": "json"}, trust_env=False)
        assert answer.status_code == status
        if status == 200:
            framed = tweet.embed_url.removeprefix(f"{embed.url}/embed/").partition("?")[0]
            assert f'data-bluesky-uri="at://{framed}"' in answer.json()["html"]
