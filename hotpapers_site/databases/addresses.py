"""Django's settings for a database, made from its address."""

import ipaddress
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import environ

NOTICE = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,
}
"""Options of libpq; in seconds, the last one in milliseconds."""

OF_DJANGO = ("server_side_binding", "assume_role")
"""Options of an address that are not libpq's."""


NOWHERE = "/nonexistent"
"""A folder without a socket: libpq reads all options before it looks there."""
HOST = r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,252}[A-Za-z0-9_.])?"
SQLITE_BEGINS = b"SQLite format 3\0"
"""The first bytes of every file that is not empty (https://www.sqlite.org/fileformat.html)."""


class Unsafe(ValueError):
    """Well-formed, but nobody can or should run a site with it. The text says what is expected instead."""


def database_host(given: str) -> str:
    """Return the name or the address of a server, an IPv6 address without brackets. Raises ValueError."""
    if ":" in given:
        return str(ipaddress.IPv6Address(given))
    if not re.fullmatch(HOST, given):
        raise ValueError(given)
    return given


def servers(url: str) -> list[tuple[str, int | None]]:
    """Return host and port of each server in `postgres://user@first:5432,second:5432/name`. Raises ValueError."""
    places = urlsplit(url).netloc.rpartition("@")[2].split(",")
    found = [(database_host(parts.hostname or ""), parts.port) for parts in (urlsplit(f"//{place}") for place in places)]
    ports = [port for _, port in found]
    if 0 in ports or (None in ports and set(ports) != {None}):
        raise ValueError(url)
    return found


def database_address(given: str) -> str:
    """Return the address, if it is one that `configured` takes. Raises ValueError, and OSError for a file that cannot be read."""
    parts = urlsplit(given)
    if (
        not re.fullmatch("[!-~]+", given)
        or "%00" in given
        or parts.fragment
        or parts.scheme not in ("postgres", "postgresql", "sqlite")
    ):
        raise ValueError(given)
    if parts.scheme == "sqlite":
        if parts.netloc or parts.query:
            raise ValueError(given)
        file = Path(environ.Env.db_url_config(given)["NAME"])
        if file.name in ("", ":memory:"):
            raise ValueError(given)
        if not (folder := file.absolute().parent).is_dir():
            raise Unsafe(f"a file in a folder that exists ({folder} does not)")
        if file.exists():
            with file.open("rb") as there:
                if there.read(len(SQLITE_BEGINS)) not in (b"", SQLITE_BEGINS):
                    raise Unsafe(f"an SQLite database, or a new file ({file} is something else)")
        return given
    servers(given)
    if not re.fullmatch("/[^/]+/?", parts.path):
        raise ValueError(given)
    options = environ.Env.db_url_config(given).get("OPTIONS", {})
    expect_known({name: value for name, value in options.items() if name not in OF_DJANGO})
    return given


def file_address(file: Path) -> str:
    """Return the address of an SQLite database, whatever signs are in the file's path."""
    return f"sqlite:///{quote(str(file))}"


def expect_known(options: dict[str, Any]) -> None:
    """Raise ValueError unless libpq has these options and takes these values."""
    import psycopg  # on SQLite no program needs to load it
    from psycopg.conninfo import make_conninfo, timeout_from_conninfo
    from psycopg.pq import PGconn

    try:
        timeout_from_conninfo(options)
        tried = PGconn.connect(make_conninfo(**options | {"host": NOWHERE}).encode())
    except psycopg.Error as error:
        raise ValueError(str(error)) from error
    if NOWHERE.encode() not in tried.error_message:
        raise ValueError(tried.error_message.decode(errors="replace"))


def configured(url: str) -> dict[str, Any]:
    """Return the settings for `sqlite:///path` or `postgres://user:password@host/name`, which `values.DATABASE` has checked."""
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
        if len(all_servers := servers(url)) > 1:  # the one that takes writes, whichever it is by now
            database["HOST"] = ",".join(host for host, _ in all_servers)
            database["PORT"] = ",".join(str(port) for _, port in all_servers if port)
            database["OPTIONS"].setdefault("target_session_attrs", "read-write")
    return database
