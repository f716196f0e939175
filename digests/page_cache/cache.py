"""The finished pages that a process holds, each until something on it changes, it grows old, or room is needed."""

import threading
import time
from collections import OrderedDict
from contextlib import suppress

from digests.page_cache.finished import Page
from digests.page_cache.subjects import EVERYTHING, widened
from digests.page_cache.watching import ERRORS, Watch, watch

Key = tuple[str, str, str]
"""Scheme, path, query."""

SHARE_OF_QUERIES = 8
"""The share of the room for addresses with a query, so that invented queries cannot drive out the other pages."""
LARGEST_SHARE = 16
"""No page takes more than this share of the room for pages."""
LONGEST_ADDRESS = 1000
MOST_CHANGED = 10_000
"""Subjects whose last change is remembered; then all pages are compared with it, and it is forgotten."""
RETRY_S = 1.0
AWAY_FOR_S = 5.0
"""After an answer that the database is away nobody asks it for a page that is kept: to learn it takes seconds each time where the
server's machine is gone without a word."""
SURE_FOR_S = 0.002
"""For this many seconds nobody asks again what changed: asking releases Python's lock, for which the other threads then queue.
"""


class BoundedPages:
    """Pages up to a number of bytes; the least recently used goes first."""

    def __init__(self, room: int) -> None:
        self._room, self._taken = room, 0
        self._pages: OrderedDict[Key, Page] = OrderedDict()

    def get(self, key: Key) -> Page | None:
        """Needs no lock: each step is atomic in Python."""
        page = self._pages.get(key)
        if page is None or page.expires_at < time.monotonic():
            return None
        with suppress(KeyError):  # another thread has just removed it
            self._pages.move_to_end(key)
        return page

    def put(self, key: Key, page: Page) -> None:
        self.remove(key)
        if page.size * LARGEST_SHARE > self._room:
            return
        self._pages[key] = page
        self._taken += size_of(key, page)
        while self._taken > self._room:
            self.remove(next(iter(self._pages)))

    def remove(self, key: Key) -> None:
        if page := self._pages.pop(key, None):
            self._taken -= size_of(key, page)

    def all(self) -> list[tuple[Key, Page]]:
        return list(self._pages.items())


def size_of(key: Key, page: Page) -> int:
    """The most bytes that the page and its address take."""
    return page.size + 4 * sum(map(len, key))


class PageCache:
    """Pages, and the watch that tells what changed. Without a watch it answers with none, so no page is ever out of date.

    Whenever changes are heard, `moment` moves on by one. Each subject has the moment of its last change, each page the last
    moment at which it was right; a page with a subject that changed later is out of date. Pages are compared when somebody
    asks for them, so a change costs the same however many pages are held.
    """

    def __init__(self, room: int) -> None:
        """`room` in bytes; 0 for no cache."""
        self._room = room
        self._lock = threading.Lock()
        self._with_query, self._without = BoundedPages(room // SHARE_OF_QUERIES), BoundedPages(room - room // SHARE_OF_QUERIES)
        self.moment = 0
        self._changed_at: dict[str, int] = {}
        self._known_since = 0
        """The moment up to which nobody knows any more what changed: pages that were right only before it are out of date."""
        self._watch: Watch | None = None
        self._retry_at = self._sure_until = self._away_until = 0.0

    def get(self, key: Key, *, wait: bool = True) -> Page | None:
        """The page as it is at this moment. Without `wait`, None if another thread is busy here or the database must be reached
        first: for the event loop, which nothing may block."""
        if not self._room:
            return None
        if time.monotonic() >= self._sure_until:
            if not self._lock.acquire(blocking=wait):
                return None
            try:
                if wait or self._watch:
                    self._catch_up()
            finally:
                self._lock.release()
        return self._right(key) if self._watch else None

    def put(self, key: Key, page: Page, began: int) -> None:
        """Hold the page, whose making began at this moment, unless something on it changed since."""
        if not self._room or sum(map(len, key)) > LONGEST_ADDRESS:
            return
        page.right_at = began
        with self._lock:
            self._catch_up()
            if self._watch and self._is_right(page):
                self._pages_for(key).put(key, page)

    def kept(self, key: Key) -> Page | None:
        """The page as it was when the database was last heard of, if that has just failed to answer. Such a page may be out of
        date, but nothing newer can be had."""
        return self._right(key) if time.monotonic() < self._away_until else None

    def database_failed(self) -> None:
        """A page could not be made, because the database is away."""
        self._away_until = time.monotonic() + AWAY_FOR_S

    def clear(self) -> None:
        """Forget all pages and close the watch; the next page opens it again."""
        with self._lock:
            self._close()
            self._forget()
            self._retry_at = self._away_until = 0.0

    def _pages_for(self, key: Key) -> BoundedPages:
        return self._with_query if key[-1] else self._without

    def _right(self, key: Key) -> Page | None:
        page = self._pages_for(key).get(key)
        return page if page and self._is_right(page) else None

    def _is_right(self, page: Page) -> bool:
        """Whether nothing on the page is known to have changed. Needs no lock: what is asked first is written last."""
        moment, changed_at = self.moment, self._changed_at
        if page.right_at == moment:
            return True
        if page.right_at < self._known_since or page.subjects is None:
            return False
        if any(changed_at.get(subject, 0) > page.right_at for subject in page.subjects):
            return False
        page.right_at = moment
        return True

    def _catch_up(self) -> None:
        now = time.monotonic()
        if self._watch is None:
            self._open(now)
        elif now >= self._sure_until:
            try:
                changed = widened(self._watch.changes())
            except ERRORS:
                self._close()
                return
            if EVERYTHING in changed:
                self._close()  # the triggers may be gone
                self._forget()
                return
            if changed:
                self._changed_at.update(dict.fromkeys(changed, self.moment + 1))
                self.moment += 1
            if len(self._changed_at) > MOST_CHANGED:
                self._compare_all()
            self._sure_until = now + SURE_FOR_S  # only now: whoever comes in between waits

    def _open(self, now: float) -> None:
        if now >= self._retry_at:
            opened = watch()
            self._retry_at = time.monotonic() + RETRY_S
            if opened:
                self._forget()  # what changed before is not known
                self._watch = opened

    def _close(self) -> None:
        self._sure_until = 0.0
        if self._watch:
            self._watch.close()
            self._watch = None

    def _forget(self) -> None:
        """From now on all pages are out of date, also those that are being made."""
        self._known_since = self.moment + 1
        self.moment += 1
        self._compare_all()

    def _compare_all(self) -> None:
        """Remove the pages that are out of date, and forget what changed."""
        for pages in (self._with_query, self._without):
            for key, page in pages.all():
                if not self._is_right(page):
                    pages.remove(key)
        self._known_since = self.moment
        self._changed_at = {}
