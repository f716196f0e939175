"""Databases with tables, for tests that move and back up."""

from pathlib import Path

import pytest

from hotpapers_site.databases import copying
from hotpapers_site.databases.addresses import configured
from tests.tables import migrated


@pytest.fixture
def tables_by_copy(monkeypatch: pytest.MonkeyPatch) -> None:
    """A SQLite database without tables gets them from a file that has them. Migrated from nothing, which takes seconds, it is in
    other tests here, and in all that processes of their own do."""
    migrate = copying.migrate

    def prepared(url: str = "") -> None:
        if not url.startswith("sqlite"):
            migrate(url)
            return
        with copying.opened(url, "looked_at") as database:
            has_tables = bool(database.introspection.table_names())
        if not has_tables:
            migrated(Path(configured(url)["NAME"]))

    monkeypatch.setattr(copying, "migrate", prepared)
