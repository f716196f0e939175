"""What a setting's variable may hold: functions that take its text and return its value, or raise ValueError."""

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Generic, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import redis

from hotpapers_site.databases.addresses import Unsafe as Unsafe
from hotpapers_site.databases.addresses import database_address, database_host
from papers.networks.bluesky.posts import HANDLE as BLUESKY_HANDLE
from papers.networks.registry import KINDS
from papers.text.taxonomy import ARCHIVES, NAMES, in_arxivs_capitals

Value = TypeVar("Value")
NETWORK_NAMES = tuple(KINDS)
BLUESKY_STREAMS = [
    f"wss://jetstream{name}.bsky.network" for name in ("2.us-east", "1.us-west", "1.us-east", "2.us-west", ".us-east")
]
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
SHORTEST_KEY = 32
PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Kind(Generic[Value]):
    """A kind of value."""

    parse: Callable[[str], Value]
    """Read the text. Raises ValueError or OSError."""
    expected: str
    """In words, after "expected"."""
    example: str
    is_secret: bool = False
    """Never shown, not even if it is wrong."""
    differs: bool = False
    """Whether each setting of this kind has an example of its own: its default."""


FastClock = tuple[datetime, datetime, float]
"""The real moment at which it began, what it showed then, and how many times faster than a real clock it runs."""


def matching(pattern: str) -> Callable[[str], str]:
    def parse(given: str) -> str:
        if not re.fullmatch(pattern, given):
            raise ValueError(given)
        return given

    return parse


def whole_number(least: int, most: int) -> Callable[[str], int]:
    def parse(given: str) -> int:
        if not re.fullmatch("[0-9]{1,12}", given) or not least <= int(given) <= most:
            raise ValueError(given)
        return int(given)

    return parse


def number(least: float, most: float) -> Callable[[str], float]:
    def parse(given: str) -> float:
        # repr() of a very small one, as the sandbox passes it on, has an exponent.
        if not re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,20})?(e-[0-9]{1,2})?", given) or not least <= float(given) <= most:
            raise ValueError(given)
        return float(given)

    return parse


def flag(given: str) -> bool:
    for value, words in ((True, ("true", "yes", "on", "1")), (False, ("false", "no", "off", "0"))):
        if given.lower() in words:
            return value
    raise ValueError(given)


def level(given: str) -> str:
    return one_of(given.upper(), LEVELS)


def one_of(given: str, allowed: tuple[str, ...]) -> str:
    if given not in allowed:
        raise ValueError(given)
    return given


def time_of_day(given: str) -> time:
    return time.fromisoformat(matching("[0-9]{2}:[0-9]{2}")(given))


def time_zone(given: str) -> str:
    """Read a name, but none of the copies beside the names: `right/` counts leap seconds, as nothing else does."""
    ZoneInfo(matching(r"(?!right/|posix)[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*")(given))
    return given


def items(parse: Callable[[str], str]) -> Callable[[str], list[str]]:
    """Read a list with commas. A list that only has commas is refused: it would turn off what it lists."""

    def parse_all(given: str) -> list[str]:
        found = [parse(item.strip()) for item in given.split(",") if item.strip()]
        if not found:
            raise ValueError(given)
        return found

    return parse_all


def once(parse: Callable[[str], list[str]]) -> Callable[[str], list[str]]:
    """Leave out what a list has already."""
    return lambda given: list(dict.fromkeys(parse(given)))


def day(given: str) -> str:
    return date.fromisoformat(matching("[0-9]{4}-[0-9]{2}-[0-9]{2}")(given)).isoformat()


def archive(given: str) -> str:
    """Read an archive (`cs`) or one of its classes (`stat.ML`)."""
    return one_of(in_arxivs_capitals(given), (*ARCHIVES, *NAMES))


def host(given: str) -> str:
    """Read one name or address, without a port: neither all names of a domain nor all names that there are."""
    if given.startswith("[") and given.endswith("]") and "%" not in given:  # a zone means something on one machine only
        return f"[{ipaddress.IPv6Address(given[1:-1])}]"
    if re.fullmatch(r"[0-9.]+", given):
        return str(ipaddress.IPv4Address(given))
    return matching(r"(?!-)[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*")(given.lower())


