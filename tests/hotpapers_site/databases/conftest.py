"""Databases with tables, for tests that move and back up."""

from pathlib import Path

import pytest

from hotpapers_site.databases import copying
from hotpapers_site.databases.addresses import configured
from tests.tables import migrated


@pytest.fixture
def tables_by_copy(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new SQLite database gets its tables from a file that has them. Migrated from nothing, which takes seconds, it is in other
    tests here, and in all that processes of their own do."""
    migrate = copying.migrate

    def prepared(url: str = "") -> None:
        path = Path(configured(url)["NAME"]) if url.startswith("sqlite") else None
        if path and not path.exists():
            migrated(path)
        else:
            migrate(url)

    monkeypatch.setattr(copying, "migrate", prepared)
