"""arXiv: which papers a day announced, and their metadata. Every request goes through one gate (requests.py)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

import httpx

from papers.plurals import counted
from papers.sources.arxiv.announcement import Announcement, Metadata, by_section, is_within, united
from papers.sources.arxiv.calendar import AnnouncementCalendar
from papers.sources.arxiv.categories import WITHOUT_CLASSES
from papers.sources.arxiv.listings import Listings
from papers.sources.arxiv.metadata import BATCH, MetadataApi
from papers.sources.arxiv.pages import ARXIV_ID_ALONE, PaperRecord, Sections, read_feed
from papers.sources.arxiv.requests import GatedRequests
from papers.sources.gate import Gate
from papers.sources.http import Malformed, RateLimited, ServiceRefused, SourceError, Transient
from papers.sources.left_out import LeftOut, told

FEED_FULL = 1990
"""A feed holds at most 2,000 entries; beyond that arXiv leaves papers out without saying so."""


class ArxivClient:
    """Reads arXiv through `gate`. Every method may raise the errors of `papers.sources.http`."""

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
        self._requests = GatedRequests(client, gate, attempts=attempts, max_wait_s=max_wait_s, deadline_s=deadline_s)
        self._listings = Listings(self._requests, web_base)
        self._api = MetadataApi(self._requests, api_base)
        self._rss_base = rss_base
        self._web_base = web_base
        self._calendar = calendar or AnnouncementCalendar()

    def announced_today(self, archives: Sequence[str]) -> Announcement:
        """The newest announcement. Check its `day`: at weekends, and until arXiv has announced, it is an earlier one.

        The feed is used if the listing pages show the same day and the same new papers; otherwise the listing pages are. If one
        of the two cannot be read, the other is used.
        """
        feed, feed_trouble = None, None
        try:
            feed = self._requests.read(f"{self._rss_base}/rss/{'+'.join(archives)}", {}, read_feed, accept=(200, 400))
        except SourceError as error:
            if _stops_all(error):
                raise
            feed_trouble = error
        try:
            pages = [self._listings.newest(archive) for archive in archives]
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
            shown = f"{counted(len(feed.ids['new']), 'new paper')} on {feed.day}" if feed.entries else "nothing"
            note = f"The feed shows {shown}; the listing pages were taken instead."
            return replace(found, note=f"{_left_out(feed)} {note}".strip())
        late = f"the listing pages of {', '.join(behind)} are older than the listing of {newest}"
        if feed is None or feed.day != newest or feed.entries >= FEED_FULL:
            raise Transient(
                f"arXiv hasn't finished announcing: {late}, and its feed can't tell the day's papers.", url=self._web_base
            )
        return _of_feed(feed, f"Unchecked: {late}.")

    def caught_up(self, day: date, archives: Sequence[str]) -> Announcement:
        """What was announced on `day`, one of the last 90; empty if nothing was. Raises Gone for older days."""
        pages = [self._listings.of(day, archive) for archive in archives]
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
            found, lacking = self._api.query(f"cat:{archive}{'.*' if whole else ''} AND submittedDate:[{window}]")
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
        """The metadata of the papers' current versions, in batches of 100, by ids without version.

        `titles` are for papers whose metadata have none. A batch that is not XML is halved until the bad paper stands alone.
        """
        asked = dict.fromkeys(ids)
        known = [number for number in asked if ARXIV_ID_ALONE.fullmatch(number)]
        records: dict[str, PaperRecord] = {}
        left_out: dict[str, LeftOut] = {}
        for first in range(0, len(known), BATCH):
            self._api.add_batch(known[first : first + BATCH], titles or {}, records, left_out)
        return Metadata(
            records=tuple(records[number] for number in asked if number in records),
            missing=tuple(number for number in asked if number not in records),
            left_out=tuple(left_out[number] for number in asked if number in left_out),
        )


def _stops_all(error: SourceError) -> bool:
    """Whether arXiv doesn't want to be asked by us at all; then nothing else is asked of it either."""
    return isinstance(error, ServiceRefused) or (isinstance(error, RateLimited) and error.status != 503)


def _of_feed(feed: Sections, note: str) -> Announcement:
    if feed.day is None:
        raise ValueError("a feed has a day")
    note = f"{_left_out(feed)} {note}".strip()
    return Announcement(feed.day, "feed", *by_section([feed]), expected=None, note=note, titles=feed.titles)


def _left_out(feed: Sections) -> str:
    return f"Entries of the feed were left out: {told(feed.left_out)}." if feed.left_out else ""
