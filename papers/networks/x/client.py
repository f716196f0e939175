"""X API v2: the day's tweets that link papers, and their counts again. https://docs.x.com/x-api

X charges for each post it returns ($0.005, once a UTC day), not for requests: every result says how many posts were `reads`.
A call that breaks off after X began to answer raises Transient and may still have been charged; asking again the same day
is free.
"""

import re
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from papers.networks.api import utc_now
from papers.networks.base import GoneReason, unreadable
from papers.networks.paid import LookupResult, SweepPage
from papers.networks.strict_json import items, next_cursor, whole_number
from papers.networks.x.answer import read_answer
from papers.networks.x.posts import is_status_id, read_gone, read_posts
from papers.sources.http import Malformed, Misconfigured, base_url, fetch, retrying
from papers.sources.left_out import LeftOut, is_mostly_unread

LOOKUP_SIZE = 100
"""The most ids that one lookup takes."""
RECENT = timedelta(days=7)
MARGIN = timedelta(hours=1)
"""A sweep may last: its start has to stay inside the recent search while it pages."""
SETTLED = timedelta(seconds=30)
"""X refuses bounds that are less than 10 s old; its own default is 30 s."""
SMALLEST_PAGE = 10
EMPTY_PAGES = 50
"""After so many pages without a post, though each names a next one, a sweep ends with an error."""
MAX_BYTES = 32 * 1024 * 1024
FIELDS = (
    "id,text,created_at,lang,author_id,username,public_metrics,entities,referenced_tweets,conversation_id,note_tweet,"
    "possibly_sensitive,withheld"
)
PAPER_HOSTS = ("arxiv.org", "alphaxiv.org", "huggingface.co/papers", "hf.co/papers", "doi.org/10.48550", "ar5iv.org")


def sweep_query(min_likes: int) -> str:
    """The search for tweets that link papers and have at least so many likes (0: all)."""
    hosts = " OR ".join([*(f'url:"{host}"' for host in PAPER_HOSTS), '"10.48550/arXiv"'])
    return f"({hosts}) -is:retweet" + (f" min_likes:{min_likes}" if min_likes else "")


