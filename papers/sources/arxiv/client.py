"""arXiv: which papers a day announced, and their metadata.

https://info.arxiv.org/help/api/tou.html asks for one connection and one request in three seconds, over all our machines and over
feeds, pages and API together: every request goes through one gate.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import TypeVar

import httpx

from papers.sources.answer_headers import clock_doubt, retry_after_s
from papers.sources.arxiv.announcement import Announcement, Metadata, by_section, is_within, united
from papers.sources.arxiv.calendar import AnnouncementCalendar
from papers.sources.arxiv.categories import WITHOUT_CLASSES
from papers.sources.arxiv.pages import ARXIV_ID_ALONE, ApiError, ApiPage, PaperRecord, Sections, read_api, read_feed, read_listing
from papers.sources.arxiv.xml import Garbled
from papers.sources.gate import LONGEST_HOLD_S, Gate
from papers.sources.http import (
    Answer,
    ClockWrong,
    Gone,
    Malformed,
    RateLimited,
    Refused,
    SourceError,
    Transient,
    fetch,
    onward,
    retrying,
)
from papers.sources.records import LeftOut, told

BATCH = 100
"""Ids in one metadata request."""
WINDOW_PAGE = 500
LARGEST_QUERY = 10_000
"""arXiv's API pages no further."""
LISTING_PAGE = 2000
MOST_PAGES = 20
FEED_FULL = 1990
"""A feed holds 2,000 entries at most; beyond that arXiv leaves new papers out without saying so."""
EMPTY_TRIES = 3
MAX_BYTES = 32 * 1024 * 1024
NO_XML = "metadata that are XML"
MOST_GARBLED = 5
"""So many papers of a batch may have metadata that are no XML; then it is not the papers' fault."""
Read = TypeVar("Read")
Parameters = Mapping[str, str | int]


