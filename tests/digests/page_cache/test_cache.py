"""What is held, and for how long."""

import time
from collections.abc import Collection
from itertools import count

import pytest
from django.db import DatabaseError

from digests.page_cache import cache as page_cache
from digests.page_cache.cache import Key, PageCache
from digests.page_cache.finished import AROUND, Page

UNIT = 16 * 1024
"""Bytes."""
numbers = count()


class FakeWatch:
    """Tells what the test says."""

    def __init__(self) -> None:
        self.told: set[str] = set()
        self.is_broken = False

    def changes(self) -> Collection[str]:
        if self.is_broken:
            raise DatabaseError
        told, self.told = self.told, set()
        return told

    def close(self) -> None:
        pass


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> FakeWatch:
    made = FakeWatch()
    monkeypatch.setattr(page_cache, "watch", lambda: made)
    return made


@pytest.fixture
def cache(watch: FakeWatch) -> PageCache:
    return PageCache(1024 * UNIT)


def key(path: str, query: str = "") -> Key:
    return "http", path, query


def a_page(*subjects: str, size: int = UNIT) -> Page:
    """A page that takes so many bytes with its address; one that does not tell its subjects where none are given."""
    around = AROUND + 100 * len(subjects) + 64  # 64: for its address
    body = next(numbers).to_bytes((size - around) // 2)
    return Page(frozenset(subjects) or None, body, [], "tag", 0, expires_at=float("inf"))


def held(cache: PageCache, *keys: Key) -> list[str]:
    return [one[1] for one in keys if cache.get(one)]


def put(cache: PageCache, where: Key, page: Page) -> None:
    cache.get(where)
    cache.put(where, page, cache.moment)


def test_change_drops_the_pages_that_show_it_and_those_that_do_not_tell(cache: PageCache, watch: FakeWatch) -> None:
    keys = [key("/digest"), key("/paper"), key("/untold"), key("/untold", "?q")]
    for where, page in zip(keys, [a_page("digest:1", "paper:1"), a_page("paper:2"), a_page(), a_page()], strict=True):
        put(cache, where, page)
    assert held(cache, *keys) == ["/digest", "/paper", "/untold", "/untold"]

    watch.told = {"paper:1"}
    assert held(cache, *keys) == ["/paper"]
    watch.told = {"*"}
    assert held(cache, *keys) == []


@pytest.mark.parametrize(("changed", "is_kept"), [("paper:1", False), ("*", False), ("paper:2", True)])
def test_page_that_changed_while_it_was_made_is_not_held(cache: PageCache, watch: FakeWatch, changed: str, is_kept: bool) -> None:
    cache.get(key("/a"))
    began = cache.moment
    watch.told = {changed}
    cache.get(key("/b"))  # another thread hears of it
    cache.put(key("/a"), a_page("paper:1"), began)
    assert held(cache, key("/a")) == ["/a"] * is_kept


def test_page_that_tells_no_subjects_is_not_held_after_any_change(cache: PageCache, watch: FakeWatch) -> None:
    cache.get(key("/a"))
    began = cache.moment
    watch.told = {"day:2026-11-24"}
    cache.put(key("/a"), a_page(), began)
    assert held(cache, key("/a")) == []


def test_nothing_is_held_or_answered_without_a_watch(cache: PageCache, watch: FakeWatch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_cache, "RETRY_S", 0.0)
    put(cache, key("/a"), a_page("paper:1"))
    watch.is_broken = True
    assert cache.get(key("/a")) is None
    put(cache, key("/a"), a_page("paper:1"))
    assert cache.get(key("/a")) is None
    watch.is_broken = False
    put(cache, key("/a"), a_page("paper:1"))
    assert held(cache, key("/a")) == ["/a"]


def test_page_is_out_of_date_however_long_ago_it_changed(cache: PageCache, watch: FakeWatch) -> None:
    keys = [key("/changed"), key("/unchanged")]
    put(cache, keys[0], a_page("paper:1"))
    put(cache, keys[1], a_page("paper:2"))
    for subject in ("paper:1", "paper:3", "paper:4"):
        watch.told = {subject}
        cache.get(key("/other"))
    assert held(cache, *keys) == ["/unchanged"]
    put(cache, keys[0], a_page("paper:1"))
    assert held(cache, *keys) == ["/changed", "/unchanged"]


def test_number_of_changes_that_are_remembered_is_bounded(
    cache: PageCache, watch: FakeWatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_cache, "MOST_CHANGED", 10)
    keys = [key("/changed"), key("/unchanged"), key("/untold"), key("/being-made")]
    for where, page in zip(keys, [a_page("paper:1"), a_page("paper:2"), a_page()], strict=False):
        put(cache, where, page)
    watch.told = {"paper:1"}
    cache.get(key("/other"))
    began = cache.moment
    watch.told = {"paper:3"}
    cache.get(key("/other"))
    watch.told = {f"day:{n}" for n in range(11)}
    cache.get(key("/other"))
    assert len(cache._changed_at) == 0
    cache.put(keys[3], a_page("paper:3"), began)
    assert held(cache, *keys) == ["/unchanged"]


def test_page_made_while_the_watch_was_opened_is_not_held(cache: PageCache) -> None:
    began = cache.moment
    cache.get(key("/other"))  # opens it
    cache.put(key("/a"), a_page("paper:1"), began)
    assert held(cache, key("/a")) == []


def test_room_is_bounded_and_the_page_least_used_goes_first(watch: FakeWatch) -> None:
    cache = PageCache(64 * UNIT)  # 56 KiB of them for addresses without a query
    keys = [key(f"/{n}") for n in range(20)]
    for where in keys:
        put(cache, where, a_page("paper:1", size=3 * UNIT))
        cache.get(keys[0])
    assert held(cache, *keys) == ["/0", *(f"/{n}" for n in range(3, 20))]


def test_invented_queries_do_not_drive_pages_out(cache: PageCache) -> None:
    put(cache, key("/"), a_page("paper:1"))
    queries = [key("/", f"q={n}") for n in range(300)]
    for where in queries:
        put(cache, where, a_page("paper:1"))
    assert held(cache, key("/")) == ["/"]
    assert len(held(cache, *queries)) == 128


@pytest.mark.parametrize(("path", "size"), [("/" + "x" * 1000, UNIT), ("/large", 100 * UNIT)])
def test_what_is_too_large_is_not_held(cache: PageCache, path: str, size: int) -> None:
    put(cache, key(path), a_page("paper:1", size=size))
    assert held(cache, key(path)) == []


def test_page_is_made_anew_after_its_time(cache: PageCache) -> None:
    page = a_page("paper:1")
    old = Page(page.subjects, page.body, [], "tag", 0, expires_at=0.0)
    put(cache, key("/a"), old)
    assert held(cache, key("/a")) == []


def test_cache_without_room_holds_nothing(watch: FakeWatch) -> None:
    cache = PageCache(0)
    put(cache, key("/a"), a_page("paper:1"))
    assert held(cache, key("/a")) == []


def test_nobody_asks_twice_in_two_milliseconds_what_changed(
    cache: PageCache, watch: FakeWatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    monkeypatch.setattr(page_cache, "SURE_FOR_S", 0.002)
    put(cache, key("/"), a_page("digest:1"))
    now[0] += 0.01
    assert held(cache, key("/")) == ["/"]
    watch.told = {"digest:1"}
    now[0] += 0.0015
    assert held(cache, key("/")) == ["/"]
    now[0] += 0.001
    assert held(cache, key("/")) == []


def test_kept_pages_answer_while_the_database_is_away_and_no_longer(
    cache: PageCache, watch: FakeWatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    put(cache, key("/a"), a_page("paper:1"))
    put(cache, key("/a", "q"), a_page("paper:1"))
    assert cache.kept(key("/a")) is None
    watch.is_broken = True
    now[0] += 1
    assert cache.get(key("/a")) is None
    assert cache.kept(key("/a")) is None  # nobody said yet that the database is away
    cache.database_failed()
    assert [bool(cache.kept(where)) for where in (key("/a"), key("/a", "q"), key("/b"))] == [True, True, False]
    now[0] += 5
    assert cache.kept(key("/a")) is None  # somebody has to ask again
    cache.database_failed()
    assert cache.kept(key("/a"))
    watch.is_broken = False
    assert cache.get(key("/a")) is None  # what changed meanwhile is not known
    assert cache.kept(key("/a")) is None


def test_kept_pages_are_those_of_the_moment_when_the_database_went_away(cache: PageCache, watch: FakeWatch) -> None:
    put(cache, key("/withdrawn"), a_page("digest:1"))
    put(cache, key("/stays"), a_page("digest:2"))
    watch.told = {"digest:1"}
    assert held(cache, key("/withdrawn")) == []
    watch.is_broken = True
    cache.database_failed()
    assert cache.kept(key("/withdrawn")) is None
    assert cache.kept(key("/stays"))
    cache.clear()
    assert cache.kept(key("/stays")) is None
