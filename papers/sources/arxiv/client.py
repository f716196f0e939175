"""arXiv: which papers a day announced, and their metadata.

https://info.arxiv.org/help/api/tou.html asks for one connection and one request in three seconds, over all our machines and over
feeds, pages and API together: every request goes through one gate.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal, TypeVar

import httpx

from papers.sources.arxiv.calendar import AnnouncementCalendar
from papers.sources.arxiv.pages import (
    ARXIV_ID_ALONE,
    ApiError,
    ApiPage,
    PaperRecord,
    Section,
    Sections,
    read_api,
    read_feed,
    read_listing,
)
from papers.sources.gate import LONGEST_HOLD_S, Gate
from papers.sources.http import Answer, Gone, Malformed, RateLimited, Refused, Transient, fetch, retry_after_s, retrying

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
ARCHIVES_WITHOUT_CLASSES = frozenset(
    {"gr-qc", "hep-ex", "hep-lat", "hep-ph", "hep-th", "math-ph", "nucl-ex", "nucl-th", "quant-ph"}
)
Read = TypeVar("Read")
Parameters = Mapping[str, str | int]


@dataclass(frozen=True)
class Counts:
    new: int
    cross: int
    replaced: int


@dataclass(frozen=True)
class Announcement:
    """What arXiv announced on one listing day, relative to the archives asked for; each paper is in one section only."""

    day: date
    how: Literal["feed", "catchup", "window"]
    """`window` is approximate: by time of submission, without papers that moderators held back."""
    new: tuple[str, ...]
    """First announced this day, with a primary category in the archives."""
    cross: tuple[str, ...]
    """Newly listed in the archives, with a primary category outside."""
    replaced: tuple[str, ...]
    expected: Counts | None
    """By arXiv's own listing pages; None where none could tell. More than there are ids where a page gave less than it states."""
    note: str = ""
    """One sentence where feed and listing page did not agree."""
    records: tuple[PaperRecord, ...] = ()
    """Metadata that came along, of new and cross-listed papers; only from the window."""