class ArxivClient:
    """Reads arXiv through `gate`. Every method may raise the errors of `papers.sources.http`.

    A request is tried up to `attempts` times, as long as no wait is above `max_wait_s`. After 429 and 503 the wait is what
    arXiv asks for, at least 20 intervals of the gate (a minute at three seconds), doubled each time up to an hour; meanwhile the
    gate is closed for everybody.
    """

    def __init__(
        self,
        client: httpx.Client,
        *,
        gate: Gate,
        api_base: str,
        rss_base: str,
        web_base: str,
        calendar: AnnouncementCalendar | None = None,
        attempts: int = 4,
        max_wait_s: float = 150,
        deadline_s: float = 90,
    ) -> None:
        self._client = client
        self._gate = gate
        self._api_base = api_base
        self._rss_base = rss_base
        self._web_base = web_base
        self._calendar = calendar or AnnouncementCalendar()
        self._attempts = attempts
        self._max_wait_s = max_wait_s
        self._deadline_s = deadline_s
        self._limited_in_a_row = 0

    def announced_today(self, archives: Sequence[str]) -> Announcement:
        """The newest announcement; look at its `day`: it is an earlier one at weekends and until arXiv has announced.

        The feed is believed where the listing pages show the same day and the same new papers; else the listing pages are.
        Where one of the two cannot be read the other one is taken.
        """
        feed, feed_trouble = None, None
        try:
            feed = self._read(f"{self._rss_base}/rss/{'+'.join(archives)}", {}, read_feed, accept=(200, 400))
        except SourceError as error:
            if _stops_all(error):
                raise
            feed_trouble = error
        try:
            pages = [self._listing(f"/list/{archive}/new", _list_page) for archive in archives]
        except SourceError as error:
            if _stops_all(error) or feed is None or not feed.entries or feed.entries >= FEED_FULL:
                raise feed_trouble or error from error
            return _of_feed(feed, f"Unchecked: the listing pages could not be read ({error})")
        days = [page.day for page in pages if page.day]
        newest = max([*days, *([feed.day] if feed and feed.day and feed.entries else [])])
        behind = [archive for archive, day in zip(archives, days, strict=True) if day < newest]
        if not behind:
            found = united(newest, pages, "feed")
            if feed is None:
                return replace(found, note=f"The feed could not be read ({feed_trouble}) The listing pages were taken instead.")
            if feed.day == newest and feed.ids["new"].keys() == set(found.new):
                return replace(found, note=_left_out(feed))
            shown = f"{len(feed.ids['new'])} new papers on {feed.day}" if feed.entries else "nothing"
            note = f"The feed shows {shown}; the listing pages were taken instead."
            return replace(found, note=f"{_left_out(feed)} {note}".strip())
        late = f"the listing pages of {', '.join(behind)} are older than the listing of {newest}"
        if feed is None or feed.day != newest or feed.entries >= FEED_FULL:
            raise Transient(
                f"arXiv hasn't finished announcing: {late}, and its feed can't tell the day's papers.", url=self._web_base
            )
        return _of_feed(feed, f"Unchecked: {late}.")

    def caught_up(self, day: date, archives: Sequence[str]) -> Announcement:
        """What was announced on `day`, of the last 90 days; empty where there was no announcement. Raises Gone for older days."""
        pages = [self._listing(f"/catchup/{archive}/{day}", _catchup_page) for archive in archives]
        if other := next((page.day for page in pages if page.day != day), None):
            raise Malformed(f"arXiv's catch-up page of {day} shows {other}.", url=self._web_base)
        return united(day, pages, "catchup")

    def submitted_for(self, day: date, archives: Sequence[str]) -> Announcement:
        """What was probably announced on `day`, however long ago: the papers submitted in the time that leads to it."""
        start, end = self._calendar.submission_window(day)
        window = f"{start:%Y%m%d%H%M} TO {end - timedelta(minutes=1):%Y%m%d%H%M}"  # both ends count
        records: dict[str, PaperRecord] = {}
        left_out: list[LeftOut] = []
        for archive in archives:
            whole = "." not in archive and archive not in WITHOUT_CLASSES
            found, lacking = self._query(f"cat:{archive}{'.*' if whole else ''} AND submittedDate:[{window}]")
            records |= found
            left_out += lacking
        new = tuple(number for number, record in records.items() if is_within(record.categories[0], archives))
        cross = tuple(records.keys() - new)
        return Announcement(
            day,
            "window",
            new,
            tuple(sorted(cross)),
            (),
            expected=None,
            records=tuple(records.values()),
            left_out=tuple(dict.fromkeys(left_out)),
        )

    def metadata(self, ids: Iterable[str], titles: Mapping[str, str] | None = None) -> Metadata:
        """The current version's metadata of papers, in batches of 100; ids without version, matched by id.

        `titles` are for papers whose metadata have none. A batch that is no XML is halved, until the bad paper stands alone.
        """
        asked = dict.fromkeys(ids)
        known = [number for number in asked if ARXIV_ID_ALONE.fullmatch(number)]
        records: dict[str, PaperRecord] = {}
        left_out: dict[str, LeftOut] = {}
        for first in range(0, len(known), BATCH):
            self._batch(known[first : first + BATCH], titles or {}, records, left_out)
        return Metadata(
            records=tuple(records[number] for number in asked if number in records),
            missing=tuple(number for number in asked if number not in records),
            left_out=tuple(left_out[number] for number in asked if number in left_out),
        )

    def _batch(
        self, batch: list[str], titles: Mapping[str, str], records: dict[str, PaperRecord], left_out: dict[str, LeftOut]
    ) -> None:
        """Add the papers that arXiv knows."""
        parts = [batch]
        while parts:
            part = parts.pop()
            parameters: Parameters = {"id_list": ",".join(part), "start": 0, "max_results": BATCH}
            try:
                # Of a half it is known that arXiv's answer is no XML: that need not be found out by waiting again.
                page = self._api(parameters, due=len(part) > 1, titles=titles, attempts=1 if part is not batch else None)
            except Garbled:
                garbled = sum(one.lacks == NO_XML for one in left_out.values())
                if garbled >= MOST_GARBLED:
                    raise
                if len(part) == 1:
                    left_out[part[0]] = LeftOut(part[0], NO_XML)
                else:
                    parts += [part[len(part) // 2 :], part[: len(part) // 2]]
                continue
            if isinstance(page, ApiError):
                # One id that arXiv cannot read fails the whole batch, and the answer names it.
                unread = page.text.rpartition(" ")[2]
                if unread not in part:
                    raise Malformed(f"arXiv's API refused a list of ids: {page.text[:200]}", url=self._api_base, status=400)
                rest = [number for number in part if number != unread]
                parts += [rest] if rest else []
                continue
            records |= {record.arxiv_id: record for record in page.records}
            left_out |= {one.name: one for one in page.left_out}
            rest = [number for number in part if number not in page.ids]
            unnamed = [one for one in page.left_out if not one.name]
            if len(rest) <= len(unnamed):
                left_out |= {number: LeftOut(number, one.lacks) for number, one in zip(rest, unnamed, strict=False)}
            elif len(page.ids.intersection(part)) < page.total and len(rest) < len(part):
                parts.append(rest)  # an entry stood there twice, or cannot be told by its id

    def _query(self, query: str) -> tuple[dict[str, PaperRecord], list[LeftOut]]:
        """All papers of the query, by id, and those that cannot be read."""
        records: dict[str, PaperRecord] = {}
        left_out: dict[LeftOut, None] = {}
        seen: set[str] = set()
        unnamed = 0
        while True:
            parameters: Parameters = {
                "search_query": query,
                "sortBy": "submittedDate",
                "sortOrder": "ascending",
                "start": len(seen) + unnamed,  # not the entries: where one stands twice, another one was pushed out
                "max_results": WINDOW_PAGE,
            }
            page = self._api(parameters, due=False)
            if isinstance(page, ApiError) or page.total > LARGEST_QUERY:
                reason = (
                    page.text[:200] if isinstance(page, ApiError) else f"{page.total:,} results are more than it pages through"
                )
                raise Malformed(f"arXiv's API cannot answer {query!r}: {reason}", url=self._api_base)
            records |= {record.arxiv_id: record for record in page.records}
            left_out |= dict.fromkeys(page.left_out)
            new = page.ids - seen
            nameless = sum(not one.name for one in page.left_out)
            seen |= page.ids
            unnamed += nameless
            short = page.total - len(seen) - unnamed
            if short > 0 and not new and not nameless:
                left_out[LeftOut("", f"{short:,} papers that its API counts but does not return")] = None
            if short <= 0 or not (new or nameless):
                return records, list(left_out)

    def _api(
        self, parameters: Parameters, *, due: bool, titles: Mapping[str, str] | None = None, attempts: int | None = None
    ) -> ApiPage | ApiError:
        """`due`: the page should not be empty, whatever total it states."""

        def read(answer: Answer) -> ApiPage | ApiError:
            return read_api(answer, titles)

        for _ in range(EMPTY_TRIES):
            page = self._read(f"{self._api_base}/api/query", parameters, read, accept=(200, 400), attempts=attempts)
            if isinstance(page, ApiError):
                return page
            promised = page.total > int(parameters["start"])
            if page.records or page.left_out or not (due or promised):
                return page
        if not promised:
            return page
        raise Transient(f"arXiv's API gave an empty page {EMPTY_TRIES} times where papers were expected.", url=self._api_base)

    def _listing(self, path: str, parameters_of: Callable[[int, int], Parameters]) -> Sections:
        """All pages of a listing as one; `parameters_of` takes the page's number and how many entries were read before it."""
        whole = self._listing_page(path, parameters_of(1, 0))
        if whole.day is None:
            raise Malformed(
                "Unexpected answer from arXiv: expected a listing page with its date, got one without.",
                url=self._web_base + path,
                status=200,
            )
        for number in range(2, MOST_PAGES + 1):
            if whole.total is None or whole.entries >= whole.total:
                return whole
            page = self._listing_page(path, parameters_of(number, whole.entries))
            if page.day is None and page.total != whole.total:
                raise Malformed(
                    f"arXiv's listing {path} continues with a page without a date and with another total.",
                    url=self._web_base + path,
                )
            if page.day not in (None, whole.day):
                raise Transient(
                    f"arXiv announced {page.day} while the listing of {whole.day} was read.", url=self._web_base + path
                )
            whole.entries += page.entries
            whole.stated |= page.stated
            whole.titles |= page.titles
            whole.left_out += page.left_out
            for section, ids in page.ids.items():
                whole.ids[section] |= ids
        raise Malformed(f"arXiv's listing {path} has more than {MOST_PAGES} pages.", url=self._web_base + path)

    def _listing_page(self, path: str, parameters: Parameters) -> Sections:
        def read(answer: Answer) -> Sections:
            if answer.status == 400:
                if doubt := clock_doubt(answer.headers):
                    raise ClockWrong(f"arXiv has no listing {path}. {doubt}", url=answer.url, status=400)
                raise Gone(f"arXiv has no listing {path}: it keeps those of the last 90 days.", url=answer.url, status=400)
            return read_listing(answer)

        for _ in range(EMPTY_TRIES):
            page = self._read(self._web_base + path, parameters, read, accept=(200, 400))
            if page.entries or page.total == 0:
                return page
        raise Transient(
            f"arXiv gave an empty listing {EMPTY_TRIES} times where entries were expected.", url=self._web_base + path
        )

    def _read(
        self,
        url: str,
        parameters: Parameters,
        read: Callable[[Answer], Read],
        *,
        accept: Collection[int],
        attempts: int | None = None,
    ) -> Read:
        return retrying(
            lambda: read(self._get(url, parameters, accept)),
            attempts=attempts or self._attempts,
            max_wait_s=self._max_wait_s,
            first_wait_s=self._gate.interval_s,
        )

    def _get(self, url: str, parameters: Parameters, accept: Collection[int]) -> Answer:
        answer = self._ask(url, parameters)
        # A class may have another, canonical name. Followed here, so that this request keeps the interval, too.
        if (moved := onward(answer)) and (moved.host, moved.port) == (httpx.URL(url).host, httpx.URL(url).port):
            answer = self._ask(str(moved), {})
        if answer.status in accept:
            return answer
        at, status = answer.url, answer.status
        if status == 403:
            raise Refused(
                "arXiv denies us access (403). Stop collecting, set CONTACT_EMAIL to an address you read, and see "
                "https://info.arxiv.org/help/robots.html before you continue.",
                setting="CONTACT_EMAIL",
                url=at,
                status=status,
            )
        if status >= 500:
            raise Transient(f"arXiv has an internal error (status {status}).", url=at, status=status)
        raise Malformed(f"arXiv answered with status {status}; expected {' or '.join(map(str, accept))}.", url=at, status=status)

    def _ask(self, url: str, parameters: Parameters) -> Answer:
        with self._gate:
            answer = fetch(self._client, "GET", url, params=parameters, max_bytes=MAX_BYTES, deadline_s=self._deadline_s)
            if answer.status not in (429, 503):
                self._limited_in_a_row = 0
                return answer
            wait_s = min(20 * self._gate.interval_s * 2**self._limited_in_a_row, LONGEST_HOLD_S)
            wait_s = max(wait_s, retry_after_s(answer.headers) or 0)
            self._limited_in_a_row += 1
            self._gate.hold(wait_s)
        text = f"arXiv asked us to wait (status {answer.status}); retrying in {wait_s:.0f} s."
        raise RateLimited(text, url=answer.url, status=answer.status, wait_s=wait_s)


def _stops_all(error: SourceError) -> bool:
    """arXiv does not want to be asked by us: it is not asked for something else then."""
    return isinstance(error, Refused) or (isinstance(error, RateLimited) and error.status != 503)


def _of_feed(feed: Sections, note: str) -> Announcement:
    if feed.day is None:
        raise ValueError("a feed has a day")
    note = f"{_left_out(feed)} {note}".strip()
    return Announcement(feed.day, "feed", *by_section([feed]), expected=None, note=note, titles=feed.titles)


def _left_out(feed: Sections) -> str:
    return f"Entries of the feed were left out: {told(feed.left_out)}." if feed.left_out else ""


def _list_page(number: int, read: int) -> Parameters:
    return {} if number == 1 else {"skip": read, "show": LISTING_PAGE}


def _catchup_page(number: int, read: int) -> Parameters:
    return {"abs": "False", "page": number}
