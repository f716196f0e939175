"""One address of the reader site as files: the page, its compressed forms, and what it links to."""

import html
import mimetypes
import re
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from posixpath import normpath
from typing import Any, NamedTuple
from urllib.parse import unquote, urljoin, urlsplit

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.staticfiles import finders
from django.core.handlers.wsgi import WSGIRequest
from django.http import Http404
from django.shortcuts import render
from django.urls import Resolver404, ResolverMatch, get_urlconf, resolve, reverse, set_urlconf
from django.utils.html import format_html

from digests.mirror.writing import File
from digests.models import Digest, Entry, in_published_digest
from digests.page_cache.finished import COMPRESS
from digests.reader.feeds.old_addresses import OLD_ADDRESSES
from digests.reader.lists.listing import HOTTEST_OF
from digests.reader.lists.selections import Period, SelectionError
from digests.reader.made_once import of_coming
from papers.text.identifiers import ARXIV_ID

READERS = "digests.urls"
"""The addresses of readers' pages alone: loading editors' pages takes longer than writing a changed day."""
LIVE = frozenset({"search", "suggest", "author", "day", "days", "export"})
"""Names of addresses that only the live site serves, besides all addresses with a query: answers to questions, and the log."""
HOME, MISSED, REDIRECTS = "/", "/404.html", "/_redirects"
UNLINKED = ("/favicon.ico", "/apple-touch-icon.png", "/service-worker.js", "/weekly.xml")
"""Addresses that browsers, scripts and feed readers request and no page links to."""
LINK = re.compile(rb'(\s(?:href|src|action|data-suggest)=")(/(?!/)[^"]*)"')
ASKS = (b'action="', b'data-suggest="')
"""Pages whose addresses answer questions."""
PICTURE = re.compile(rb'<meta property="og:image" content="([^"]*)"')
OF_SCRIPT = re.compile(rb'"(/[^"\s]+)"')
LOCATION = re.compile(rb"<loc>([^<]*)</loc>")
OF_PAPER = re.compile(rf"/papers/(?P<arxiv_id>{ARXIV_ID})(?:\.[a-z.]+)?")
PLAIN = re.compile("/[A-Za-z0-9._/-]*", re.ASCII)
OF_STYLE = re.compile(rb"url\([\"']?([^\"')]+)")
COMPRESSED = ("text/", "application/json", "application/xml", "application/feed+json", "application/atom+xml",
              "application/rss+xml", "image/svg+xml", "application/x-bibtex", "application/javascript",
              "application/manifest+json", "application/opensearchdescription+xml", "application/vnd.citationstyles",
              "application/x-research-info-systems")  # fmt: skip
SMALLEST_COMPRESSED = 1000
"""In bytes; what fits in one packet gains nothing."""
SUFFIXES = {"br": ".br", "gzip": ".gz"}
FILES = (".xml", ".atom", ".json", ".bib", ".ris", ".md", ".txt", ".png", ".ico", ".js", ".webmanifest")
"""Endings of addresses that are files of the same name."""
LONGEST_PART = 200
"""In bytes, for one part of a path; file systems allow 255, and a suffix follows."""


class Page(NamedTuple):
    address: str
    data: bytes
    content_type: str
    shows: tuple[str, ...] | None
    links: tuple[str, ...]
    """The linked addresses that become files, too."""

    @property
    def is_compressible(self) -> bool:
        return len(self.data) >= SMALLEST_COMPRESSED and self.content_type.startswith(COMPRESSED)

    def files(self, *, is_compressed: bool = True) -> Iterator[File]:
        """Return the page's file and its compressed forms."""
        name = file_of(self.address)
        yield File(name, self.data, shows=self.shows, address=self.address)
        if is_compressed and self.is_compressible:
            for coding, compress in COMPRESS.items():
                yield File(f"{name}{SUFFIXES[coding]}", self.data, compress=compress)


