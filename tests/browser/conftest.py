"""The desk in a browser."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from tests.browser.desk_browser import OpenDesk, editors

STATIC_FILES_KEPT = "max-age=3600"


@pytest.fixture
def open_desk(browser: Browser, live_server: LiveServer) -> Iterator[OpenDesk]:
    with editors(browser, live_server.url) as opened:
        yield opened


@pytest.fixture(scope="session", autouse=True)
def static_files_asked_for_once() -> Iterator[None]:
    """A page need not ask for them again, as browsers of editors and readers do not: a real site serves them to be kept for ever."""
    serve = StaticFilesHandler.serve

    def serve_to_keep(self: StaticFilesHandler, request: HttpRequest) -> HttpResponseBase:
        response = serve(self, request)
        if request.path.startswith("/static/"):
            response.headers["Cache-Control"] = STATIC_FILES_KEPT
        return response

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(StaticFilesHandler, "serve", serve_to_keep)
        yield


@pytest.fixture(scope="session", autouse=True)
def routes_hold_at_once() -> Iterator[None]:
    """Chromium says that requests are routed before the page's process knows it: on a busy machine, of the keys pressed next one in
    six still sent a request past the route. What is evaluated after it tells that it is known."""
    route = Page.route

    def route_and_wait(self: Page, *args: Any, **options: Any) -> Any:
        made = route(self, *args, **options)
        self.evaluate("0")
        return made

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Page, "route", route_and_wait)
        yield
