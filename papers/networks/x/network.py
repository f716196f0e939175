"""X as a network of ours: the shape of its ids, the moment in them, its pages, its budget, and who asks it."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime
from typing import Any, ClassVar, Self

import httpx

from papers.networks.base import LONGEST_ADDRESS, Count
from papers.networks.paid import Limit, Limits, LookupResult, Paid, SweepPage
from papers.networks.x.client import LOOKUP_SIZE, SETTLED, SMALLEST_PAGE, XClient
from papers.networks.x.oembed import OEmbedClient
from papers.networks.x.posts import is_status_id
from papers.plurals import counted
from papers.text.identifiers import snowflake_moment

NOT_SET = (
    "X_BEARER_TOKEN is not set, so no posts are collected from X. Set it to your app's app-only bearer token, from X's "
    "developer console."
)
STATUS = re.compile(
    r"(?:https?://)?(?:(?:www|mobile|m)\.)?(?:(?:fx|vx|fixup)?(?:x|twitter)\.com|nitter\.net|xcancel\.com)/"
    r"(?P<handle>i|i/web|[A-Za-z0-9_]{1,20})/status(?:es)?/"
    r"(?P<id>[1-9][0-9]{0,18})(?:/(?:photo|video)/[0-9])?/?(?:[?#].*)?",
    re.ASCII,
)
"""A status page, as browsers and apps copy its address, and as sites that show X's posts write it."""


class X(Paid):
    """X charges for what is read, so that it is asked through a budget; texts come from its oEmbed, which is free."""

    name: ClassVar = "x"
    title: ClassVar = "X"
    key_setting: ClassVar = "X_BEARER_TOKEN"
    no_key: ClassVar = NOT_SET
    link_hosts: ClassVar = frozenset({"t.co", "twitter.com", "x.com"})
    texts: ClassVar = OEmbedClient
    lookup_size: ClassVar = LOOKUP_SIZE
    smallest_page: ClassVar = SMALLEST_PAGE
    settled: ClassVar = SETTLED
    microdollars: ClassVar = 5_000
    counted: ClassVar[tuple[Count, ...]] = (
        Count("retweets", "repost", "reposts"),
        Count("favorites", "like", "likes"),
    )

    weights: ClassVar[Mapping[str, float]] = {"retweets": 1, "favorites": 1}
    mark: ClassVar = '<path d="M2.5 2.5l11 11M13.5 2.5l-11 11" stroke="currentColor" stroke-width="2.4" fill="none"/>'

    @staticmethod
    def off(settings: Any) -> str:
        return "" if settings.X_BEARER_TOKEN else NOT_SET

    @staticmethod
    def not_collected(settings: Any) -> str:
        fewest = settings.X_MIN_LIKES
        return f"Posts on X with fewer than {counted(fewest, 'like')} are not collected." if fewest else ""

    @staticmethod
    def is_id(text: str) -> bool:
        return is_status_id(text)

    @staticmethod
    def posted_at(id: str) -> datetime | None:
        return snowflake_moment(id) if is_status_id(id) else None

    @staticmethod
    def page(id: str, handle: str = "") -> str:
        """X finds it by the id; the handle is for people."""
        return f"https://twitter.com/{handle or 'i'}/status/{id}"

    @classmethod
    def id_in(cls, address: str) -> str | None:
        found = STATUS.fullmatch(address.strip()) if len(address) <= LONGEST_ADDRESS else None
        return found["id"] if found and is_status_id(found["id"]) else None

    @staticmethod
    def frame(id: str, settings: Any) -> str:
        return f"{settings.X_EMBED_BASE}/embed/Tweet.html?id={id}&dnt=true&lang=en&theme={{theme}}"

    def __init__(self, client: XClient, settings: Any) -> None:
        self._client = client
        self._settings = settings

    @classmethod
    def open(cls, client: httpx.Client, settings: Any, *, attempts: int, now: Callable[[], datetime]) -> Self:
        token, base = settings.X_BEARER_TOKEN, settings.X_API_BASE
        return cls(XClient(client, bearer_token=token, base=base, attempts=attempts, now=now), settings)

    @staticmethod
    def limits(settings: Any) -> Limits:
        day, month = "X_DAILY_READS", "X_MONTHLY_READS"
        return Limits(Limit(day, settings.X_DAILY_READS), Limit(month, settings.X_MONTHLY_READS))

    @staticmethod
    def has_floor(settings: Any) -> bool:
        return bool(settings.X_MIN_LIKES)

    def sweep(
        self,
        *,
        start: datetime,
        end: datetime,
        max_reads: int,
        token: str | None = None,
        before_page: Callable[[int], object] | None = None,
    ) -> Iterator[SweepPage]:
        return self._client.sweep(
            start=start, end=end, min_likes=self._settings.X_MIN_LIKES, max_reads=max_reads, token=token, before_page=before_page
        )

    def lookup(self, ids: Collection[str]) -> LookupResult:
        return self._client.lookup(ids)