def map_of_site() -> list[str]:
    """Return the addresses in the site's own map, and those that no page leads to."""
    found, maps = [HOME, MISSED, REDIRECTS, reverse("sitemap"), reverse("robots")], [reverse("sitemap")]
    while maps:
        page = made(maps.pop())
        paths = list(_mapped(page[0])) if page else []
        found += paths
        maps += [path for path in paths if path.endswith(".xml")]
    return [*found, *UNLINKED, *(f"/{address}" for address in OLD_ADDRESSES)]


def _mapped(data: bytes) -> Iterator[str]:
    """Return the addresses in a map that become files."""
    return _ours(LOCATION.findall(data))


def _ours(addresses: Iterable[bytes]) -> Iterator[str]:
    paths = (html.unescape(address.decode()).removeprefix(settings.SITE_URL) for address in addresses)
    return (path for path in paths if is_file(path))


def page(address: str, *, keeps_withdrawn: bool) -> Page | None:
    """Return the address as files; None if the site has nothing there, or nothing that becomes a file."""
    if address not in (MISSED, REDIRECTS) and not is_file(address):
        return None
    if address.startswith(settings.STATIC_URL):
        return _asset(address)
    if address == REDIRECTS:
        lines = "".join(f"/{old} {HOME} 301\n" for old in OLD_ADDRESSES)
        return Page(address, lines.encode(), "text/plain", (), ())
    answer = made(address, keeps_withdrawn=keeps_withdrawn)
    if answer is None:
        return None
    data, content_type, shows = answer
    links: dict[str, None] = {}
    if content_type.startswith("text/html"):
        data = LINK.sub(lambda found: _relinked(found, links), data)
        links |= dict.fromkeys(_ours(PICTURE.findall(data)))
    elif address.endswith(".xml"):
        links = dict.fromkeys(_mapped(data))
    elif address.endswith((".js", ".webmanifest")):
        links = {link: None for link in map(bytes.decode, OF_SCRIPT.findall(data)) if is_file(link)}
    return Page(address, data, content_type, shows, tuple(links))


def made(address: str, *, keeps_withdrawn: bool = False) -> tuple[bytes, str, tuple[str, ...] | None] | None:
    """Return what the site answers, its type, and what it shows. The views are called directly, without a server."""
    request = WSGIRequest(_asking(address))
    request.user = AnonymousUser()
    with override_urlconf(READERS):
        if address == MISSED:
            return render(request, "404.html").content, "text/html", ()
        try:
            match = resolve(unquote(address), READERS)
            if not _is_on_a_list(match):
                return None
            response = match.func(request, *match.args, **match.kwargs)
        except (Http404, Resolver404):
            return None
    if response.status_code in (HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.FOUND):
        return _leading_to(response["Location"]), "text/html", ()
    if response.status_code != HTTPStatus.OK and not keeps_withdrawn:
        return None
    shows = getattr(response, "page_subjects", None)
    return response.content, response["Content-Type"], None if shows is None else tuple(sorted(shows))


@contextmanager
def override_urlconf(name: str) -> Iterator[None]:
    before = get_urlconf()
    set_urlconf(name)
    try:
        yield
    finally:
        set_urlconf(before)


def _is_on_a_list(match: ResolverMatch) -> bool:
    """Say whether the page stays reachable: no other page links to pages of collected papers and of times without any list."""
    if match.url_name in ("paper", "paper-picture"):
        return of_coming(_listed, match.kwargs["arxiv_id"]) is not None
    if match.url_name == "hottest" and match.kwargs["period"] not in HOTTEST_OF:
        with suppress(SelectionError):
            period = Period.parse(match.kwargs["period"])
            return Digest.objects.published().between(period.since, period.until).exists()
    return True


def _listed(arxiv_ids: Collection[str]) -> dict[str, str]:
    """Return those of the papers that published lists have; one query."""
    rows = Entry.objects.filter(in_published_digest(), paper__arxiv_id__in=arxiv_ids)
    return {arxiv_id: arxiv_id for arxiv_id in rows.order_by().values_list("paper__arxiv_id", flat=True)}


