"""Bluesky's API without a key: posts by their addresses, 25 at a time. https://docs.bsky.app/docs/api/app-bsky-feed-get-posts"""

import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

import httpx

from papers.networks.api import MOST_IN_A_ROW, Api
from papers.networks.base import LONGEST_ADDRESS, Count, FoundPost, GoneReason, Network, PostsRead
from papers.networks.bluesky.posts import (
    DID,
    HANDLE,
    KEPT_BACK,
    RKEY,
    SIGNED_IN_ONLY,
    is_uri,
    key_moment,
    labels,
    read_view,
    uri_of,
)
from papers.networks.bluesky.search import Search
from papers.networks.bluesky.stream import Jetstream
from papers.networks.strict_json import items, mapping, text_of
from papers.sources.http import SourceError
from papers.sources.left_out import LeftOut

PUBLIC_HOSTS = frozenset({"public.api.bsky.app", "api.bsky.app"})
ACCOUNTS = "https://bsky.social"
"""Passes requests on to the account's own server."""
BATCH = 25
"""The most addresses that one call takes."""
ONE_OF_THEM = (400, 500)
"""The status where one of several posts may be at fault (https://github.com/bluesky-social/atproto/issues/4341)."""
NEWBORN = timedelta(minutes=2)
"""A post may be on the stream before Bluesky's API knows it."""
PAGE = re.compile(rf"(?:https?://)?(?:www\.)?bsky\.app/profile/({DID}|{HANDLE})/post/({RKEY})/?(?:[?#]\S*)?", re.ASCII)


