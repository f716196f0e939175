"""What reads the words of strangers on the networks without a key; part of the registry."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx

from papers.networks import api, strict_json
from papers.networks.bluesky import client as bluesky
from papers.networks.bluesky import events, posts
from papers.networks.hackernews import client as hackernews
from papers.networks.huggingface import client as huggingface
from papers.networks.x import network as x
from papers.ranking import repeats
from papers.sources.http import Answer, SourceError
from papers.text import visible
from tests.attacks.reader import Reader

NOW = datetime(2026, 11, 20, 20, tzinfo=UTC)
URI = "at://did:plc:a/app.bsky.feed.post/3k"
API = api.Api(httpx.Client(), "https://a.example", service="A", setting="A_BASE")


def _facet(start: int, end: int, uri: str) -> dict[str, Any]:
    return {
        "index": {"byteStart": start, "byteEnd": end},
        "features": [{"$type": "app.bsky.richtext.facet#link", "uri": uri}, {"$type": uri, "did": uri}],
    }


MORE_THAN_ARE_READ = posts.MOST_FACETS + 100
FEW = 20
"""Facets, for what only hands them on: each costs the same, and what reads them is measured with more than it may read."""


def _record(text: str, many: int = FEW) -> dict[str, Any]:
    facets = [_facet(n, n + 1, text) for n in range(many)]
    return {"text": text, "createdAt": text, "langs": text.split(), "facets": facets, "embed": {"external": {"uri": text}}}


def _view(text: str) -> dict[str, Any]:
    author = {"did": "did:plc:a", "handle": text, "displayName": text, "labels": [{"val": text}]}
    return {
        "uri": URI,
        "author": author,
        "record": _record(text),
        "likeCount": text,
        "indexedAt": text,
        "labels": [{"val": text}],
    }


def _take(text: str) -> None:
    facets = [_facet(n, n + 1, text[:100]) for n in range(FEW)]  # a frame as long as the text, not many times so
    record = _record(text) | {"facets": facets}
    commit = {"operation": "create", "collection": "app.bsky.feed.post", "rkey": "3k", "record": record}
    event = {"did": "did:plc:a", "time_us": 1795204800000001, "kind": "commit", "commit": commit}
    events.Events().take(json.dumps(event).encode())


def _identify(network: Any, page: str) -> Callable[[str], object]:
    opened = network.__new__(network)
    return lambda text: opened.identify(page + text)


NETWORK_READERS: tuple[Reader, ...] = (
    Reader(strict_json.read_json, lambda text: strict_json.read_json(text.encode(errors="surrogatepass"))),
    Reader(strict_json.read_json, lambda text: strict_json.read_json(json.dumps([text]).encode()), place="text"),
    Reader(strict_json.whole_number, strict_json.whole_number),
    Reader(strict_json.mapping, strict_json.mapping),
    Reader(strict_json.items, strict_json.items),
    Reader(strict_json.text_of, strict_json.text_of),
    Reader(strict_json.line_of, strict_json.line_of),
    Reader(visible.without_controls, visible.without_controls),
    Reader(visible.is_visible, visible.is_visible),
    Reader(strict_json.count, strict_json.count),
    Reader(strict_json.counts, lambda text: strict_json.counts({"likes": text})),
    Reader(strict_json.next_cursor, strict_json.next_cursor),
    Reader(strict_json.moment, strict_json.moment),
    Reader(strict_json.language, strict_json.language),
    Reader(
        api.Api._read,
        lambda text: API._read(Answer("https://a.example", 200, {}, text.encode(errors="surrogatepass")), ()),
        (SourceError,),
    ),
    Reader(posts.is_uri, posts.is_uri),
    Reader(posts.is_uri, lambda text: posts.is_uri(f"at://did:plc:{text}/app.bsky.feed.post/{text}"), place="inside"),
    Reader(posts.key_moment, posts.key_moment),
    Reader(posts.read_view, lambda text: posts.read_view(_view(text))),
    Reader(posts.read_record, lambda text: posts.read_record(URI, _record(text), indexed_at=NOW)),
    Reader(posts.labels, lambda text: posts.labels(_view(text))),
    Reader(posts.links, lambda text: posts.links(_record(text, MORE_THAN_ARE_READ))),
    Reader(posts.runs, lambda text: posts.runs(text, _record(text, MORE_THAN_ARE_READ)["facets"])),
    Reader(posts.runs, lambda text: posts.runs(text, [_facet(0, len(text), "https://a.example/")] * 400), place="overlapping"),
    Reader(events.may_matter, lambda text: events.may_matter(text.encode(errors="surrogatepass"))),
    Reader(events.frame_time, lambda text: events.frame_time(text.encode(errors="surrogatepass"))),
    Reader(
        events.frame_time, lambda text: events.frame_time(f'"time_us": {text}'.encode(errors="surrogatepass")), place="number"
    ),
    Reader(events.Events.take, lambda text: events.Events().take(text.encode(errors="surrogatepass"))),
    Reader(events.Events.take, _take, place="post"),
    Reader(bluesky.Bluesky.identify, _identify(bluesky.Bluesky, "https://bsky.app/profile/did:plc:a/post/")),
    Reader(bluesky.Bluesky.identify, _identify(bluesky.Bluesky, "at://did:"), place="address"),
    Reader(bluesky.Bluesky.id_in, lambda text: bluesky.Bluesky.id_in(f"https://bsky.app/profile/{text}/post/{text}")),
    Reader(hackernews.HackerNews.id_in, lambda text: hackernews.HackerNews.id_in(f"news.ycombinator.com/item?{text}")),
    Reader(huggingface.HuggingFace.id_in, lambda text: huggingface.HuggingFace.id_in(f"hf.co/papers/{text}")),
    Reader(x.X.id_in, x.X.id_in),
    Reader(x.X.id_in, lambda text: x.X.id_in(f"https://x.com/{text}/status/{text}"), place="path"),
    Reader(repeats.words_of, repeats.words_of),
    Reader(repeats.words_of, lambda text: repeats.words_of(f'<a href="{text}">{text}'), place="link"),
    Reader(repeats.Said.read, lambda text: repeats.Said.read("x", text, text, text, NOW)),
    Reader(hackernews._hit, lambda text: hackernews._hit({"objectID": text, "title": text, "url": text, "author": text})),
    Reader(
        hackernews._hit,
        lambda text: hackernews._hit(
            {"objectID": "7", "created_at_i": 1, "title": text, "url": text, "author": text, "points": text}
        ),
        place="fields",
    ),
    Reader(
        huggingface._paper,
        lambda text: huggingface._paper({"paper": {"id": "2611.00001", "upvotes": text}, "publishedAt": text}, otherwise=NOW),
    ),
)