def papers_at(addresses: Iterable[str]) -> list[str]:
    """Return the arXiv ids of the papers whose pages, pictures or citations are at the addresses."""
    return list(dict.fromkeys(found["arxiv_id"] for address in addresses if (found := OF_PAPER.fullmatch(address))))


def _asking(address: str) -> dict[str, Any]:
    """Return the WSGI variables of a request for it."""
    parts = urlsplit(settings.SITE_URL)
    return {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": unquote(address),
        "SERVER_NAME": parts.hostname or "",
        "SERVER_PORT": str(parts.port or (443 if parts.scheme == "https" else 80)),
        "wsgi.url_scheme": parts.scheme,
        "wsgi.input": BytesIO(),
    }


@lru_cache(maxsize=100_000)
def is_file(address: str) -> bool:
    """Say whether the address becomes a file; other links lead to the live site."""
    path = _path(address)
    if "?" in address or not path.startswith("/") or "\0" in path:
        return False
    if normpath(path) != (path.rstrip("/") or "/"):  # /static//etc/passwd would be a file of this machine
        return False
    if any(len(part.encode()) > LONGEST_PART for part in path.split("/")):
        return False
    if path.startswith(settings.STATIC_URL):
        return True
    try:
        match = resolve(path, READERS)
    except Resolver404:
        return False
    return match.url_name not in LIVE


def file_of(address: str) -> str:
    """Return the file that a server finds for the address: `/a/b` is `a/b/index.html`, `/a.xml` is `a.xml`."""
    path = _path(address)
    if path.startswith(settings.STATIC_URL) or path in (MISSED, REDIRECTS) or _names_a_form(path):
        return path.lstrip("/")
    return f"{path.strip('/')}/index.html".lstrip("/")


def _path(address: str) -> str:
    """Return the address's path as a server reads it. Nearly all are plain, of which a run reads some hundreds for one page."""
    return address if PLAIN.fullmatch(address) else unquote(urlsplit(address).path)


def compressed(name: str) -> list[str]:
    """Return the names of the file's compressed forms."""
    return [name + suffix for suffix in SUFFIXES.values()]


def uncompressed(name: str) -> str:
    """Return the name of the file of which this one may be a compressed form."""
    return name.removesuffix(".gz").removesuffix(".br")


def _names_a_form(path: str) -> bool:
    return path.endswith(FILES)


def _relinked(found: re.Match[bytes], links: dict[str, None]) -> bytes:
    address = html.unescape(found[2].decode())
    path = address.partition("#")[0]
    if is_file(path) and not found[1].endswith(ASKS):  # what a form asks the live site answers
        links[path] = None
        return found[0]
    return found[1] + html.escape(settings.SITE_URL).encode() + found[2] + b'"'


def _leading_to(address: str) -> bytes:
    """Return a page that leads to another, for servers that know no redirects."""
    return format_html(
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>Moved</title>\n'
        '<meta http-equiv="refresh" content="0; url={0}">\n<link rel="canonical" href="{1}{0}">\n</head>\n'
        '<body><p>This page is now at <a href="{0}">{1}{0}</a>.</p></body>\n</html>\n',
        address,
        settings.SITE_URL,
    ).encode()


def _asset(address: str) -> Page | None:
    name = unquote(urlsplit(address).path).removeprefix(settings.STATIC_URL)
    found = Path(settings.STATIC_ROOT, name) if settings.HASHED_STATIC else finders.find(name)
    if not found or not Path(str(found)).is_file():
        return None
    data = Path(str(found)).read_bytes()
    links: tuple[str, ...] = ()
    if name.endswith(".css"):
        paths = (
            urljoin(address, link.decode()).partition("#")[0] for link in OF_STYLE.findall(data) if not link.startswith(b"data:")
        )
        links = tuple(dict.fromkeys(path for path in paths if path.startswith(settings.STATIC_URL)))
    return Page(address, data, mimetypes.guess_type(name)[0] or "application/octet-stream", (), links)
