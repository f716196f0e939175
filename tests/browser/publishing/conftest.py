"""A day with papers, its draft, and who works on it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from digests.models import Digest
from digests.publishing.status import publish
from papers.models import Paper
from tests.browser.desk_browser import OpenDesk, editors
from tests.digests.desk.desk_days import NOW, make_day, make_draft


@pytest.fixture
def open_desk(browser: Browser, live_server: LiveServer, settings: Settings) -> Iterator[OpenDesk]:
    """Editors sit in Berlin, the site in New York."""
    settings.TIME_ZONE = "America/New_York"
    with editors(browser, live_server.url, zone="Europe/Berlin") as opened:
        yield opened


@pytest.fixture
def papers(transactional_db: None) -> list[Paper]:
    return make_day(6, hot=3)


@pytest.fixture
def draft(papers: list[Paper]) -> Digest:
    return make_draft(papers[:3])


@pytest.fixture
def published(draft: Digest) -> Digest:
    publish(draft, now=NOW)
    return draft
