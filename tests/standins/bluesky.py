"""A stand-in for Bluesky's API: posts by address without a key, and the search with an account, in its older and newer form.

Public descriptions: https://docs.bsky.app and the lexicons at https://github.com/bluesky-social/atproto
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.standins.serving import FAULTS, HTML, JSON, Reply, Request, Standin

PASSWORD = "abcd-efgh-ijkl-mnop"
RECENT = timedelta(hours=6)
"""To which the newer search keeps where it is not told otherwise."""


@dataclass
class BlueskyPost:
    """A post of the world; what may change may be changed."""

    did: str
    rkey: str
    posted_at: datetime
    text: str = "Our synthetic paper"
    facets: list[dict[str, Any]] = field(default_factory=list)
    embed: dict[str, Any] | None = None
    handle: str = "lab.example.test"
    name: str = "Example Lab"
    langs: list[str] = field(default_factory=lambda: ["en"])
    counts: dict[str, Any] = field(default_factory=lambda: {"likes": 21, "reposts": 4, "replies": 1, "quotes": 2})
    author_labels: list[str] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    gone: bool = False
    """Deleted, taken down or blocked: left out without a word."""

    @property
    def uri(self) -> str:
        return f"at://{self.did}/app.bsky.feed.post/{self.rkey}"

    @property
    def urls(self) -> list[str]:
        linked = [feature["uri"] for facet in self.facets for feature in facet["features"] if "uri" in feature]
        embeds = [self.embed, self.embed.get("media")] if self.embed else []
        return [*linked, *(one["external"]["uri"] for one in embeds if one and "external" in one)]

    def record(self) -> dict[str, Any]:
        made: dict[str, Any] = {"$type": "app.bsky.feed.post", "text": self.text, "createdAt": written(self.posted_at)}
        made |= {"langs": self.langs} if self.langs else {}
        made |= {"facets": self.facets} if self.facets else {}
        return made | ({"embed": self.embed} if self.embed else {})

    def view(self) -> dict[str, Any]:
        def given(values: list[str]) -> list[dict[str, str]]:
            return [{"src": self.did, "uri": self.uri, "val": value, "cts": written(self.posted_at)} for value in values]

        names = {"likes": "likeCount", "reposts": "repostCount", "replies": "replyCount", "quotes": "quoteCount"}
        return {
            "uri": self.uri,
            "cid": "bafysynthetic",
            "author": {
                "did": self.did,
                "handle": self.handle,
                "displayName": self.name,
                "avatar": "https://cdn.example.test/a.jpg",
                "labels": given(self.author_labels),
            },
            "record": self.record(),
            "bookmarkCount": 3,
            "indexedAt": written(self.posted_at),
            "labels": given(self.labels),
        } | {names[name]: value for name, value in self.counts.items()}


def link(text: str, shown: str, url: str) -> dict[str, Any]:
    """The facet that makes the first `shown` within the text a link."""
    start = len(text[: text.index(shown)].encode())
    return {
        "index": {"byteStart": start, "byteEnd": start + len(shown.encode())},
        "features": [{"$type": "app.bsky.richtext.facet#link", "uri": url}],
    }


def external(url: str) -> dict[str, Any]:
    return {"$type": "app.bsky.embed.external", "external": {"uri": url, "title": "A Synthetic Paper", "description": ""}}


def written(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z"


class BlueskyStandin(Standin):
    """Answers for the posts that it is given; those that are still to come do not exist yet."""

    handle = "reader.example.test"
    largest_page = 100
    has_newer_search_alone = False
    """It knows searchPostsV2, but no searchPosts any more."""

    has_first_pages_alone = False
    """Its search refuses to go on behind the first page of an answer."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__()
        self.now = now
        self.posts: dict[str, BlueskyPost] = {}
        self.sessions = 0
        self.changes: dict[str, dict[str, Any]] = {}
        """By address: fields of the view to change; `...` leaves one out."""
        self.poisoned: dict[str, str] = {}
        """By address: the fault that meets whoever asks for it, among others or alone."""

    def add(self, *posts: BlueskyPost) -> None:
        self.posts |= {post.uri: post for post in posts}

    def faults(self) -> Mapping[str, Reply]:
        reset = {"RateLimit-Reset": str(int(self.now().timestamp()) + 42), "RateLimit-Remaining": "0"}
        own = {
            "429": Reply(429, error("RateLimitExceeded"), {**JSON, **reset}),
            "429-bare": Reply(429),
            "expired": Reply(400, error("ExpiredToken"), JSON),
            "invalid": Reply(400, error("InvalidRequest", "Error: uris/0 must be a valid at-uri"), JSON),
            "firehose": Reply(400, error("InvalidRequest", "Please use the firehose for this"), JSON),
            "revoked": Reply(400, error("InvalidToken"), JSON),
            "403-html": Reply(403, b"<html><head><title>403 Forbidden</title></head></html>", HTML),
        }
        return {**FAULTS, **own}

    def answer(self, request: Request) -> Reply:
        match request.path:
            case "/xrpc/app.bsky.feed.getPosts":
                return self._posts(request)
            case "/xrpc/app.bsky.feed.searchPosts" if not self.has_newer_search_alone:
                return self._found(request, asked_for=[request.params.get("domain", "")], sorts=("latest", "top"))
            case "/xrpc/app.bsky.feed.searchPostsV2":
                return self._found(request, asked_for=request.repeated.get("domains", []), sorts=("recent", "top"))
            case "/xrpc/com.atproto.server.createSession":
                return self._session(request)
            case "/xrpc/com.atproto.identity.resolveHandle":
                did = next((post.did for post in self.posts.values() if post.handle == request.params.get("handle")), None)
                return Reply(200, json.dumps({"did": did}).encode(), JSON) if did else Reply(400, error("InvalidRequest"), JSON)
        return Reply(404, error("XRPCNotSupported"), JSON)

    def _is_there(self, post: BlueskyPost) -> bool:
        return not post.gone and post.posted_at <= self.now()

    def _view(self, post: BlueskyPost) -> dict[str, Any]:
        changed = post.view() | self.changes.get(post.uri, {})
        return {name: value for name, value in changed.items() if value is not ...}

    def _posts(self, request: Request) -> Reply:
        uris = request.repeated.get("uris", [])
        if not 1 <= len(uris) <= 25:
            return Reply(400, error("InvalidRequest", "Error: uris must not have more than 25 elements"), JSON)
        if reply := next((self.poisoned[uri] for uri in uris if uri in self.poisoned), None):
            return self.faults()[reply]
        asked = [self.posts[uri] for uri in dict.fromkeys(uris) if uri in self.posts]
        found = [self._view(post) for post in asked if self._is_there(post)]
        return Reply(200, json.dumps({"posts": found}).encode(), JSON)

    def _session(self, request: Request) -> Reply:
        asked = json.loads(request.body)
        if request.method != "POST" or asked != {"identifier": self.handle, "password": PASSWORD}:
            return Reply(401, error("AuthenticationRequired", "Invalid identifier or password"), JSON)
        self.sessions += 1
        made = {"accessJwt": f"token-{self.sessions}", "refreshJwt": "r", "handle": self.handle, "did": "did:plc:reader"}
        return Reply(200, json.dumps(made).encode(), JSON)

    def _found(self, request: Request, *, asked_for: list[str], sorts: tuple[str, str]) -> Reply:
        """Newest first, pages by a cursor. Without a session the cached host refuses with a page of HTML."""
        if "authorization" not in request.headers:
            return self.faults()["403-html"]
        if request.headers["authorization"] != f"Bearer token-{self.sessions}":
            return self.faults()["expired"]
        asked = request.params
        if self.has_first_pages_alone and "cursor" in asked:
            return self.faults()["firehose"]
        if not (asked.get("q") or (asked_for and request.path.endswith("V2"))):
            return Reply(400, error("InvalidRequest", "Error: Params must have the property q"), JSON)
        if asked.get("sort", sorts[1]) not in sorts:
            return Reply(400, error("InvalidRequest", f"Error: sort must be one of {sorts}"), JSON)
        since, until = (datetime.fromisoformat(asked[name]) for name in ("since", "until"))
        if request.path.endswith("V2") and asked.get("allTime") != "true":
            since = max(since, self.now() - RECENT)
        matching = [
            post
            for post in sorted(self.posts.values(), key=lambda post: post.posted_at, reverse=True)
            if self._is_there(post)
            and since <= post.posted_at < until
            and any(domain in url.split("/")[2] for url in post.urls for domain in asked_for)
        ]
        start, size = int(asked.get("cursor", "0")), min(int(asked.get("limit", "25")), self.largest_page)
        onward = {"cursor": str(start + size)} if start + size < len(matching) else {}
        found = [self._view(post) for post in matching[start : start + size]]
        return Reply(200, json.dumps({"posts": found, "hitsTotal": 1000, **onward}).encode(), JSON)


def error(name: str, message: str = "") -> bytes:
    return json.dumps({"error": name, "message": message}).encode()