def origin(given: str) -> str:
    """Read scheme, host and port alone; in lower case, and as browsers write it, without the port that each scheme has."""
    parts = urlsplit(matching(r"[!-~]+")(given).rstrip("/"))
    if parts.scheme not in ("http", "https") or parts.path or parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError(given)
    name = host(f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or "")
    port = "" if parts.port is None else f":{parts.port}"
    if f"{name}{port}" != parts.netloc.lower() or parts.port == 0:
        raise ValueError(given)
    return f"{parts.scheme}://{name}" + ("" if parts.port == PORTS[parts.scheme] else port)


def site(given: str) -> str:
    """Read the address at which readers find the site."""
    found = origin(given)
    if host_of(found) in ("0.0.0.0", "[::]"):  # noqa: S104 - nobody listens there
        raise Unsafe("the address at which browsers find the site; this one means all addresses of a machine")
    return found


def embed_origin(given: str) -> str:
    found = origin(given)
    if found.startswith("http://") and not is_loopback(found):
        raise ValueError(given)
    return found


def base_address(given: str) -> str:
    """Read an origin, possibly with a path."""
    parts = urlsplit(matching(r"[!-~]+")(given))
    if parts.query or parts.fragment or "?" in given or "#" in given:
        raise ValueError(given)
    embed_origin(f"{parts.scheme}://{parts.netloc}")
    return given


def stream(given: str) -> str:
    """Read a server of WebSockets."""
    found = embed_origin("http" + matching("wss?://.+")(given).removeprefix("ws"))
    return "ws" + found.removeprefix("http")


def network(given: str) -> str:
    return one_of(given, NETWORK_NAMES)


def host_of(address: str) -> str:
    """Return its name, as ALLOWED_HOSTS writes it."""
    name = urlsplit(address).hostname or ""
    return f"[{name}]" if ":" in name else name


def is_loopback(address: str) -> bool:
    name = urlsplit(address).hostname or ""
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def origin_of_keys(address: str) -> str:
    """Return the origin, as browsers write it, at which the site's security keys work: the site's address, but for one of this
    machine its name, since keys answer no numbers. Empty if they work nowhere: browsers want HTTPS and a name."""
    parts = urlsplit(address)
    name = "localhost" if is_loopback(address) else parts.hostname or ""
    is_number = ":" in name or name.rpartition(".")[2].isdigit()
    if is_number or (name != "localhost" and parts.scheme != "https"):
        return ""
    port = parts.port if parts.port != PORTS.get(parts.scheme) else None
    return f"{parts.scheme}://{name}" + (f":{port}" if port else "")


def broker(given: str) -> str:
    """Read a Redis server by host and number of the database, or by its socket (Celery's `redis+socket://` becomes `unix://`)."""
    parts = urlsplit(matching(r"[!-~]+")(given))
    if is_socket := parts.scheme in ("unix", "redis+socket"):
        place = Path(parts.path)
        is_whole = bool(parts.path) and not parts.netloc and not parts.query and (place.is_socket() or not place.exists())
    else:
        one_of(parts.scheme, ("redis", "rediss"))
        database_host(parts.hostname or "")
        is_whole = parts.port != 0 and bool(re.fullmatch("/?[0-9]{0,4}", parts.path))
    if not is_whole or parts.fragment:
        raise ValueError(given)
    if parts.query:
        if re.search(r"(?:^|&)db=", parts.query):
            raise Unsafe("the number of the database after the last slash, which all programs read")
        try:
            redis.Redis.from_url(given).connection_pool.make_connection()  # connects nowhere; knows the options that there are
        except (TypeError, redis.RedisError) as error:
            raise ValueError(given) from error
    return f"unix://{parts.path}" if is_socket else given


