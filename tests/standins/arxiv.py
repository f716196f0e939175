"""A stand-in for arXiv: query API, feeds, listing and catch-up pages of a generated world, over real HTTP.

Written after arXiv's published help pages and its code (github.com/arXiv/arxiv-browse, arxiv-search, arxiv-feed).
"""

import gzip
import hashlib
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from html import escape
from http.server import BaseHTTPRequestHandler
from itertools import pairwise
from math import inf
from typing import Literal

from papers.sources.arxiv.calendar import EASTERN
from tests.standins import arxiv_xml
from tests.standins.damage import Damage
from tests.standins.serving import FAULTS, HTML, Reply, Request, Standin
from tests.standins.world import Kind, World, WorldPaper, is_within

ATOM = {"Content-Type": "application/atom+xml; charset=utf-8"}
RSS = {"Content-Type": "application/rss+xml; charset=utf-8"}
TEXT = {"Content-Type": "text/plain"}
EMPTY_PAGE = arxiv_xml.api_feed([], total=100, start=0, per_page=100, query="", day=date(2026, 10, 16), old_form=False)
ARXIV_FAULTS = FAULTS | {
    "429": Reply(429, b"Rate exceeded.", TEXT),
    "429 with Retry-After": Reply(429, b"Rate exceeded.", TEXT | {"Retry-After": "2"}),
    "429 after a stall": Reply(429, b"Rate exceeded.", TEXT, stall_s=0.3),
    "503 with Retry-After": Reply(503, b"", {"Retry-After": "5"}),
    "404": Reply(404, b"<html>Not found</html>", HTML),
    "403": Reply(403, b"<html><body><h1>Access Denied</h1></body></html>", HTML),
    "empty page": Reply(200, EMPTY_PAGE, ATOM),
    "cut": Reply(200, EMPTY_PAGE[: len(EMPTY_PAGE) // 2], ATOM),
    "wrong charset": Reply(200, EMPTY_PAGE.replace(b"<title>", b"<title>S\xe4mple "), ATOM),
}
ARCHIVES = {"cs", "stat", "math", "eess", "cond-mat", "quant-ph", "physics", "math-ph"}
CANONICAL = {"math.IT": "cs.IT", "cs.NA": "math.NA", "math.MP": "math-ph"}
IDS = re.compile(r"([0-9]{4}\.[0-9]{4,5}|[a-z-]+(?:\.[A-Z]{2})?/[0-9]{7})(v[0-9]+)?")
CATEGORY_TERM = re.compile(r"cat:([a-zA-Z.*-]+)")
DATE_TERM = re.compile(r"submittedDate:\[([0-9]{12}) TO ([0-9]{12})\]")
SECTIONS: tuple[tuple[str, tuple[Kind, ...]], ...] = (
    ("New", ("new",)),
    ("Cross", ("cross",)),
    ("Replacement", ("replace", "replace-cross")),
)


@dataclass
class Visit:
    path: str
    arrived: float
    """`time.monotonic()`"""
    ended: float = inf
    """When the answer was on its way: the client cannot have had it before."""


class ArxivStandin(Standin):
    """One server is all three hosts. `visits` tells when each request arrived and when it was answered."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.visits: list[Visit] = []
        self.listing_page = 2000
        self.feed_limit = 2000
        self.old_form = False
        """Entries as before November 2025."""
        self.gzipped = False
        self.stale_feed: Literal["", "dated", "undated"] = ""
        """The feed holds the day before, stamped with its own date or with today's; `lastBuildDate` is fresh."""
        self.listing_behind = False
        """The listing pages show the day before."""
        self.damaged: dict[str, Damage] = {}
        """By paper, what is wrong with its entry in the API's answers; the same of the feed's items."""
        self.damaged_items: dict[str, Damage] = {}
        self.repeats = False
        """The API's first page of several papers has its first entry twice, and the last one is pushed out."""
        self.undated_pages = False
        """Listing pages behind the first one lack their date."""
        self.unindexed: set[str] = set()
        """Announced papers that the API does not know yet."""
        super().__init__()

    def faults(self) -> Mapping[str, Reply]:
        return ARXIV_FAULTS

    def answer(self, request: Request) -> Reply:
        _, first, *rest = request.path.split("/")
        routes: dict[tuple[str, int], Callable[[Request], Reply]] = {
            ("api", 1): self._api,
            ("rss", 1): self._rss,
            ("list", 2): self._list,
            ("catchup", 2): self._catchup,
        }
        route = routes.get((first, len(rest)))
        reply = route(request) if route else Reply(404, b"<html>Not found</html>", HTML)
        if self.gzipped and "gzip" in request.headers.get("accept-encoding", ""):
            return replace(reply, body=gzip.compress(reply.body), headers={**reply.headers, "Content-Encoding": "gzip"})
        return reply

    def _api(self, request: Request) -> Reply:
        def refused(text: str) -> Reply:
            return Reply(400, arxiv_xml.api_error(text), ATOM)

        numbers: dict[str, int] = {}
        for name, default in (("start", "0"), ("max_results", "10")):
            value = request.params.get(name) or default
            if not re.fullmatch(r"-?[0-9]+", value):
                return refused(f"{name} must be an integer")
            if int(value) < 0:
                return refused(f"{name} must be non-negative")
            numbers[name] = int(value)
        if numbers["max_results"] > 30_000 or sum(numbers.values()) > 10_000:
            return refused("max_results is too large")
        if request.params.get("sortBy", "relevance") not in ("relevance", "lastUpdatedDate", "submittedDate"):
            return refused("sortBy must be in: relevance, lastUpdatedDate, submittedDate")
        if request.params.get("sortOrder", "descending") not in ("ascending", "descending"):
            return refused("sortOrder must be in: ascending, descending")
        today = self.world.newest_day()
        if today is None:
            found = []
        elif ids := request.params.get("id_list", ""):
            for given in ids.split(","):
                if not IDS.fullmatch(given):
                    return refused(f"incorrect id format for {given}")
            wanted = {given.partition("v")[0] for given in ids.split(",")}
            # Not in the order asked for.
            found = sorted((paper for paper in self._known() if paper.arxiv_id in wanted), key=lambda paper: paper.arxiv_id[::-1])
        else:
            matched = self._matched(request.params.get("search_query", ""))
            if matched is None:
                return refused("search_query could not be parsed")
            found = sorted(matched, key=lambda paper: paper.submitted[0], reverse=request.params.get("sortOrder") != "ascending")
        start, size = numbers["start"], numbers["max_results"]
        shown = found[start : start + size]
        if self.repeats and start == 0 and len(shown) > 1:
            shown = [shown[0], *shown[:-1]]
            self.repeats = False
        body = arxiv_xml.api_feed(
            shown,
            total=len(found),
            start=start,
            per_page=size,
            query=request.params.get("id_list", ""),
            day=today or self.world.days[0],
            old_form=self.old_form,
            damaged=self.damaged,
        )
        return Reply(200, body, ATOM)

    def _known(self) -> list[WorldPaper]:
        today = self.world.newest_day()
        return [
            paper
            for paper in self.world.papers.values()
            if today and paper.listed_on <= today and paper.arxiv_id not in self.unindexed
        ]

    def _categories(self, paper: WorldPaper) -> tuple[str, ...]:
        return paper.categories_at(self.world.newest_day() or date.min)

    def _matched(self, query: str) -> list[WorldPaper] | None:
        terms = [term.strip("() ") for term in query.split(" AND ")]
        found = self._known()
        for term in terms:
            if category := CATEGORY_TERM.fullmatch(term):
                wanted = category[1].removesuffix(".*")
                found = [paper for paper in found if any(is_within(own, [wanted]) for own in self._categories(paper))]
            elif window := DATE_TERM.fullmatch(term):
                start, end = (datetime.strptime(moment, "%Y%m%d%H%M").replace(tzinfo=UTC) for moment in window.groups())
                found = [paper for paper in found if start <= paper.submitted[0] <= end + timedelta(seconds=59)]
            else:
                return None
        return found

    def _rss(self, request: Request) -> Reply:
        sets = request.path.rpartition("/")[2].split("+")
        if "version" in request.params or not all(_is_known(name) for name in sets):
            message = f"Bad archive '{sets[0]}'. Valid archive names are: {', '.join(sorted(ARCHIVES))}."
            return Reply(400, arxiv_xml.rss_error("+".join(sets), message), RSS)
        today = self.world.now.astimezone(EASTERN).date()
        shown = today
        if self.stale_feed:
            shown = self.world.calendar.previous_listing_day(today)
        stamped = today if self.stale_feed == "undated" else shown
        items: list[tuple[WorldPaper, Kind]] = []
        if today == self.world.newest_day():
            kinds = self.world.announced(shown, sets)
            order: tuple[Kind, ...] = ("replace-cross", "replace", "cross", "new")
            # As in arXiv's code: sorted, cut, and reversed, so that the new papers with the lowest numbers are lost.
            items = [(paper, kind) for kind in order for paper in reversed(kinds[kind])][: self.feed_limit][::-1]
        body = arxiv_xml.rss("+".join(sets), items, stamped, self.world.now, self.damaged_items)
        return Reply(200, body, RSS | {"ETag": f'"{hashlib.sha256(body).hexdigest()}"'})

    def _list(self, request: Request) -> Reply:
        archive = request.path.split("/")[2]
        day = self.world.newest_day()
        if not request.path.endswith("/new") or not _is_known(archive) or day is None:
            return Reply(404, b"<html>Not found</html>", HTML)
        if self.listing_behind:
            day = self.world.calendar.previous_listing_day(day)
        heading = f"<h1>{archive}</h1><h3>Showing new listings for {day:%A}, {day.day} {day:%B %Y}</h3>"
        skip, show = int(request.params.get("skip", 0)), int(request.params.get("show", 2000))
        return self._page(heading, archive, day, skip, min(show, self.listing_page), "<p>No updates today.</p>")

    def _catchup(self, request: Request) -> Reply:
        _, _, subject, day_text = request.path.split("/")
        try:
            day = date.fromisoformat(day_text)
        except ValueError:
            return Reply(400, b"<html>Invalid date format. Use format: YYYY-MM-DD</html>", HTML)
        today = self.world.now.astimezone(EASTERN).date()
        page = request.params.get("page", "1")
        if (
            request.params.keys() - {"abs", "page"}
            or request.params.get("abs", "False") not in ("True", "False")
            or not page.isdigit()
            or not (_is_known(subject) or subject in CANONICAL)
            or not today - timedelta(days=90) <= day <= today
        ):
            return Reply(400, b"<html>Bad request</html>", HTML)
        if subject in CANONICAL:
            location = f"{self.prefix}/catchup/{CANONICAL[subject]}/{day}?page={page}&abs={request.params.get('abs', 'False')}"
            return Reply(301, b"", {"Location": location})
        heading = f"<h1>Catchup results for {subject} on {day:%a, %d %b %Y}</h1>"
        none = f"<p>No updates for {day:%a, %d %b %Y}</p>"
        shown = day if day in self.world.days and day <= (self.world.newest_day() or date.min) else None
        return self._page(heading, subject, shown, (int(page) - 1) * self.listing_page, self.listing_page, none)

    def _page(self, heading: str, archive: str, day: date | None, skip: int, show: int, none: str) -> Reply:
        if self.undated_pages and skip:
            heading = f"<h1>{archive}</h1>"
        kinds = self.world.announced(day, [archive]) if day else {}
        total = sum(map(len, kinds.values()))
        body, place = "", 0
        for name, merged in SECTIONS:
            papers = sorted((paper for kind in merged for paper in kinds.get(kind, [])), key=lambda paper: paper.arxiv_id)
            shown = papers[max(0, skip - place) : max(0, skip + show - place)]
            if shown:
                continued = "continued, " if skip > place else ""
                which = "last " if continued else "" if len(shown) == len(papers) else "first "
                counts = f"{continued}showing {which}{len(shown)} of {len(papers)} entries"
                body += f"<dl id='articles'><h3>{name} submissions ({counts})</h3>"
                first = max(place, skip) + 1
                body += "".join(_entry(paper, archive, number) for number, paper in enumerate(shown, first)) + "</dl>"
            place += len(papers)
        total_text = f"<div class='paging'>Total of {total} entries</div>" if total or "Catchup" in heading else ""
        body = body or ("<div>No further updates</div>" if total else none)
        return Reply(200, f"<html><body><div id='dlpage'>{heading}{total_text}{body}</div></body></html>".encode(), HTML)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        standin, base = self, super()._handler()

        class Timed(base):  # type: ignore[misc, valid-type]
            def do_GET(self) -> None:
                self.visit = Visit(self.path, time.monotonic())
                standin.visits.append(self.visit)
                super().do_GET()

            def about_to_answer(self) -> None:
                self.visit.ended = time.monotonic()

            def do_POST(self) -> None:
                form = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                del self.headers["Content-Length"]  # it is read
                self.path += f"?{form}"
                self.do_GET()

        return Timed


def gaps(visits: Sequence[Visit]) -> list[float]:
    """The seconds from the end of each answer to the next arrival; below zero where they overlap."""
    ordered = sorted(visits, key=lambda visit: visit.arrived)
    return [later.arrived - earlier.ended for earlier, later in pairwise(ordered)]


def _is_known(name: str) -> bool:
    return name.partition(".")[0] in ARCHIVES and name not in CANONICAL


def _entry(paper: WorldPaper, archive: str, number: int) -> str:
    number_text = paper.arxiv_id
    cross = "" if is_within(paper.categories[0], [archive]) else f" (cross-list from {paper.categories[0]})"
    return (
        f"<dt><a name='item{number}'>[{number}]</a> "
        f'<a href ="/abs/{number_text}" title="Abstract" id="{number_text}"> arXiv:{number_text} </a>{cross} '
        f'[<a href="/pdf/{number_text}" title="Download PDF" id="pdf-{number_text}">pdf</a>]</dt>'
        "<dd><div class='meta'><div class='list-title mathjax'><span class='descriptor'>Title:</span> "
        f"{escape(paper.title)}</div><div class='list-subjects'>"
        f"<span class='primary-subject'>Subject ({paper.categories[0]})</span></div></div></dd>"
    )
