"""The desk without scripts, in every state, and with a thousand candidates."""

from datetime import UTC, datetime
from statistics import median

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from digests.models import Digest
from tests.browser.desk_browser import OpenDesk, accessible, editors
from tests.digests.desk.desk_days import make_day, make_draft

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_desk_is_read_without_scripts(browser: Browser, live_server: LiveServer) -> None:
    papers = make_day(3, hot=3)
    digest = make_draft(papers[:2])
    with editors(browser, live_server.url, scripts=False) as open_desk:
        page = open_desk().page
        expect(page.locator("#entries > .row")).to_have_count(2)
        page.get_by_role("link", name="edit the day in a form").click()
        assert page.url.endswith(f"/admin/digests/digest/{digest.pk}/change/")


def test_every_state_is_accessible(open_desk: OpenDesk) -> None:
    papers = make_day(7, hot=5)
    ann = open_desk()
    page = ann.page
    found = accessible(page, "no list")
    digest = make_draft(papers[:3])
    digest.entries.filter(position=1).update(note="A word", is_pinned=True, printed_otherwise={"title": "Another"})
    digest.entries.filter(position=2).first().shown_tweets.all().delete()  # type: ignore[union-attr]

    page.reload()
    ann.ready()
    ann.press("l", "j", "n", "Escape", "t", "Escape", "s")
    expect(ann.entry(papers[1].arxiv_id).locator("li[data-tweet]")).not_to_have_count(0)
    ann.press("c", "w")
    expect(page.locator(".ledger")).to_be_visible()
    ann.press("e")
    page.locator("#rules [name=hot_score]").fill("500")
    ann.press("Enter")
    expect(page.locator("#desk-preview")).not_to_be_empty()
    found += accessible(page, "draft, with everything open")
    ann.press("Escape", "v")
    expect(page.locator(".finding.blocking")).not_to_have_count(0)
    found += accessible(page, "check")
    ann.press("?")
    assert page.locator("#desk-help").evaluate("dialog => dialog.scrollTop") == 0  # read from its beginning
    found += accessible(page, "keys")
    ann.press("Escape")
    page.locator(".finding [data-do=ignore_finding]").first.click()
    expect(page.locator(".finding.ignored")).to_have_count(1)
    ann.context.set_offline(True)
    ann.write_note(papers[0].arxiv_id, "Offline")
    expect(ann.saving).to_contain_text("no connection")
    found += accessible(page, "no connection")
    ann.context.set_offline(False)
    ann.saved()
    Digest.objects.update(status=Digest.Status.PUBLISHED, published_at=datetime(2026, 11, 20, tzinfo=UTC))
    page.reload()
    ann.ready()
    ann.press("v")
    expect(page.get_by_role("button", name="Withdraw")).to_be_visible()
    found += accessible(page, "published")
    ann.press("C")
    expect(page.get_by_role("button", name="Publish correction")).to_be_visible()
    found += accessible(page, "correction")

    assert found == []


def test_desk_of_a_thousand_candidates_is_there_at_once(open_desk: OpenDesk, capsys: pytest.CaptureFixture[str]) -> None:
    papers = make_day(1000, hot=40)
    make_draft(papers[:12])
    ann = open_desk()

    def first_paint(address: str) -> float:
        ann.page.goto(address)
        ann.page.wait_for_function("() => performance.getEntriesByName('first-contentful-paint').length")
        return float(ann.page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"))

    index = median(first_paint(f"{ann.site}/admin/password_change/") for _ in range(3))
    desk = median(first_paint(ann.address) for _ in range(3))
    with capsys.disabled():
        print(f"\nFirst contentful paint with 1,000 candidates: {desk:.0f} ms; of the admin's smallest page: {index:.0f} ms")
    assert desk < max(1000, 12 * index)
