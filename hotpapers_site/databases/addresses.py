"""Django's settings of a database, from its address."""

from typing import Any

import environ


def configured(url: str) -> dict[str, Any]:
    """The settings for `sqlite:///path`, `postgres://user:password@host/name` , checked by `values.DATABASE`."""
    database: dict[str, Any] = environ.Env.db_url_config(url)
    if database["ENGINE"].endswith("sqlite3"):
        # Readers never wait for a writer; a writer takes its lock at once instead of failing half-way. 32 MB of pages are kept
        # in memory, and the log goes into the database every 16 MB: imports write each page many times over.
        database["OPTIONS"] = {
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-32000; "
            "PRAGMA wal_autocheckpoint=4000;",
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
        }
    else:
        database["CONN_HEALTH_CHECKS"] = True
    return database
