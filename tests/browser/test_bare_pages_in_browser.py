"""In a real browser: the readers' pages of a site that has nothing yet, and the page that a fault of ours leaves."""

from collections.abc import Iterator
from unittest.mock import Mock

import pytest
from playwright.sync_api import Browser, Page
from pytest_django import DjangoDbBlocker
from pytest_django.live_server_helper import LiveServer

from digests.reader.pages import about
from tests.browser.kept_pages import kept_page
from tests.digests.reader.looking import look_over
from tests.digests.reader.reader_pages import EMPTY

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


@pytest.fixture(scope="module")
def site(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    with django_db_blocker.unblock():
        server = LiveServer("localhost")
        yield server.url
        server.stop()


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    with kept_page(browser, site, base_url=site) as page:
        yield page
        page.close()  # axe-core is brought to it


def test_pages_of_an_empty_site_are_as_good_as_others(page: Page, site: str) -> None:
    look_over(page, site, dict.fromkeys(EMPTY, 200))


def test_page_that_a_fault_leaves_is_as_good_as_others(page: Page, site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(about, "rules", Mock(side_effect=RuntimeError("A fault of ours")))

    look_over(page, site, {"/about": 500})
    assert "Something broke on our side" in page.inner_text("h1")