@dataclass(frozen=True)
class Metadata:
    records: tuple[PaperRecord, ...]
    missing: tuple[str, ...]
    """Ids for which arXiv gave nothing, be it that it does not know them (yet) or that they are no arXiv ids."""


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
        """
        feed = self._read(f"{self._rss_base}/rss/{'+'.join(archives)}", {}, read_feed, accept=(200, 400))
        pages = [self._listing(f"/list/{archive}/new", _list_page) for archive in archives]
        newest = max([page.day for page in pages] + ([feed.day] if feed.entries else []))
        behind = [archive for archive, page in zip(archives, pages, strict=True) if page.day < newest]
        if not behind:
            found = _united(pages, "feed")
            same = feed.day == newest and feed.ids["new"].keys() == set(found.new)
            if same:
                return found
            shown = f"{len(feed.ids['new'])} new papers on {feed.day}" if feed.entries else "nothing"
            return replace(found, note=f"The feed shows {shown}; the listing pages were taken instead.")
        late = f"the listing pages of {', '.join(behind)} are older than the listing of {newest}"
        if feed.day < newest or feed.entries >= FEED_FULL:
            raise Transient(
                f"arXiv is not done announcing: {late}, and its feed cannot tell the day's papers.", url=self._web_base
            )
        return Announcement(newest, "feed", *_by_section([feed]), expected=None, note=f"Unchecked: {late}.")

    def caught_up(self, day: date, archives: Sequence[str]) -> Announcement:
        """What was announced on `day`, of the last 90 days; empty where there was no announcement. Raises Gone for older days."""
        pages = [self._listing(f"/catchup/{archive}/{day}", _catchup_page) for archive in archives]
        if other := next((page.day for page in pages if page.day != day), None):
            raise Malformed(f"arXiv's catch-up page of {day} shows {other}.", url=self._web_base)
        return _united(pages, "catchup")

    def submitted_for(self, day: date, archives: Sequence[str]) -> Announcement:
        """What was probably announced on `day`, however long ago: the papers submitted in the time that leads to it."""
        start, end = self._calendar.submission_window(day)
        window = f"{start:%Y%m%d%H%M} TO {end - timedelta(minutes=1):%Y%m%d%H%M}"  # both ends count
        records: dict[str, PaperRecord] = {}
        for archive in archives:
            whole = "." not in archive and archive not in ARCHIVES_WITHOUT_CLASSES
            query = f"cat:{archive}{'.*' if whole else ''} AND submittedDate:[{window}]"
            records |= {record.arxiv_id: record for record in self._query(query)}
        new = tuple(number for number, record in records.items() if is_within(record.categories[0], archives))
        cross = tuple(records.keys() - new)
        return Announcement(day, "window", new, tuple(sorted(cross)), (), expected=None, records=tuple(records.values()))

    def metadata(self, ids: Iterable[str]) -> Metadata:
        """The current version's metadata of papers, in batches of 100; ids without version, matched by id."""
        asked = dict.fromkeys(ids)
        known = [number for number in asked if ARXIV_ID_ALONE.fullmatch(number)]
        records: dict[str, PaperRecord] = {}
        for first in range(0, len(known), BATCH):
            batch = known[first : first + BATCH]
            while batch:
                parameters: Parameters = {"id_list": ",".join(batch), "start": 0, "max_results": BATCH}
                page = self._api(parameters, due=len(batch) > 1)
                if isinstance(page, ApiPage):
                    records |= {record.arxiv_id: record for record in page.records}
                    break
                # One id that arXiv cannot read fails the whole batch, and the answer names it.
                unread = page.text.rpartition(" ")[2]
                if unread not in batch:
                    raise Malformed(f"arXiv's API refused a list of ids: {page.text}", url=self._api_base, status=400)
                batch.remove(unread)
        return Metadata(
            records=tuple(records[number] for number in asked if number in records),
            missing=tuple(number for number in asked if number not in records),
        )

    def _query(self, query: str) -> list[PaperRecord]:
        records: list[PaperRecord] = []
        while True:
            parameters: Parameters = {
                "search_query": query,
                "sortBy": "submittedDate",
                "sortOrder": "ascending",
                "start": len(records),
                "max_results": WINDOW_PAGE,
            }
            page = self._api(parameters, due=False)
            if isinstance(page, ApiError) or page.total > LARGEST_QUERY:
                reason = page.text if isinstance(page, ApiError) else f"{page.total:,} results are more than it pages through"
                raise Malformed(f"arXiv's API cannot answer {query!r}: {reason}", url=self._api_base)
            records += page.records
            if len(records) >= page.total:
                return records

    def _api(self, parameters: Parameters, *, due: bool) -> ApiPage | ApiError:
        """`due`: the page should not be empty, whatever total it states."""
        for _ in range(EMPTY_TRIES):
            page = self._read(f"{self._api_base}/api/query", parameters, read_api, accept=(200, 400))
            if isinstance(page, ApiError):
                return page
            promised = page.total > int(parameters["start"])
            if page.records or not (due or promised):
                return page
        if not promised:
            return page
        raise Transient(f"arXiv's API gave an empty page {EMPTY_TRIES} times where papers are due.", url=self._api_base)

    def _listing(self, path: str, parameters_of: Callable[[int, int], Parameters]) -> Sections:
        """All pages of a listing as one; `parameters_of` takes the page's number and how many entries were read before it."""
        whole = self._listing_page(path, parameters_of(1, 0))
        for number in range(2, MOST_PAGES + 1):
            if whole.total is None or whole.entries >= whole.total:
                return whole
            page = self._listing_page(path, parameters_of(number, whole.entries))
            if page.day != whole.day:
                raise Transient(
                    f"arXiv announced {page.day} while the listing of {whole.day} was read.", url=self._web_base + path
                )
            whole.entries += page.entries
            whole.stated |= page.stated
            for section, ids in page.ids.items():
                whole.ids[section] |= ids
        raise Malformed(f"arXiv's listing {path} has more than {MOST_PAGES} pages.", url=self._web_base + path)

    def _listing_page(self, path: str, parameters: Parameters) -> Sections:
        def read(answer: Answer) -> Sections:
            if answer.status == 400:
                raise Gone(f"arXiv has no listing {path}: it keeps those of the last 90 days.", url=answer.url, status=400)
            return read_listing(answer)

        for _ in range(EMPTY_TRIES):
            page = self._read(self._web_base + path, parameters, read, accept=(200, 400))
            if page.entries or page.total == 0:
                return page
        raise Transient(f"arXiv gave an empty listing {EMPTY_TRIES} times where entries are due.", url=self._web_base + path)

    def _read(self, url: str, parameters: Parameters, read: Callable[[Answer], Read], *, accept: Collection[int]) -> Read:
        return retrying(
            lambda: read(self._get(url, parameters, accept)),
            attempts=self._attempts,
            max_wait_s=self._max_wait_s,
            first_wait_s=self._gate.interval_s,
        )

    def _get(self, url: str, parameters: Parameters, accept: Collection[int]) -> Answer:
        answer = self._ask(url, parameters)
        if answer.status in (301, 302, 307, 308):
            # A class may have another, canonical name. Followed here, so that this request keeps the interval, too.
            moved = httpx.URL(answer.url).join(answer.headers.get("location", ""))
            if moved.host == httpx.URL(url).host and moved.port == httpx.URL(url).port:
                answer = self._ask(str(moved), {})
        if answer.status in accept:
            return answer
        at, status = answer.url, answer.status
        if status == 403:
            raise Refused(
                "arXiv denies us access (403). Stop collecting, set CONTACT_EMAIL to an address that is read, and see "
                "https://info.arxiv.org/help/robots.html before going on.",
                setting="CONTACT_EMAIL",
                url=at,
                status=status,
            )
        if status >= 500:
            raise Transient(f"arXiv has a failure of its own (status {status}).", url=at, status=status)
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
        text = f"arXiv asks us to wait (status {answer.status}); requests go on in {wait_s:.0f} s."
        raise RateLimited(text, url=answer.url, status=answer.status, wait_s=wait_s)