class Bluesky(Network):
    name: ClassVar = "bluesky"
    title: ClassVar = "Bluesky"
    counted: ClassVar[tuple[Count, ...]] = (
        Count("likes", "like", "likes"),
        Count("reposts", "repost", "reposts"),
        Count("quotes", "quote", "quotes"),
        Count("replies", "reply", "replies"),
    )
    needed: ClassVar = "an author, a record or a moment"
    weights: ClassVar[Mapping[str, float]] = {"likes": 1, "reposts": 1, "quotes": 1, "replies": 0}
    mark: ClassVar = (
        '<path fill="currentColor" d="M8 7.2C7.2 5.6 5 3 3.2 2.1 1.8 1.4 1 2.2 1 3.5c0 .7.4 4.2.7 4.8.6 1.6 2.3 2 3.9 1.8'
        "-2.5.4-4.2 1.5-1.8 4C6.6 16.8 7.6 13 8 11.9c.4 1.1 1.4 4.9 4.2 2.2 2.4-2.5.7-3.6-1.8-4 1.6.2 3.3-.2 3.9-1.8.3-.6.7"
        '-4.1.7-4.8 0-1.3-.8-2.1-2.2-1.4C11 3 8.8 5.6 8 7.2z"/>'
    )
    stream: ClassVar = Jetstream

    def __init__(self, api: Api, search: Search | None) -> None:
        """Without `search`, which needs an account, mentions come from the stream alone."""
        self._api = api
        self._search = search

    @classmethod
    def open(cls, client: httpx.Client, settings: Any, *, attempts: int, now: Callable[[], datetime]) -> Self:
        def api(base: str) -> Api:
            return Api(client, base, service=cls.title, setting="BLUESKY_API_BASE", attempts=attempts, now=now)

        open_to_all = api(settings.BLUESKY_API_BASE)
        if not (settings.BLUESKY_HANDLE and settings.BLUESKY_APP_PASSWORD):
            return cls(open_to_all, None)
        # The public hosts know no accounts; any other address is taken for the account's own server.
        own = api(ACCOUNTS) if httpx.URL(open_to_all.base).host in PUBLIC_HOSTS else open_to_all
        return cls(open_to_all, Search(own, handle=settings.BLUESKY_HANDLE, app_password=settings.BLUESKY_APP_PASSWORD))

    @staticmethod
    def is_id(text: str) -> bool:
        return is_uri(text)

    @staticmethod
    def posted_at(id: str) -> datetime | None:
        return key_moment(id)

    @staticmethod
    def page(id: str, handle: str = "") -> str:
        """By the author's DID, which stays while the handle changes."""
        did, _, rkey = id.removeprefix("at://").split("/")
        return f"https://bsky.app/profile/{did}/post/{rkey}"

    @classmethod
    def id_in(cls, address: str) -> str | None:
        """Where it has the author's DID, and not the handle."""
        address = address.strip()
        match = PAGE.fullmatch(address) if len(address) <= LONGEST_ADDRESS else None
        uri = uri_of(match[1], match[2]) if match else address
        return uri if is_uri(uri) else None

    @staticmethod
    def frame(id: str, settings: Any) -> str:
        """The page that the script of its oEmbed answers frames; it tells its height where it has an id.

        Public description: https://docs.bsky.app/docs/advanced-guides/oembed
        """
        return f"{settings.BLUESKY_EMBED_BASE}/embed/{id.removeprefix('at://')}?id=original&colorMode={{theme}}"

    def identify(self, address: str) -> str | None:
        """The post's address by its author's DID, which is asked of Bluesky where the page has the handle."""
        if told := self.id_in(address):
            return told
        match = PAGE.fullmatch(address.strip()) if len(address) <= LONGEST_ADDRESS else None
        if not match:
            return None
        asked = {"handle": match[1]}
        status, answer = self._api.ask("GET", "/xrpc/com.atproto.identity.resolveHandle", asked, accept=(400, 404))
        uri = uri_of(text_of(mapping(answer).get("did")) if status == 200 else "", match[2])
        return uri if is_uri(uri) else None

    def mentions(self, start: datetime, end: datetime) -> Iterator[FoundPost | LeftOut]:
        """Nothing: the stream tells them, and the maintainers ask that search be left to people."""
        return iter(())

    def fill(self, start: datetime, end: datetime) -> Iterator[FoundPost | LeftOut] | None:
        """By search, where there is an account for it."""
        return self._searched(self._search, start, end) if self._search else None

    def _searched(self, search: Search, start: datetime, end: datetime) -> Iterator[FoundPost | LeftOut]:
        views = readable = 0
        for view in search.mentions(start, end):
            post = read_view(view)
            views, readable = views + 1, readable + (post is not None and not self.lacking(post))
            if post is None:
                uri = text_of(mapping(view).get("uri"))
                yield LeftOut(uri if is_uri(uri) else "", self.needed)
            elif post.papers and not _hidden(view):
                yield post
                if lacks := self.lacking(post):
                    yield LeftOut(post.id, lacks)
        self._api.expect("uri, author, record, moment and likeCount", readable, views)

    def read(self, posts: Mapping[str, datetime]) -> PostsRead:
        """Posts that were deleted, taken down or blocked are simply left out by Bluesky: those are gone."""
        reading = PostsRead(posts, gone={id: GoneReason.DELETED for id in posts if not is_uri(id)})
        refused: set[str] = set()
        for view in self._views([id for id in posts if id not in reading.gone], refused):
            uri = text_of(mapping(view).get("uri"))
            if uri not in posts:
                continue
            if reason := _hidden(view):
                reading.gone[uri] = reason
            else:
                self.keep(reading, uri, read_view(view))
        youngest = self._api.now() - NEWBORN
        for id in reading.unknown - refused - reading.unreadable.keys():
            if posts[id] < youngest:
                reading.gone[id] = GoneReason.DELETED
        return reading

    def _views(self, asked: Sequence[str], refused: set[str]) -> Iterator[object]:
        """Adds to `refused` the addresses that Bluesky could not answer for: one alone can fail all that are asked with it."""
        batches = deque(asked[first : first + BATCH] for first in range(0, len(asked), BATCH))
        in_a_row, is_answering = 0, False
        while batches:
            batch = batches.popleft()
            try:
                answer = self._api.get("/xrpc/app.bsky.feed.getPosts", {"uris": batch})
            except SourceError as error:
                in_a_row += len(batch) == 1
                is_last = not batches and not is_answering
                if error.status not in ONE_OF_THEM or in_a_row > MOST_IN_A_ROW or (len(batch) == 1 and is_last):
                    raise
                if len(batch) == 1:
                    refused.add(batch[0])
                else:
                    batches.extendleft((batch[len(batch) // 2 :], batch[: len(batch) // 2]))
                continue
            if not isinstance(mapping(answer).get("posts"), list):
                raise self._api.malformed("`posts`")
            in_a_row, is_answering = 0, True
            yield from items(answer["posts"])


def _hidden(view: object) -> GoneReason | None:
    """Why a post that Bluesky gave may not be shown to everybody, if it may not."""
    given = labels(view)
    if KEPT_BACK & given:
        return GoneReason.WITHHELD
    return GoneReason.PROTECTED if SIGNED_IN_ONLY in given else None
