"""The desk in a browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from tests.browser.desk_browser import OpenDesk, editors


@pytest.fixture
def open_desk(browser: Browser, live_server: LiveServer) -> Iterator[OpenDesk]:
    with editors(browser, live_server.url) as opened:
        yield opened
