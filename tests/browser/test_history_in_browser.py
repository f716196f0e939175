"""The history of a day's list in a real browser: two versions chosen and compared, one restored; accessible at any width."""

from datetime import UTC, datetime
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from digests.editing import history
from digests.models import Digest
from tests.editors import make_client, make_user
from tests.factories import make_digest, make_entry, make_paper, make_tweet

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGE = "/admin/desk/2021-05-12/history/"
COLUMNS_OUT_OF_SIGHT = (
    """() => { const box = document.querySelector(".history-scroll"); return box.scrollWidth - box.clientWidth; }"""
)
"""In pixels."""


@pytest.fixture
def changed() -> Digest:
    """A draft of which the order, a note, a title and the tweets were changed."""
    digest = make_digest(status="draft", published_at=None)
    for title in ("On Scaling $O(n^2)$ Attention to Very Long Documents", "A Survey of Surveys", "Graphs"):
        paper = make_paper(title=title)
        make_entry(digest, paper, make_tweet(paper), note="Worth reading before lunch" if title == "Graphs" else "")
    editor = make_user(group="Curator", username="ann", first_name="Ann", last_name="Example")
    with history.change(digest.pk, history.Action.MOVED, by=editor):
        for position, new in ((3, 9), (2, 3), (1, 2), (9, 1)):
            digest.entries.filter(position=position).update(position=new)
    with history.change(digest.pk, history.Action.NOTED, by=editor) as held:
        held.intro = "A good day for graphs."
        digest.entries.filter(position=1).update(note="Worth reading twice before lunch", retweets=40)
        digest.entries.get(position=2).shown_tweets.all().delete()
        digest.entries.get(position=3).delete()
    return digest


def open_page(browser: Browser, site: LiveServer, *, scheme: Literal["light", "dark"], width: int, scripts: bool = True) -> Page:
    session = make_client(make_user(group="Editor", username=f"eve-{scheme}-{width}")).cookies["sessionid"].value
    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 800}, java_script_enabled=scripts)
    context.add_cookies([{"name": "sessionid", "value": session, "url": site.url}])
    page = context.new_page()
    page.goto(site.url + PAGE)
    return page


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 360)])
def test_history_and_comparison_are_accessible(
    browser: Browser, live_server: LiveServer, changed: Digest, scheme: Literal["light", "dark"], width: int
) -> None:
    page = open_page(browser, live_server, scheme=scheme, width=width)
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text))

    assert Axe().run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(COLUMNS_OUT_OF_SIGHT) == 0
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("heading", name="Compare versions of Wednesday 12 May 2021")).to_be_visible()
    assert Axe().run(page).response["violations"] == []

    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert problems == []
    page.context.close()


def test_a_version_is_compared_and_restored_without_scripts(browser: Browser, live_server: LiveServer, changed: Digest) -> None:
    page = open_page(browser, live_server, scheme="light", width=1024, scripts=False)
    page.get_by_role("radio", name="before").first.check()
    page.get_by_role("button", name="Compare").click()

    expect(page.locator("mark", has_text="twice")).to_be_visible()
    expect(page.get_by_text("Moved from 3 to 1")).to_be_visible()
    page.get_by_role("button", name="Restore the earlier one").click()

    expect(page.get_by_text("Restored the list of")).to_be_visible()
    assert [entry.note for entry in changed.entries.all()] == ["", "", "Worth reading before lunch"]
    assert history.changes(changed)[0].at > datetime(2026, 1, 1, tzinfo=UTC)
    page.context.close()
