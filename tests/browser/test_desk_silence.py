"""A server that stops answering, in a real browser: what is safe is told, also to who only looks, and nothing is done twice."""

import os
import signal

import pytest
from playwright.sync_api import Browser, expect

from digests.models import Digest
from tests.browser.desk_browser import OpenDesk, editors, running_server
from tests.digests.desk.desk_days import make_day, make_draft
from tests.servers import free_port

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def papers(transactional_db: None) -> list[str]:
    """The ids of three papers in the draft."""
    made = make_day(3, hot=3)
    make_draft(made)
    return [paper.arxiv_id for paper in made]


def test_hung_server_is_told_at_the_check_and_what_was_asked_for_comes_first(browser: Browser, papers: list[str]) -> None:
    port = free_port()
    with editors(browser, f"http://127.0.0.1:{port}") as open_desk, running_server(port, PUBLISH_GRACE_SECONDS="600") as group:
        ann = open_desk()
        panel = ann.page.locator("#check-trouble")
        ann.press("v")
        expect(ann.page.locator("#publish-title")).to_be_focused()
        expect(panel).to_be_hidden()

        os.killpg(group, signal.SIGSTOP)
        expect(ann.saving).to_have_text("the server isn’t responding: your changes are kept in this browser. Still trying.")
        expect(panel).to_have_text("The server isn’t responding, so this check may be out of date. Your changes are kept.")
        ann.press("Shift+P")
        expect(panel).to_contain_text("what you asked for may or may not have been done")
        ann.press("l", "x")
        expect(ann.saving).to_contain_text("1 change kept in this browser")

        os.killpg(group, signal.SIGCONT)  # it is published, and what was asked for later is refused
        expect(ann.page.locator("#desk-toast")).to_have_text(
            "This day is being published. Undo that first, or start a correction once it is out."
        )
        expect(ann.page.locator("#desk-grace")).to_be_visible()
        expect(panel).to_be_hidden()
        assert ann.order == papers
        expect(ann.conflict).to_be_hidden()
        assert Digest.objects.get().entries.count() == 3


def test_lost_connection_is_told_to_who_only_looks(open_desk: OpenDesk, papers: list[str]) -> None:
    ann = open_desk()
    ann.press("v")
    expect(ann.page.locator("#publish-title")).to_be_focused()

    ann.context.set_offline(True)
    expect(ann.saving).to_have_text("no connection: your changes are kept in this browser. Still trying.")
    expect(ann.page.locator("#check-trouble")).to_have_text(
        "You’re offline: nothing can be published until you’re back. Your changes are kept."
    )
    ann.context.set_offline(False)
    expect(ann.page.locator("#check-trouble")).to_be_hidden()
    expect(ann.saving).to_have_class("")


def test_words_on_unsaved_changes_go_when_they_are_saved(open_desk: OpenDesk, papers: list[str]) -> None:
    ann = open_desk()
    toast = ann.page.locator("#desk-toast")
    ann.press("v")
    expect(ann.page.locator("#publish-title")).to_be_focused()
    ann.page.route("**/remove", lambda route: route.abort())
    ann.press("l", "x", "Shift+P")
    expect(toast).to_have_text("Some of your changes aren’t saved yet, so this wasn’t done. Try again once they are.")

    ann.page.unroute("**/remove")
    ann.saved()
    assert toast.is_hidden()
    assert Digest.objects.get().status == "draft"
