"""Which tests run on which database, in which order, and which of them twice if they must; a plugin that pyproject.toml names.

SQLite runs all of them. PostgreSQL runs those whose outcome may differ there, and with `--everything` each that uses a database.
"""

from collections import defaultdict
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

DEPEND_ON_THE_DATABASE = (
    "tests/digests/editing",
    "tests/digests/page_cache",
    "tests/digests/publishing",
    "tests/digests/reader/lists",
    "tests/digests/reader/test_related.py",
    "tests/hotpapers_site/accounts/test_keys.py",
    "tests/hotpapers_site/accounts/test_keys_refused.py",
    "tests/hotpapers_site/health",
    "tests/hotpapers_site/test_leases.py",
    "tests/papers/access",
    "tests/papers/admin/test_admin_lists.py",
    "tests/papers/collecting/test_days.py",
    "tests/papers/collecting/test_open_networks.py",
    "tests/papers/collecting/test_versions.py",
    "tests/papers/counts",
    "tests/papers/rendered",
    "tests/papers/search",
    "tests/papers/test_rows.py",
    "tests/papers/test_triggers.py",
)
"""Folders and files: search, the page cache, lists, measuring, rows, locks, constraints, migrations, history. So does every test
whose transactions are real (`django_db(transaction=True)`: several connections, or triggers), but those in the browser."""
DEPEND_ON_NONE = ("tests/digests/publishing/test_published_stays.py",)
"""What stands in those folders, but tries every form, action and command on one list, where no outcome is the database's."""
TRIED_AGAIN = ("browser", "slow")
START_PROGRAMS = (
    "tests/digests/mirror",
    "tests/digests/page_cache/test_other_process.py",
    "tests/hotpapers_site/databases",
    "tests/hotpapers_site/serving",
    "tests/hotpapers_site/test_queues.py",
    "tests/hotpapers_site/test_settings.py",
    "tests/papers/collecting/test_following_processes.py",
    "tests/papers/sources/test_gate.py",
)
"""Tests with these markers, or in these places, watch a real browser or real programs at work, of which this process controls no step.
When one fails it is tried once more, and the summary shows its failure (`RERUN`). All others have one try."""
SLOW_S, BROWSER_S, OTHER_S = 5.0, 2.0, 0.1
"""What a test is taken to last where its marker does not say it."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--everything", action="store_true", help="on PostgreSQL too, run each test that uses a database")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Choose the tests, and put the files that last longest first: a long one that begins last keeps one processor waiting."""
    if connection.vendor == "postgresql":
        chosen = [item for item in items if _belongs_on_postgresql(item, everything=config.getoption("everything"))]
        config.hook.pytest_deselected(items=[item for item in items if item not in set(chosen)])
        items[:] = chosen
    lasts = defaultdict[Path, float](float)
    for item in items:
        lasts[item.path] += _seconds(item)
        if any(item.get_closest_marker(name) for name in TRIED_AGAIN) or _is_in(item, START_PROGRAMS):
            item.add_marker(pytest.mark.flaky(reruns=1))
    items.sort(key=lambda item: -lasts[item.path])


def _belongs_on_postgresql(item: pytest.Item, *, everything: bool) -> bool:
    used, own = item.get_closest_marker("django_db"), item.get_closest_marker("own_database")
    if everything or not (used or own):
        return bool(used or own)
    if _is_in(item, DEPEND_ON_THE_DATABASE) and not _is_in(item, DEPEND_ON_NONE):
        return True
    return bool(used and used.kwargs.get("transaction") and not item.get_closest_marker("browser"))


def _is_in(item: pytest.Item, places: tuple[str, ...]) -> bool:
    path = item.path.relative_to(settings.BASE_DIR)
    return any(path.is_relative_to(place) for place in places)


def _seconds(item: pytest.Item) -> float:
    if slow := item.get_closest_marker("slow"):
        return float(slow.kwargs.get("seconds", SLOW_S))
    return BROWSER_S if item.get_closest_marker("browser") else OTHER_S
