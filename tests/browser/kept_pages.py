"""Pages that one test after the other works in, emptied between them.

The first page in a new context costs a quarter of a second of processor time more: all scripts and styles are asked for and read anew.
"""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Error, Page

WITHOUT_SERVICE_WORKER = "delete Navigator.prototype.serviceWorker"
"""A script for pages of tests that are not about reading offline: the service worker of the readers' pages asks for all files of the
site, and each later request goes through it."""
RESTING = "/static/admin/js/vendor/jquery/LICENSE.txt"
"""Where a page rests between tests, in the browser's cache: for a page elsewhere, Chromium would begin a process anew, and where a
route answers it lets go of all scripts and styles that it has read."""
_unused = defaultdict[str, list[Page]](list)


@contextmanager
def kept_page(browser: Browser, site: str, **options: Any) -> Iterator[Page]:
    """A page of a context with these options and without a service worker, as good as new but for the static files that it has.
    What listens to it must be taken off it again; who gives it or its context further scripts or routes closes it.
    """
    options = {"viewport": {"width": 1280, "height": 720}, "color_scheme": "light"} | options
    kept = _unused[repr((site, options))]
    while kept and kept[-1].is_closed():  # with its module's Chromium
        kept.pop()
    if kept:
        page = kept.pop()
    else:
        page = browser.new_context(**options).new_page()
        page.context.add_init_script(WITHOUT_SERVICE_WORKER)
        page.goto(site + RESTING)
    yield page
    if page.is_closed():  # by its test, or because it crashed
        page.context.close()
        return
    try:
        _empty(page, site, **options)
    except Error:  # the site was a server of the test's own, which is gone
        page.context.close()
    else:
        kept.append(page)


def _empty(page: Page, site: str, *, viewport: Any, color_scheme: Any, **_: Any) -> None:
    context = page.context
    for other in context.pages:
        if other != page:
            other.close()
    page.unroute_all(behavior="ignoreErrors")
    context.set_offline(True)  # nothing that waits is sent to the next test
    page.goto(site + RESTING)
    page.mouse.move(-1, -1)
    page.set_viewport_size(viewport)
    page.emulate_media(media="null", color_scheme=color_scheme)
    storage = context.new_cdp_session(page)
    storage.send("Storage.clearDataForOrigin", {"origin": site, "storageTypes": "all"})
    storage.detach()
    context.clear_cookies()
    context.set_offline(False)
