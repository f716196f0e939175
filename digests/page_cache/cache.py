"""The finished pages that a process holds, each until something on it changes, it grows old, or room is needed."""

import threading
import time
from collections import OrderedDict
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from digests.page_cache.finished import Page
from digests.page_cache.triggers import EVERYTHING, widened
from digests.page_cache.watching import ERRORS, Watch, watch

Key = tuple[str, str, str]
"""Scheme, path, query."""

SHARE_OF_QUERIES = 8
"""The share of the room for addresses with a query, so that invented queries cannot drive out the other pages."""
LARGEST_SHARE = 16
"""No page takes more than this share of a shelf."""
LONGEST_ADDRESS = 1000
UNKNOWN = "unknown"
"""Stands for the subjects of pages that do not name any: every change concerns them."""
RETRY_S = 1.0
AWAY_FOR_S = 5.0
"""After an answer that the database is away nobody asks it for a page that is kept: to learn it takes seconds each time where the
server's machine is gone without a word."""
SURE_FOR_S = 0.002
"""For this many seconds nobody asks again what changed: asking releases Python's lock, for which the other threads then queue.
"""


@dataclass(eq=False, slots=True)
class Rendering:
    """A page that is being made."""

    changed: set[str] = field(default_factory=set)
    """The subjects that changed since the rendering began."""


class Shelf:
    """Pages up to a number of bytes; the least recently used goes first."""

    def __init__(self, room: int) -> None:
        self._room, self._taken = room, 0
        self._pages: OrderedDict[Key, Page] = OrderedDict()
        self._showing: dict[str, set[Key]] = {}

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
        for subject in page.subjects or {UNKNOWN}:
            self._showing.setdefault(subject, set()).add(key)
        while self._taken > self._room:
            self.remove(next(iter(self._pages)))

    def remove(self, key: Key) -> None:
        if page := self._pages.pop(key, None):
            self._taken -= size_of(key, page)
            for subject in page.subjects or {UNKNOWN}:
                self._showing[subject].discard(key)
                if not self._showing[subject]:
                    del self._showing[subject]

    def remove_showing(self, subjects: Collection[str]) -> None:
        for subject in (UNKNOWN, *subjects):
            for key in list(self._showing.get(subject, ())):
                self.remove(key)

    def clear(self) -> None:
        self._pages.clear()
        self._showing.clear()
        self._taken = 0


def size_of(key: Key, page: Page) -> int:
    """The most bytes that the page and its address take."""
    return page.size + 4 * sum(map(len, key))


class PageCache:
    """Pages, and the watch that tells what changed. Without a watch it holds nothing, so no page is ever out of date."""

    def __init__(self, room: int) -> None:
        """`room` in bytes; 0 for no cache."""
        self._room = room
        self._lock = threading.Lock()
        self._with_query, self._without = self._shelves()
        self._kept = self._shelves()
        """Those from before the database went away; empty while it is watched."""
        self._away_until = 0.0
        self._renderings: set[Rendering] = set()
        self._watch: Watch | None = None
        self._retry_at = self._sure_until = 0.0

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
        return self._shelf(key).get(key)

    @contextmanager
    def rendering(self) -> Iterator[Rendering]:
        """While the block runs, a page is made from the database; what changes meanwhile is noted."""
        rendering = Rendering()
        with self._lock:
            self._renderings.add(rendering)
        try:
            yield rendering
        finally:
            with self._lock:
                self._renderings.discard(rendering)

    def put(self, key: Key, page: Page, rendering: Rendering) -> None:
        """Hold the page, unless something on it changed while it was made."""
        if not self._room or sum(map(len, key)) > LONGEST_ADDRESS:
            return
        with self._lock:
            self._catch_up()
            changed = rendering.changed
            is_outdated = EVERYTHING in changed or (changed if page.subjects is None else changed & page.subjects)
            if self._watch and not is_outdated:
                self._shelf(key).put(key, page)

    def kept(self, key: Key) -> Page | None:
        """The page as it was when the database was last heard of, if that has just failed to answer. Such a page may be out of
        date, but nothing newer can be had."""
        if time.monotonic() >= self._away_until:
            return None
        with_query, without = self._kept
        return (with_query if key[-1] else without).get(key)

    def database_failed(self) -> None:
        """A page could not be made, because the database is away."""
        self._away_until = time.monotonic() + AWAY_FOR_S
        if self._lock.acquire(blocking=False):  # whoever has it finds out by itself
            try:
                if self._watch:
                    self._catch_up()
            finally:
                self._lock.release()

    def clear(self) -> None:
        """Forget all pages and close the watch; the next page opens it again."""
        with self._lock:
            self._forget()
            self._kept = self._shelves()
            self._retry_at = self._away_until = 0.0

    def _shelves(self) -> tuple[Shelf, Shelf]:
        """For addresses with a query, and for those without."""
        return Shelf(self._room // SHARE_OF_QUERIES), Shelf(self._room - self._room // SHARE_OF_QUERIES)

    def _shelf(self, key: Key) -> Shelf:
        return self._with_query if key[-1] else self._without

    def _catch_up(self) -> None:
        if self._watch is None:
            self._open()
            return
        now = time.monotonic()
        if now < self._sure_until:
            return
        try:
            changed = widened(self._watch.changes())
        except ERRORS:
            self._kept = self._with_query, self._without
            self._with_query, self._without = self._shelves()
            self._forget()  # what changed meanwhile is not known
            return
        for rendering in self._renderings:
            rendering.changed.update(changed)
        if EVERYTHING in changed:
            self._forget()
        else:
            if changed:
                self._with_query.remove_showing(changed)
                self._without.remove_showing(changed)
            self._sure_until = now + SURE_FOR_S  # only now: whoever comes in between waits

    def _open(self) -> None:
        if time.monotonic() >= self._retry_at:
            self._watch = watch()
            self._retry_at = time.monotonic() + RETRY_S
            if self._watch:
                self._kept = self._shelves()
            for rendering in self._renderings:  # they began unwatched
                rendering.changed.add(EVERYTHING)

    def _forget(self) -> None:
        self._sure_until = 0.0
        self._with_query.clear()
        self._without.clear()
        for rendering in self._renderings:
            rendering.changed.add(EVERYTHING)
        if self._watch:
            self._watch.close()
            self._watch = None
