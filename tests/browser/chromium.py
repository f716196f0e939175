"""A real Chromium for tests; use the `browser` fixture of tests/conftest.py."""

import asyncio
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The first is the same engine without a browser's own windows: a test costs two thirds of the processor time."""

NOT_OPTIMIZED = "--js-flags=--no-opt,--no-maglev"
"""Code of pages that live for seconds: to optimize it takes more processor time than it saves, a tenth of axe-core's."""


def chromium_program() -> str | None:
    """The path of the machine's Chromium, if it has one."""
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


class KeptChromium:
    """A Chromium that one module of tests after the other borrows: it starts with the first one, and again if it has died."""

    def __init__(self, program: str) -> None:
        self._program = program
        self._started = ExitStack()
        self._playwright: Playwright | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._browser: Browser | None = None

    @contextmanager
    def lent(self) -> Iterator[Browser]:
        # Playwright's synchronous API keeps an event loop running in this thread, where Django would refuse the database.
        # Between the modules nobody sees that loop.
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
            asyncio._set_running_loop(self._loop)
            try:
                browser = self._running()
                yield browser
                for context in browser.contexts:
                    context.close()
            finally:
                self._loop = asyncio._get_running_loop()
                asyncio._set_running_loop(None)

    def _running(self) -> Browser:
        if self._playwright is None:
            self._playwright = self._started.enter_context(sync_playwright())
        if self._browser is None or not self._browser.is_connected():
            # Root may only run it without its sandbox.
            arguments = ["--site-per-process", NOT_OPTIMIZED, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
            self._browser = self._playwright.chromium.launch(executable_path=self._program, args=arguments)
            self._started.callback(self._browser.close)
        return self._browser

    def end(self) -> None:
        asyncio._set_running_loop(self._loop)
        self._started.close()
        asyncio._set_running_loop(None)


@contextmanager
def chromium(program: str) -> Iterator[Browser]:
    """Chromium without a window."""
    kept = KeptChromium(program)
    try:
        with kept.lent() as browser:
            yield browser
    finally:
        kept.end()