def folder(given: str) -> Path:
    """Read a folder that exists or can be made. What a shell would replace is an error: a folder would get that name."""
    if given.startswith(("~", "'", '"')) or "$" in given:
        raise Unsafe("the whole path of a folder, without ~ or variables, which nothing replaces here")
    if " #" in given:
        raise Unsafe("the path of a folder alone; a comment needs a line of its own")
    path = Path(given)
    nearest = next(parent for parent in (path, *path.absolute().parents) if parent.exists())
    if not given.isprintable() or not nearest.is_dir():
        raise ValueError(given)
    return path


def secret_key(given: str) -> str:
    if len(given) < SHORTEST_KEY or len(set(given)) < 10 or given.startswith("django-insecure-"):
        raise Unsafe(f"at least {SHORTEST_KEY} random characters")
    return given


def fast_clock(given: str) -> FastClock:
    real_start, start, speed = given.split()
    return datetime.fromisoformat(real_start), datetime.fromisoformat(start), float(speed)


def whole(least: int, most: int) -> Kind[int]:
    return Kind(whole_number(least, most), f"a whole number from {least} to {most}", str(max(least, min(most, 50))), differs=True)


NEW_KEY = 'the output of python -c "import secrets; print(secrets.token_urlsafe(50))"'
KEY = Kind(secret_key, "a long random text", f"({NEW_KEY})", is_secret=True)
TOKEN = Kind(matching("[!-~]+"), "the app-only token of your app at X, without spaces", "AAAAAAAAAAAAAAAAAAAAA", is_secret=True)
FLAG = Kind(flag, "true or false", "true")
SECONDS = Kind(number(0, 3600), "a number of seconds from 0 to 3600", "3")
FOLDER = Kind(folder, "a folder that exists or can be created", "/srv/hotpapers")
WRITABLE = "a folder in which only this site's files are and this user can write, on a disk with room", "/srv/hotpapers/var"
"""What is expected of VAR_DIR, and an example."""
DATABASE = Kind(database_address, "the address of a PostgreSQL or SQLite database", "postgres://user:secret@host/name")
BROKER = Kind(broker, "the address of a Redis server", "redis://127.0.0.1:6379/0")
HOSTS = Kind(items(host), "names of this site separated by commas, without *, port or leading dot", "papers.example,127.0.0.1")
SITE = Kind(site, "the site's public address without a path", "https://papers.example")
HERE = "(http:// for this machine only)"
ORIGIN = Kind(embed_origin, f"scheme, host and port of an https:// address {HERE}", "https://platform.x.com", differs=True)
WITHOUT = "an https:// address without user, query and fragment"
BASE = Kind(base_address, f"{WITHOUT} {HERE}", "https://export.arxiv.org", differs=True)
NETWORKS = Kind(once(items(network)), f"names of networks with commas, of {', '.join(NETWORK_NAMES)}", "bluesky,hackernews")
STREAMS = Kind(
    items(stream),
    "wss:// addresses without a path, with commas (ws:// for this machine only)",
    "wss://jetstream2.us-east.bsky.network",
)
HANDLE = Kind(matching(BLUESKY_HANDLE), "a handle of Bluesky without the @", "papers.bsky.social")
APP_PASSWORD = Kind(matching("[!-~]+"), "an app password of Bluesky, without spaces", "aaaa-bbbb-cccc-dddd", is_secret=True)
SUBJECTS = Kind(items(archive), "arXiv's archives or categories, separated by commas", "cs,stat.ML")
ATOM, LABEL = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+", "(?!-)[A-Za-z0-9-]{1,63}"
"""The parts of an e-mail address between its dots, before and after the @ (RFC 5322, dot-atom)."""
DAYS = Kind(items(day), "days separated by commas", "2026-12-25,2027-01-01")
EMAIL = Kind(matching(rf"(?=.{{1,64}}@){ATOM}(\.{ATOM})*@{LABEL}(\.{LABEL})+"), "an e-mail address", "you@papers.example")
TIME = Kind(time_of_day, "a time as HH:MM", "06:30")
ZONE = Kind(time_zone, "the name of a time zone", "Europe/Berlin")
LEVEL = Kind(level, "debug, info, warning, error or critical", "info")
CLOCK = Kind(fast_clock, "what `manage.py sandbox` sets", "(leave it out)")
