"""Editors at the desk in a browser, for its tests."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from urllib.parse import urlsplit

import httpx
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Locator, Page, Request, expect

from tests.browser.accessibility import RULES, violations
from tests.browser.kept_pages import kept_page
from tests.digests.desk.desk_days import DAY
from tests.editors import make_client

expect.set_options(timeout=15_000)  # milliseconds: the tests may share few processors
OpenDesk = Callable[..., "EditorAtDesk"]
SAVED = """() => document.querySelector("#desk-saved").textContent.includes("saved ")
    && !Object.keys(localStorage).some((name) => /^desk:.*\\d$/.test(name))"""
"""`expect` looks again after a tenth of a second, a quarter, a half, a whole one."""


class EditorAtDesk:
    """A page with the day's desk open, and what was pressed, sent and complained of there."""

    def __init__(self, page: Page, site: str, day: date, *, scripts: bool) -> None:
        self.scripts = scripts
        self.context = page.context
        self.site = site
        self.address = f"{site}/admin/desk/{day}/"
        self.keys = 0
        self.characters = 0
        self.clicks = 0
        self.requests: list[str] = []
        """What was asked for, one by one."""
        self.sent = 0
        """In so many requests."""
        self.foreign: list[str] = []
        self.said: list[str] = []
        self.first = page
        self.open(page)

    def open(self, page: Page | None = None) -> Page:
        self.page = page or self.context.new_page()
        self.page.on("request", self._note)
        self.page.on("console", self._hear)
        self.page.on("pageerror", self._hear_error)
        self.page.goto(self.address)
        if self.scripts:
            self.ready()
        return self.page

    def ready(self) -> None:
        self.page.locator("#desk[data-ready]").wait_for()

    def _note(self, request: Request) -> None:
        if not request.url.startswith(self.site):
            self.foreign.append(request.url)
        elif request.method == "POST":
            name = urlsplit(request.url).path.rpartition("/")[2]
            self.sent += name != "read"
            if name == "changes":  # those that waited travel together
                self.requests += [one["action"] for one in json.loads(request.post_data or "{}")["changes"]]
            elif name != "read":
                self.requests.append(name)

    def _hear(self, message: ConsoleMessage) -> None:
        self.said.append(message.text)

    def _hear_error(self, error: Error) -> None:
        self.said.append(str(error))

    def leave(self) -> None:
        """Listen no more to the page that the next test works in."""
        self.first.remove_listener("request", self._note)
        self.first.remove_listener("console", self._hear)
        self.first.remove_listener("pageerror", self._hear_error)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.keys += 1

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.characters += len(text)

    def click(self, target: Locator) -> None:
        target.click()
        self.clicks += 1

    def drag(self, handle: Locator, row: Locator) -> None:
        """By the mouse, to the lower part of the row."""
        handle.scroll_into_view_if_needed()
        start, end = handle.bounding_box(), row.bounding_box()
        assert start
        assert end
        mouse = self.page.mouse
        mouse.move(start["x"] + 5, start["y"] + 8)
        mouse.down()
        mouse.move(end["x"] + 60, end["y"], steps=8)
        mouse.move(end["x"] + 60, end["y"] + end["height"] - 8, steps=8)
        mouse.up()
        self.clicks += 1

    def entry(self, paper: str) -> Locator:
        return self.page.locator(f"[id='in-{paper}']")

    def candidate(self, paper: str) -> Locator:
        return self.page.locator(f"[id='c-{paper}']")

    def note(self, paper: str) -> Locator:
        return self.page.locator(f"[id='text-note-{paper}']")

    def write_note(self, paper: str, text: str) -> None:
        if not self.note(paper).is_visible():
            self.entry(paper).locator(".acts [data-do=note]").click()
        self.note(paper).fill(text)
        self.note(paper).blur()

    @property
    def order(self) -> list[str]:
        rows: list[str] = self.page.locator("#entries > .row").evaluate_all("rows => rows.map(row => row.dataset.paper)")
        return rows

    @property
    def saving(self) -> Locator:
        return self.page.locator("#desk-saved")

    @property
    def conflict(self) -> Locator:
        return self.page.locator("#desk-conflict")

    def saved(self) -> None:
        """Wait until everything is saved, also what was typed or moved a moment ago."""
        self.page.evaluate("dispatchEvent(new Event('pagehide'))")
        self.page.wait_for_function(SAVED, polling=50)

    def hear_nothing(self) -> None:
        """From now on this page is told of others only by answers to its own changes, however slow the machine is."""
        self.page.route("**/state?*", lambda route: route.fulfill(status=204))

    def look(self) -> None:
        """What happens every ten seconds, and when the window gets the focus."""
        with self.page.expect_response("**/state?*"):
            self.page.evaluate("dispatchEvent(new Event('focus'))")


@contextmanager
def editors(
    browser: Browser,
    site: str,
    *,
    scripts: bool = True,
    zone: str | None = None,
    size: tuple[int, int] = (1280, 900),
    touch: bool = False,
) -> Iterator[OpenDesk]:
    """Opens the desk for editors by name, each in a browser of their own, whose clock is that of the zone."""
    options = {
        "viewport": {"width": size[0], "height": size[1]},
        "color_scheme": "light",
        "has_touch": touch,
        "java_script_enabled": scripts,
        "timezone_id": zone,
    }
    with ExitStack() as opened:

        def open_desk(name: str = "Ann", *, day: date = DAY) -> EditorAtDesk:
            user = User.objects.create_superuser(name)
            page = opened.enter_context(kept_page(browser, site, **options))
            page.context.set_default_timeout(15_000)
            sign_in(page.context, user, site)
            editor = EditorAtDesk(page, site, day, scripts=scripts)
            opened.callback(editor.leave)
            return editor

        yield open_desk


def sign_in(context: BrowserContext, user: User, site: str) -> None:
    session = make_client(user).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": site}])


def accessible(page: Page, state: str) -> list[tuple[str, str, list[str]]]:
    """What axe-core finds, light and dark."""
    page.wait_for_load_state()  # its styles with it
    return [(state, scheme, found) for scheme in RULES if (found := violations(page, scheme))]


@contextmanager
def running_server(port: int, **variables: str) -> Iterator[int]:
    """The site in processes of its own, on the test's database, with further variables; their group. They are killed at the
    end."""
    database = connection.settings_dict
    url = f"postgres://{database['USER']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    if connection.vendor == "sqlite":
        url = f"sqlite:///{database['NAME']}"
    environment = os.environ | {"DATABASE_URL": url, "SECRET_KEY": settings.SECRET_KEY} | variables
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "web", "--port", str(port)]
    process = subprocess.Popen(command, env=environment, cwd=settings.BASE_DIR, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        with httpx.Client(trust_env=False, timeout=60) as client:
            while True:
                with contextlib.suppress(httpx.TransportError):
                    client.get(f"http://127.0.0.1:{port}/favicon.ico")
                    break
                assert process.poll() is None
                time.sleep(0.05)
        yield process.pid
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