def _list_page(number: int, read: int) -> Parameters:
    return {} if number == 1 else {"skip": read, "show": LISTING_PAGE}


def _catchup_page(number: int, read: int) -> Parameters:
    return {"abs": "False", "page": number}


def is_within(category: str, archives: Collection[str]) -> bool:
    """Whether the category is one of the archives and classes, or a class of one of the archives."""
    return category in archives or category.partition(".")[0] in archives


def _by_section(listings: Iterable[Sections]) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """New, cross-listed and replaced over several listings: what is new in one of them is new."""
    ids: dict[Section, dict[str, None]] = {"new": {}, "cross": {}, "replaced": {}}
    for listing in listings:
        for section, found in listing.ids.items():
            ids[section] |= found
    cross = [number for number in ids["cross"] if number not in ids["new"]]
    replaced = [number for number in ids["replaced"] if number not in ids["new"] and number not in ids["cross"]]
    return tuple(ids["new"]), tuple(cross), tuple(replaced)


def _united(pages: Sequence[Sections], how: Literal["feed", "catchup"]) -> Announcement:
    sections: tuple[Section, ...] = ("new", "cross", "replaced")
    found = _by_section(pages)
    # A paper may be on several pages, so that only what a page lacks by its own heading can be added up.
    lacking = [sum(max(0, page.stated.get(section, 0) - len(page.ids[section])) for page in pages) for section in sections]
    expected = Counts(*(len(ids) + short for ids, short in zip(found, lacking, strict=True)))
    return Announcement(pages[0].day, how, *found, expected=expected)
