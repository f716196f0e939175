"""Bluesky's search, which needs an account: what the stream missed. https://docs.bsky.app/docs/api/app-bsky-feed-search-posts

The maintainers ask that data be collected from the stream; this asks a few pages, and only for a time that was not heard.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from papers.networks.api import Api
from papers.networks.base import NotGiven
from papers.networks.strict_json import items, mapping, next_cursor, text_of
from papers.sources.http import ServiceRefused

OLDER, NEWER = "/xrpc/app.bsky.feed.searchPosts", "/xrpc/app.bsky.feed.searchPostsV2"
NOT_THERE = ("XRPCNotSupported", "MethodNotImplemented")
RUN_OUT = ("ExpiredToken", "InvalidToken")
DOMAINS = ("arxiv.org", "alphaxiv.org", "ar5iv.org", "huggingface.co", "hf.co", "doi.org")
PAGE_SIZE = 100
ALMOST_A_SECOND = timedelta(microseconds=999_999)
"""Whole seconds are asked for: the one in which the time ends, too."""
MOST_PAGES = 50
"""For each domain."""


class Search:
    """Signs in with a handle and an app password at the first search, and again where the session has run out."""

    def __init__(self, api: Api, *, handle: str, app_password: str) -> None:
        """`api` is the account's own server. Where it knows the older search no more, the newer one is asked (2026-06)."""
        self._api = api
        self._handle = handle
        self._app_password = app_password
        self._token = ""
        self._method = OLDER

    def mentions(self, start: datetime, end: datetime) -> Iterator[object]:
        """The views of the posts made in [start, end) that link one of the domains where papers are, newest first by domain.

        Raises NotGiven where Bluesky refuses the search to an account that it has let in, perhaps only after some pages.
        """
        for domain in DOMAINS:
            cursor, seen = "", {""}
            for _ in range(MOST_PAGES):
                found = self._page(domain, start, end, cursor)
                yield from items(found.get("posts"))
                cursor = self._next(found)
                if not cursor or (cursor in seen and not found.get("posts")):
                    break
                if cursor in seen:
                    raise self._given_up("repeats itself")
                seen.add(cursor)
            else:
                raise self._given_up(f"has more than {MOST_PAGES * PAGE_SIZE:,} posts for {domain}")

    def _next(self, found: Mapping[str, Any]) -> str:
        told = next_cursor(found.get("cursor"))
        if told is None:
            raise self._api.malformed("a `cursor` that is a text")
        return told

    def _given_up(self, why: str) -> NotGiven:
        return NotGiven(f"Bluesky's search {why}, so it did not fill all of this gap.", url=self._api.base, status=200)

    def _page(self, domain: str, start: datetime, end: datetime, cursor: str) -> Mapping[str, Any]:
        for _ in range(3):
            headers = {"Authorization": f"Bearer {self._token or self._sign_in()}"}
            params = self._params(domain, start, end) | ({"cursor": cursor} if cursor else {})
            status, answer = self._api.ask("GET", self._method, params, headers=headers, accept=(400, 401, 403, 404, 501))
            named = text_of(mapping(answer).get("error"))
            if status == 200:
                if not isinstance(mapping(answer).get("posts"), list):
                    raise self._api.malformed("`posts`")
                return mapping(answer)
            if self._method == OLDER and (status in (404, 501) or named in NOT_THERE):
                self._method = NEWER
            elif status == 401 or named in RUN_OUT:
                self._token = ""
            else:
                told = f"{status} {named[:60]}" if named.isidentifier() else str(status)
                raise NotGiven(
                    f"Bluesky's search refuses to fill such gaps ({told}): it wants data to be collected from its stream.",
                    url=self._api.base,
                    status=status,
                )
        raise self._refused()

    def _params(self, domain: str, start: datetime, end: datetime) -> dict[str, str | int]:
        since: dict[str, str | int] = {"since": _written(start), "until": _written(end + ALMOST_A_SECOND), "limit": PAGE_SIZE}
        if self._method == OLDER:
            return {**since, "q": domain, "domain": domain, "sort": "latest"}
        # Without `allTime` it looks at a recent window only.
        return {**since, "domains": domain, "sort": "recent", "allTime": "true"}

    def _sign_in(self) -> str:
        status, answer = self._api.ask(
            "POST",
            "/xrpc/com.atproto.server.createSession",
            body={"identifier": self._handle, "password": self._app_password},
            accept=(400, 401),
        )
        token = text_of(mapping(answer).get("accessJwt")) if status == 200 else ""
        if not (token.isascii() and token.isprintable() and token):
            raise self._refused()
        self._token = token
        return token

    def _refused(self) -> ServiceRefused:
        return ServiceRefused(
            "Bluesky does not accept BLUESKY_HANDLE and BLUESKY_APP_PASSWORD, so we cannot search for what its stream missed. "
            "Make an app password in Bluesky's settings (Privacy and security) and put it in.",
            setting="BLUESKY_APP_PASSWORD",
            url=self._api.base,
        )


def _written(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}Z"
