"""Records of every network with one value of another kind, at every place: each is read or left out, and none raises or overflows."""

import copy
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from papers.networks.base import FoundPost
from papers.networks.bluesky.events import Events
from papers.networks.bluesky.posts import read_view
from papers.networks.hackernews.client import _hit, _item
from papers.networks.huggingface.client import _paper
from papers.networks.strict_json import LARGEST_COUNT, LATEST, read_json
from papers.networks.x.posts import read_post

DAY = datetime(2026, 11, 20, tzinfo=UTC)
PAPER = "https://arxiv.org/abs/2611.90001"
VALUES: list[Any] = [
    *(None, True, -1, 0, 2**31, 2**63, 10**30, 1.5, float("nan"), float("inf")),
    *("", "x", "0", "-5", "9" * 400, "\x00", "\ud800", "\u202e", "a" * 3000),
    *("2026-11-20T10:00:00Z", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "0000-00-00"),
    *([], {}, [[]], [None], {"a": []}, ["x"] * 3),
]
RECORD = {
    "$type": "app.bsky.feed.post",
    "text": "Our paper arxiv.org",
    "createdAt": "2026-11-20T09:15:00.000Z",
    "langs": ["en"],
    "facets": [
        {"index": {"byteStart": 10, "byteEnd": 15}, "features": [{"$type": "app.bsky.richtext.facet#link", "uri": PAPER}]},
        {"index": {"byteStart": 0, "byteEnd": 3}, "features": [{"$type": "app.bsky.richtext.facet#mention", "did": "did:plc:b"}]},
    ],
    "embed": {"external": {"uri": PAPER}, "media": {"external": {"uri": PAPER}}},
}
VIEW = {
    "uri": "at://did:plc:a/app.bsky.feed.post/3k",
    "author": {"did": "did:plc:a", "handle": "lab.example.test", "displayName": "Lab", "labels": [{"val": "x"}]},
    "record": RECORD,
    **{"likeCount": 21, "repostCount": 4, "quoteCount": 2, "replyCount": 1, "indexedAt": "2026-11-20T09:15:01.000Z"},
}
COMMIT = {"operation": "create", "collection": "app.bsky.feed.post", "rkey": "3k", "record": RECORD}
FRAME = {"did": "did:plc:a", "time_us": 1_795_176_000_000_000, "kind": "commit", "commit": COMMIT}
ACCOUNT = {
    "did": "did:plc:a",
    "time_us": 1_795_176_000_000_000,
    "kind": "account",
    "account": {"active": False, "status": "deleted"},
}
HIT = {
    **{"objectID": "90000001", "story_id": 90000001, "title": "T", "url": PAPER, "author": "tester", "points": 37},
    **{"num_comments": 12, "created_at": "2026-11-20T12:00:00Z", "created_at_i": 1795176000},
}
ITEM = {"id": 90000001, "by": "a", "score": 3, "descendants": 3, "time": 1795176000, "title": "T", "type": "story", "url": PAPER}
LISTED = {
    "paper": {"id": "2611.90001", "upvotes": 4, "submittedOnDailyAt": "2026-11-20T00:00:00.000Z"},
    **{"title": "A", "publishedAt": "2026-11-20T01:02:03.000Z", "numComments": 2},
}
TWEET = {
    **{
        "id": "1990000000000000000",
        "author_id": "7",
        "username": "a",
        "text": "t",
        "lang": "en",
        "created_at": "2026-11-20T10:00:00Z",
    },
    "conversation_id": "1990000000000000000",
    "edit_history_tweet_ids": ["1990000000000000000"],
    "public_metrics": {"retweet_count": 1, "like_count": 2, "reply_count": 0, "quote_count": 0},
    "entities": {"urls": [{"expanded_url": PAPER, "unwound_url": PAPER}], "mentions": [{"start": 0, "id": "7"}]},
    "referenced_tweets": [{"type": "quoted", "id": "5"}],
    "note_tweet": {"text": "x", "entities": {"urls": [{"expanded_url": PAPER}]}},
}


def taken(frame: Any) -> FoundPost | None:
    events = Events()
    events.take(json.dumps(frame).encode())
    return next(iter(events.gathered()[0]), None)


READERS: dict[str, tuple[Any, Callable[[Any], Any]]] = {
    "a post of Bluesky": (VIEW, read_view),
    "a frame of its stream": (FRAME, taken),
    "an account in its stream": (ACCOUNT, taken),
    "a story that was found": (HIT, _hit),
    "a story": (ITEM, lambda item: _item(item) if isinstance(item, dict) else None),
    "a listed paper": (LISTED, lambda entry: _paper(entry, otherwise=DAY)),
    "a post of X": (TWEET, read_post),
}


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield at
    keys = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield from places(value[key], (*at, key))


def changed(value: Any, at: tuple[Any, ...], other: Any) -> Any:
    if not at:
        return other
    made = copy.deepcopy(value)
    within = made
    for key in at[:-1]:
        within = within[key]
    within[at[-1]] = other
    return made


@pytest.mark.parametrize(("record", "read"), READERS.values(), ids=READERS)
def test_a_value_of_another_kind_is_read_or_costs_its_record(record: Any, read: Callable[[Any], Any]) -> None:
    wrong = []
    for at in places(record):
        for other in VALUES:
            post = read(read_json(json.dumps(changed(record, at, other)).encode()))
            if isinstance(post, FoundPost):
                too_large = [one for one in post.counts.values() if not 0 <= one <= LARGEST_COUNT]
                text = "".join(run.text for run in post.runs) + post.name + post.handle + post.id
                is_storable = "\x00" not in text and text == text.encode(errors="ignore").decode()
                if too_large or not (1970 <= post.posted_at.year < LATEST and is_storable and post.name.isprintable()):
                    wrong.append((at, other, post))
    assert wrong == []
