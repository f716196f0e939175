"""Django's settings of a database, from its address."""

from typing import Any

import environ

NOTICE = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,
}
"""Seconds, and milliseconds for the last one; of libpq."""


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
        # A server that is gone without a word is noticed within half a minute, and not after the kernel's hours; options of the
        # address come first.
        database["OPTIONS"] = NOTICE | database.get("OPTIONS", {})
    return database
