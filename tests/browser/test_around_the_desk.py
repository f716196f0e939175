"""What stands around the desk: troubles, the grace period, a silent server, System, the index; accessible, and fitting 320 px."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect
from pytest_django import Settings

from digests.models import PublicEvent
from digests.publishing.status import publish
from hotpapers_site.models import Trouble
from tests.browser.desk_browser import OpenDesk, accessible
from tests.digests.desk.desk_days import NOW, make_day, make_draft

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_troubles_grace_and_silence_are_accessible(open_desk: OpenDesk, settings: Settings) -> None:
    settings.PUBLISH_GRACE_SECONDS = 600
    make_draft(make_day(4, hot=4)[:3])
    for key in ("no beat", "queue mirror", "queue upkeep"):
        Trouble.objects.create(key=key, sentence=f"This is wrong: {key}.", since=timezone.now())
    ann = open_desk()
    page = ann.page
    problems = page.get_by_role("list", name="Problems")
    more = problems.get_by_text("1 more problem")
    expect(problems.get_by_text("queue upkeep")).to_be_hidden()
    more.click()
    expect(problems.get_by_text("queue upkeep")).to_be_visible()
    found = accessible(page, "troubles")

    ann.press("l", "Space")
    expect(page.locator("#look-title")).to_be_visible()
    found += accessible(page, "quick look")
    ann.press("Escape", "v")
    expect(page.locator("#publish-title")).to_be_focused()
    page.route("**/healthz", lambda route: route.abort())
    expect(page.locator("#check-trouble")).to_contain_text("The server isn’t responding")
    found += accessible(page, "silent server")
    page.unroute("**/healthz")
    expect(page.locator("#check-trouble")).to_be_hidden()
    ann.press("P")
    for width in (320, 820, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        expect(page.locator("#desk-grace button")).to_be_in_viewport(ratio=1)
    found += accessible(page, "grace period")
    assert found == []


@pytest.mark.parametrize("address", ["/admin/all/", "/admin/system/", "/admin/notices/"])
def test_pages_of_the_admin_are_accessible(open_desk: OpenDesk, address: str) -> None:
    make_day(2, hot=1)
    Trouble.objects.create(key="no beat", sentence="No beat is running.", since=timezone.now())
    page = open_desk().page
    page.goto(f"{page.url.partition('/admin')[0]}{address}")
    assert accessible(page, address) == []


def test_rules_and_who_changed_them_are_accessible(open_desk: OpenDesk) -> None:
    make_draft(make_day(4, hot=4)[:3])
    ann = open_desk()
    page = ann.page
    ann.press("e")
    page.locator("#rules [name=hot_score]").fill("250")
    with page.expect_response("**/save_rules"):
        page.get_by_role("button", name="Save for the site").click()
    log = page.locator("#desk-rules_log")
    expect(log).to_contain_text("Ann")
    for part in log.locator("summary").all():
        part.click()
    assert accessible(page, "rules") == []


@pytest.mark.parametrize("width", [1280, 1920])
def test_list_of_digests_does_not_scroll_sideways(open_desk: OpenDesk, width: int) -> None:
    draft = make_draft(make_day(4, hot=4)[:3])
    publish(draft, now=NOW)
    PublicEvent.objects.create(digest=draft, kind=PublicEvent.Kind.CORRECTED, at=NOW, note="One paper less.")
    page = open_desk().page
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{page.url.partition('/admin')[0]}/admin/digests/digest/")
    expect(page.locator("#result_list tbody tr")).to_have_count(1)
    for table in ("#changelist-form .results", "html"):
        assert page.locator(table).evaluate("one => one.scrollWidth - one.clientWidth") == 0