class XClient:
    """Reads X with an app's bearer token. Transient errors are tried again, refusals never.

    Raises, besides Transient: RateLimited, ServiceRefused (names the setting), OutOfCredit, Malformed (an answer that X does not
    document, or a request that X does not understand: both are faults of ours).
    """

    def __init__(
        self,
        client: httpx.Client,
        *,
        bearer_token: str,
        base: str,
        attempts: int = 3,
        max_wait_s: float = 60,
        deadline_s: float = 60,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._client = client
        self._base = base_url(base, setting="X_API_BASE")
        # Checked here, since the HTTP library would quote a header that it cannot send.
        if not re.fullmatch(r"[\x21-\x7e]+", bearer_token):
            state = "is not set" if not bearer_token else "has spaces or other characters that no token can have"
            raise Misconfigured(
                f"X_BEARER_TOKEN {state}. Set it to your app's app-only bearer token, from X's developer console.",
                setting="X_BEARER_TOKEN",
            )
        self._headers = {"Authorization": f"Bearer {bearer_token}"}
        self._attempts = attempts
        self._max_wait_s = max_wait_s
        self._deadline_s = deadline_s
        self._sleep = sleep
        self._now = now

    def sweep(
        self,
        *,
        start: datetime,
        end: datetime,
        min_likes: int,
        max_reads: int,
        token: str | None = None,
        before_page: Callable[[int], object] | None = None,
    ) -> Iterator[SweepPage]:
        """The tweets in [start, end) that link a paper, page by page, at most `max_reads` posts.

        `token` goes on where an earlier sweep with the same bounds stopped. Beyond the last 7 days it searches the full archive.
        `before_page` is told how many posts the page that is asked for next may have; what it raises ends the sweep.
        """
        end = min(end, self._now() - SETTLED)
        if start >= end:
            return
        endpoint, page_size, pause_s = ("recent", 100, 0.0) if self._is_recent(start) else ("all", 500, 1.0)
        seen, empty = {token}, 0
        while True:
            size = min(page_size, max_reads)
            if size < SMALLEST_PAGE:
                yield SweepPage((), 0, (), end, token, more=True)
                return
            if before_page:
                before_page(size)
            bounds = _bounds(start, end) | _token(token)
            asked = bounds | {"query": sweep_query(min_likes), "max_results": size, "tweet.fields": FIELDS}
            page = self._page(f"/2/tweets/search/{endpoint}", asked, end)
            token = page.next_token
            max_reads -= page.reads
            yield page
            empty = 0 if page.reads else empty + 1
            if token is None or max_reads < SMALLEST_PAGE:
                return
            if token in seen or empty > EMPTY_PAGES:
                raise Malformed(
                    "X's search repeats itself: its next page is one we have already read.", url=self._base, status=200
                )
            seen.add(token)
            if pause_s:
                self._sleep(pause_s)

    def _page(self, path: str, params: Mapping[str, str | int], end: datetime) -> SweepPage:
        found = self._get(path, params)
        meta = found.get("meta")
        if not isinstance(meta, dict):
            raise Malformed("X's search answered without `meta`.", url=self._base, status=200)
        posts = items(found.get("data"))
        if not posts and (found.get("data") or whole_number(meta.get("result_count"))):
            raise Malformed("X's search answered without `data`, though it found posts.", url=self._base, status=200)
        tweets, left_out = read_posts(posts)
        without = [LeftOut(tweet.status_id, "links") for tweet in tweets if not (tweet.papers or tweet.has_links)]
        if is_mostly_unread(len(without), len(posts)):  # a few are odd, but each was asked for by what it links
            left_out += without
        token = next_cursor(meta.get("next_token"))
        if token is None:
            raise Malformed("X's search answered with a `next_token` that is no text.", url=self._base, status=200)
        token = token or None
        return SweepPage(tuple(tweets), len(posts), tuple(left_out), end, token, more=token is not None)

    def lookup(self, ids: Collection[str]) -> LookupResult:
        """The present state of 1 to 100 posts, in one request."""
        asked = set(ids)
        if not 1 <= len(asked) <= LOOKUP_SIZE:
            raise ValueError(f"a lookup takes 1 to {LOOKUP_SIZE} ids, not {len(asked)}")
        # X refuses the whole request for one id that it cannot have given out.
        gone = {status_id: GoneReason.DELETED for status_id in asked if not is_status_id(status_id)}
        sent = sorted(asked - gone.keys())
        if not sent:
            return LookupResult({}, gone, frozenset(), 0)
        answer = self._get("/2/tweets", {"ids": ",".join(sent), "tweet.fields": FIELDS})
        if not ("data" in answer or "errors" in answer):
            raise Malformed("X's lookup answered without `data` and without `errors`.", url=self._base, status=200)
        posts = items(answer.get("data"))
        found = {}
        tweets, left_out = read_posts(posts)
        if is_mostly_unread(len(left_out), len(posts)):
            raise unreadable("X", left_out, len(posts))
        for tweet in tweets:
            for status_id in asked.intersection((tweet.status_id, *tweet.edit_history)):
                # The answer for an id itself goes before that for another version of it.
                if tweet.status_id == status_id or status_id not in found:
                    found[status_id] = tweet
        gone |= {status_id: reason for status_id, reason in read_gone(answer.get("errors")) if status_id in asked}
        gone |= {status_id: GoneReason.WITHHELD for status_id, tweet in found.items() if tweet.is_withheld}
        found = {status_id: tweet for status_id, tweet in found.items() if status_id not in gone}
        return LookupResult(found, gone, frozenset(asked - found.keys() - gone.keys()), len(posts))

    def _is_recent(self, start: datetime) -> bool:
        return start >= self._now() - RECENT + MARGIN

    def _get(self, path: str, params: Mapping[str, str | int]) -> Mapping[str, Any]:
        def once() -> Mapping[str, Any]:
            return read_answer(
                fetch(
                    self._client,
                    "GET",
                    self._base + path,
                    params=params,
                    headers=self._headers,
                    max_bytes=MAX_BYTES,
                    deadline_s=self._deadline_s,
                ),
                self._now(),
            )

        return retrying(once, attempts=self._attempts, max_wait_s=self._max_wait_s, sleep=self._sleep)


def _bounds(start: datetime, end: datetime) -> dict[str, str | int]:
    return {f"{name}_time": f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" for name, moment in (("start", start), ("end", end))}


def _token(token: str | None) -> dict[str, str | int]:
    return {"next_token": token} if token else {}
