"""Fixtures that every test may use."""

import contextlib
import gc
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import hypothesis
import pytest
import redis
from django.conf import settings
from django.contrib.contenttypes.management import create_contenttypes
from django.db import connection
from django.db.models.signals import post_migrate
from django.test import Client
from hypothesis import HealthCheck
from playwright.sync_api import Browser
from pytest_django import Settings
from whitenoise.middleware import WhiteNoiseMiddleware

from hotpapers_site.health import broker
from hotpapers_site.queues import QUEUES
from tests.browser.chromium import KeptChromium, chromium_program
from tests.editors import make_client, make_user
from tests.emptying import delete_what_is_there, without_what_is_made_once
from tests.running_product import run_product
from tests.tables import migrated, template

SHARED = Path(os.environ.get("HOTPAPERS_SHARED", settings.BASE_DIR.parent / "shared"))
"""Real posts of the old site, which the project does not copy; tests that need them are skipped where they are absent."""

# No outcome depends on how fast the machine is.
hypothesis.settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis.settings.load_profile("any machine")


gc.disable()


def pytest_collection_finish() -> None:
    """The garbage collector need not look again and again at what was imported and collected, which stays."""
    gc.collect()
    gc.freeze()
    gc.enable()


def absent(reason: str) -> NoReturn:
    """Skip the test for something that a machine cannot have; CI counts that as a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A copy of a database with tables. SQLite's is in a file, as in production: in memory it has no write-ahead log, and its
    writers do not wait for each other."""
    if connection.vendor == "sqlite":
        file = tmp_path_factory.mktemp("database") / "test.sqlite3"
        migrated(file)
        connection.settings_dict["TEST"]["NAME"] = str(file)
    else:
        connection.settings_dict["TEST"]["TEMPLATE"] = template()


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """Whether the test database is there: SQLite's file is."""
    return bool(connection.vendor == "sqlite")


@pytest.fixture(scope="session", autouse=True)
def quickly_emptied() -> Iterator[None]:
    operations = type(connection.ops)
    empty = delete_what_is_there if connection.vendor == "postgresql" else operations.sql_flush
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(operations, "sql_flush", without_what_is_made_once(empty))
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> None:
    """A database with tables. What emptying leaves is not looked for again after each test."""
    post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")
    post_migrate.disconnect(create_contenttypes)


@pytest.fixture(scope="session", autouse=True)
def static_files_found_once() -> Iterator[None]:
    """Each test client has middleware of its own, which would look at each static file anew, as a server does when it starts."""
    find, found = WhiteNoiseMiddleware.add_files_from_finders, dict[Any, dict[str, Any]]()

    def add_found(middleware: Any) -> None:
        how = (
            middleware.static_prefix,
            middleware.max_age,
            middleware.charset,
            *settings.STATICFILES_DIRS,
            *settings.STATICFILES_FINDERS,
        )
        if how not in found:
            served, middleware.files = middleware.files, {}
            find(middleware)
            found[how], middleware.files = middleware.files, served
        middleware.files |= found[how]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", add_found)
        yield


@pytest.fixture(autouse=True)
def x_alone(settings: Settings) -> None:
    """The other networks are on where a test has their stand-ins."""
    settings.NETWORKS = ["x"]


@pytest.fixture(autouse=True)
def quick_passwords(settings: Settings) -> None:
    """To hash a password, or to refuse a wrong one, takes a third of a second as on a real site."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def out_at_once(settings: Settings) -> None:
    """A publication on the desk takes effect at once where a test does not say otherwise."""
    settings.PUBLISH_GRACE_SECONDS = 0


@pytest.fixture(scope="session")
def queues() -> Iterator[redis.Redis]:
    with broker.client() as server:
        yield server


@pytest.fixture(autouse=True)
def no_task_of_another_test(queues: redis.Redis) -> None:
    """The clock stands still in many tests, so what another one left in a queue may seem to wait for hours."""
    with contextlib.suppress(redis.RedisError):
        queues.delete(*QUEUES)


@pytest.fixture(autouse=True)
def no_page_of_another_test(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The page cache looks for changes at each request; then it forgets all, and lets go of the test database."""
    from digests.page_cache import cache as page_cache
    from digests.page_cache.middleware import cache

    monkeypatch.setattr(page_cache, "SURE_FOR_S", 0.0)
    yield
    cache.clear()


@pytest.fixture(scope="session")
def shared() -> Path:
    if not SHARED.is_dir():
        absent(f"no real posts at {SHARED}; set HOTPAPERS_SHARED")
    return SHARED


@pytest.fixture(scope="session")
def archive(shared: Path) -> Path:
    return shared / "archive"


@pytest.fixture(scope="session")
def kept_chromium() -> Iterator[KeptChromium]:
    program = chromium_program()
    if program is None:
        absent("no Chromium on this machine; install the package chromium")
    kept = KeptChromium(program)
    yield kept
    kept.end()


@pytest.fixture(scope="module")
def browser(kept_chromium: KeptChromium) -> Iterator[Browser]:
    with kept_chromium.lent() as lent:
        yield lent


@pytest.fixture
def editor(db: None) -> Client:
    """The browser of an Editor."""
    return make_client(make_user(group="Editor"))


@pytest.fixture
def running_product(db: None) -> None:
    """All processes run and no task waits, as `status` sees it."""
    run_product()
