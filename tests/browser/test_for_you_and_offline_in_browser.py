"""Saved papers, what is followed, and reading offline, in a real browser."""

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from pybtex.database import parse_string
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from digests.models import Digest
from papers.search.index import index_changed
from tests.browser.kept_pages import kept_page
from tests.digests.reader.looking import expect_accessible
from tests.factories import make_digest, make_entry, make_paper

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
VISIT_BEFORE = "follows = follows.map((one) => ({...one, at: 0})); remember('follows', JSON.stringify(follows))"

IS_KEPT = """async (address) => {
    for (let n = 0; n < 600 && !await caches.match(address); n++) await new Promise((done) => setTimeout(done, 50));
    return Boolean(await caches.match(address));
}"""
"""Waits for half a minute."""


@pytest.fixture
def page(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    with kept_page(browser, live_server.url, base_url=live_server.url) as page:
        yield page


@pytest.fixture
def page_with_service_worker(browser: Browser, live_server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    """What it shows offline does not come from the browser's own cache."""
    monkeypatch.setattr("tests.browser.conftest.STATIC_FILES_KEPT", "max-age=0")
    with browser.new_context(base_url=live_server.url) as context:
        yield context.new_page()


def test_what_is_followed_shows_what_is_new_since_the_visit_before(page: Page, tmp_path: Path) -> None:
    make_entry(make_digest(date(2021, 5, 12)), make_paper(arxiv_id="2105.00001", title="The first"))
    page.goto("/categories/cs.LG")
    page.get_by_role("button", name="Follow").click()
    expect(page.get_by_role("button", name="Followed")).to_have_attribute("aria-pressed", "true")
    page.goto("/for-you")
    expect(page.get_by_role("status")).to_have_text("Nothing new since your last visit.")
    expect(page.get_by_role("link", name="The first")).to_be_visible()
    expect(page.get_by_text("/papers.atom?category=cs.LG")).to_be_visible()

    make_entry(make_digest(date(2021, 5, 13)), make_paper(arxiv_id="2105.00002", title="The second"))
    page.evaluate(VISIT_BEFORE)
    page.reload()

    expect(page.get_by_role("status")).to_have_text("1 new paper since your last visit.")
    expect(page.locator("[data-followed] li").first).to_have_text("New The second Ada Example, Bob Sämple")
    expect_accessible(page)
    page.reload()  # the same visit
    expect(page.get_by_role("status")).to_have_text("1 new paper since your last visit.")

    with page.expect_download() as download:
        page.get_by_role("button", name="Save as a file").click()
    download.value.save_as(tmp_path / "kept.json")
    assert [one["query"] for one in json.loads((tmp_path / "kept.json").read_text())["follows"]] == ["category=cs.LG"]
    page.locator("[data-followed] button").click()
    expect(page.get_by_text("You follow nothing yet.")).to_be_visible()
    page.get_by_label("Load from a file").set_input_files(tmp_path / "kept.json")
    expect(page.get_by_role("status")).to_have_text("Loaded from the file. Followed: 1. Marked papers: 0.")
    expect(page.get_by_role("heading", name="cs.LG")).to_be_visible()


def test_copy_of_the_site_as_files_says_that_it_looks_nothing_up(
    browser: Browser, live_server: LiveServer, settings: Settings
) -> None:
    """It answers each selection with the feed of all papers."""
    context = browser.new_context(base_url=live_server.url, service_workers="block")  # whose requests no route sees
    page = context.new_page()
    make_entry(make_digest(date(2021, 5, 12)), make_paper(arxiv_id="2105.00001", title="The first"))
    page.route(
        re.compile(r"/papers\.json\?"), lambda route: route.fulfill(response=route.fetch(url=f"{live_server.url}/papers.json"))
    )
    page.goto("/categories/cs.LG")
    page.get_by_role("button", name="Follow").click()
    page.goto("/for-you")
    expect(page.get_by_text("This copy of the site can’t look papers up. The links lead to the site itself.")).to_be_visible()
    expect(page.locator("[data-followed]").get_by_role("link", name="cs.LG")).to_have_attribute(
        "href", f"{settings.SITE_URL}/papers?category=cs.LG"
    )
    expect(page.get_by_text(f"{settings.SITE_URL}/papers.atom?category=cs.LG")).to_be_visible()
    context.close()


def test_home_shows_what_is_new_of_what_is_followed(page: Page, browser: Browser, live_server: LiveServer) -> None:
    make_entry(make_digest(date(2021, 5, 12)), make_paper(arxiv_id="2105.00001", title="The first"))
    index_changed()
    page.goto("/")
    strip = page.locator("#for-you-strip")
    expect(strip).to_be_hidden()
    page.goto("/authors/ada-example")
    page.get_by_role("button", name="Follow").click()
    page.goto("/categories/cs.LG")
    page.get_by_role("button", name="Follow").click()
    page.goto("/for-you")
    expect(page.get_by_role("status")).to_have_text("Nothing new since your last visit.")
    page.goto("/")
    expect(strip).to_contain_text("Nothing new since your last visit.")
    expect(strip.locator("li")).to_have_text(["By Ada ExampleThe firstAda Example, Bob Sämple"])

    make_entry(make_digest(date(2021, 5, 13)), make_paper(arxiv_id="2105.00002", title="The second", authors=["Somebody Else"]))
    page.evaluate(VISIT_BEFORE)
    page.reload()

    expect(strip).to_contain_text("1 new since your last visit.")
    expect(strip.locator("li").first).to_have_text("In cs.LG (new)The secondSomebody Else")
    expect(strip.locator("li")).to_have_count(2)
    expect_accessible(page)
    page.reload()  # home is no visit of the page
    expect(strip).to_contain_text("1 new since your last visit.")

    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    plain = context.new_page()
    plain.goto("/")
    expect(plain.locator("#for-you-strip")).to_be_hidden()
    context.close()


def test_file_of_somebody_else_does_no_harm(page: Page, tmp_path: Path) -> None:
    hostile = [{"query": "q=<img src=x onerror=alert(1)>", "name": "x"}, {"query": "q=a", "name": "<b>bold</b>"}, None, 3]
    (tmp_path / "bad.json").write_text(json.dumps({"follows": hostile, "marks": {"saved": {"../../x": "2021", "2105.00001": 3}}}))
    page.goto("/for-you")

    page.get_by_label("Load from a file").set_input_files(tmp_path / "bad.json")

    expect(page.get_by_role("heading", name="<b>bold</b>")).to_be_visible()
    assert page.evaluate("[follows.length, Object.keys(marks.saved).length]") == [1, 0]


def test_what_is_followed_stays_whatever_a_file_follows(page: Page, tmp_path: Path) -> None:
    mine = {"query": "q=mine", "name": "Mine", "at": 7}
    others = [{"query": f"q=other{n}", "name": f"Other {n}"} for n in range(100)]
    (tmp_path / "many.json").write_text(json.dumps({"follows": [*others, {"query": "q=mine", "name": "Theirs"}]}))
    page.route(
        "**/papers.json?*", lambda route: route.fulfill(json={"feed_url": "http://localhost/papers.json?q=a", "items": []})
    )
    page.add_init_script(f"localStorage.setItem('follows', '{json.dumps([mine])}')")
    page.goto("/for-you")

    page.get_by_label("Load from a file").set_input_files(tmp_path / "many.json")

    expect(page.get_by_role("heading", name="Other 98")).to_be_visible()
    assert page.evaluate("[follows.length, follows[0].name, follows[0].query]") == [100, "Mine", "q=mine"]
    page.close()  # its script was for this test


def test_saved_papers_have_titles_and_bibtex(page: Page, tmp_path: Path) -> None:
    make_entry(make_digest(date(2021, 5, 12)), make_paper(arxiv_id="2105.00001", title="The first"))
    page.goto("/posts/hot-papers-2021-05-12")
    page.get_by_role("button", name="Save").click()
    page.goto("/for-you")

    expect(page.get_by_role("link", name="The first")).to_have_attribute("href", "/papers/2105.00001")
    with page.expect_download() as download:
        page.get_by_role("button", name="BibTeX of saved papers").click()
    download.value.save_as(tmp_path / "saved.bib")
    assert list(parse_string((tmp_path / "saved.bib").read_text(), "bibtex").entries) == ["arXiv:2105.00001"]


def test_last_lists_are_read_offline_and_a_withdrawn_one_never_online(page_with_service_worker: Page) -> None:
    page = page_with_service_worker
    digest = make_digest(date(2021, 5, 12), papers=1)
    page.goto("/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    address = "/posts/hot-papers-2021-05-12"
    page.goto(address)
    page.wait_for_function(f"caches.match('{address}').then(Boolean)")

    page.context.set_offline(True)
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_contain_text("12 May 2021")
    page.goto("/rising")  # never read before
    expect(page.get_by_role("heading", level=1)).to_have_text("This page can’t be reached")
    expect_accessible(page)
    page.get_by_role("link", name="Hot Papers 2021-05-12").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("12 May 2021")
    page.goto("/for-you")
    expect(page.get_by_role("heading", level=1)).to_have_text("For you")
    page.context.set_offline(False)
    Digest.objects.filter(pk=digest.pk).update(status=Digest.Status.WITHDRAWN)
    response = page.goto(address)

    assert response is not None
    assert response.status == 404
    page.wait_for_function(f"caches.match('{address}').then((found) => !found)")


def test_last_lists_are_kept_before_anybody_opens_them(page_with_service_worker: Page) -> None:
    page = page_with_service_worker
    for day in range(10, 15):
        make_digest(date(2021, 5, day), papers=1)
    page.goto("/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    assert [page.evaluate(IS_KEPT, f"/posts/hot-papers-2021-05-{day}") for day in (14, 13, 12)] == [True, True, True]

    page.context.set_offline(True)
    page.get_by_role("link", name="13 May 2021").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("13 May 2021")


def test_home_is_there_offline_after_one_visit_of_another_page(page_with_service_worker: Page) -> None:
    page = page_with_service_worker
    make_digest(date(2021, 5, 12), papers=1)
    page.goto("/about")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")

    page.context.set_offline(True)
    page.goto("/")
    page.get_by_role("link", name="12 May 2021").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("12 May 2021")


@pytest.mark.parametrize("refuses", ["QuotaExceededError", "SecurityError"])
def test_what_the_browser_does_not_store_is_told(page: Page, refuses: str) -> None:
    make_entry(make_digest(date(2021, 5, 12)), make_paper(arxiv_id="2105.00001"))
    page.add_init_script(f"Storage.prototype.setItem = () => {{ throw new DOMException('', '{refuses}'); }}")
    if refuses == "SecurityError":
        page.add_init_script(
            "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('', 'SecurityError'); } })"
        )
    page.goto("/posts/hot-papers-2021-05-12")
    expect(page.get_by_role("alert")).to_have_count(0)

    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("Your browser could not store this")
    expect(page.get_by_role("button", name="Save")).to_have_attribute("aria-pressed", "true")
    expect_accessible(page)
    page.get_by_role("button", name="Mark read").click()  # both are remembered as long as the page is open
    assert page.evaluate("[Object.keys(marks.saved).length, Object.keys(marks.read).length]") == [1, 1]
    page.close()  # its scripts were for this test


def test_tabs_do_not_undo_each_other(page: Page) -> None:
    make_entry(make_digest(date(2021, 5, 12)), make_paper(arxiv_id="2105.00001"))
    page.goto("/posts/hot-papers-2021-05-12")
    # What another tab stored while this one slept, and heard of no event.
    page.evaluate("localStorage.setItem('marks', JSON.stringify({read: {'2105.00009': '2021-05-12'}, saved: {}, hidden: {}}))")
    follow = {"query": "category=cs.CL", "name": "cs.CL"}
    page.evaluate("(one) => localStorage.setItem('follows', JSON.stringify([one]))", follow)

    page.get_by_role("button", name="Save").click()
    assert page.evaluate("JSON.parse(localStorage.getItem('marks'))")["read"] == {"2105.00009": "2021-05-12"}
    page.goto("/categories/cs.LG")
    page.evaluate("follows = []")
    page.get_by_role("button", name="Follow").click()
    assert [one["query"] for one in page.evaluate("follows")] == ["category=cs.CL", "category=cs.LG"]


@pytest.mark.parametrize(
    "text", ["", "no JSON", "[1, {", '{"marks": 3, "follows": {"query": 1}}', "null", '{"read": ["2105.00001"]}']
)
def test_damaged_file_changes_nothing_and_may_be_chosen_again(page: Page, tmp_path: Path, text: str) -> None:
    (tmp_path / "kept.json").write_text(text)
    page.goto("/for-you")
    page.get_by_label("Load from a file").set_input_files(tmp_path / "kept.json")
    expect(page.get_by_role("status")).to_have_text("The file has nothing to load. Choose a file that was saved on this page.")

    (tmp_path / "kept.json").write_text(json.dumps({"marks": {"saved": {"2105.00001": "2021-05-12"}}}))
    page.get_by_label("Load from a file").set_input_files(tmp_path / "kept.json")
    expect(page.get_by_role("status")).to_have_text("Loaded from the file. Followed: 0. Marked papers: 1.")
    page.goto("/reading")
    page.get_by_label("Load from a file").set_input_files(tmp_path / "kept.json")
    expect(page.get_by_role("status")).to_contain_text("1 loaded from the file.")
