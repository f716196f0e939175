"""Records, views and events in the shapes that other people's clients have met: a line each."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from papers.networks.base import FoundPost, GoneReason, Run
from papers.networks.bluesky.events import Events
from papers.networks.bluesky.posts import labels, read_record, read_view, runs
from tests.standins.bluesky import BlueskyPost, external

SEEN = datetime(2026, 11, 20, 9, 15, 1, tzinfo=UTC)
DID = "did:plc:synthetic0000000000000001"
URI = f"at://{DID}/app.bsky.feed.post/3synthetic001"
PAPER = "https://arxiv.org/abs/2611.90001"
QUOTED = {"uri": "at://did:plc:b/app.bsky.feed.post/3b", "cid": "bafyb"}
BLOB = {"$type": "blob", "ref": {"$link": "bafyblob"}, "mimeType": "image/png", "size": 7}
IMAGES = {"$type": "app.bsky.embed.images", "images": [{"image": BLOB, "alt": PAPER, "aspectRatio": {"width": 2, "height": 1}}]}
CARD = external(PAPER)


def record(**values: object) -> dict[str, Any]:
    return {"$type": "app.bsky.feed.post", "text": "Our paper", "createdAt": "2026-11-20T09:15:00.000Z"} | values


def read(**values: object) -> FoundPost:
    post = read_record(URI, record(**values), indexed_at=SEEN)
    assert post
    return post


REDIRECTED = "https://go.bsky.app/redirect?u=https%3A%2F%2Farxiv.org%2Fabs%2F2611.90001"


@pytest.mark.parametrize(
    ("url", "leads_to"),
    [
        (REDIRECTED, PAPER),
        (f"{REDIRECTED}v2%3Futm_source%3Dbluesky&x=1", f"{PAPER}v2?utm_source=bluesky"),
        (f"https://GO.bsky.app/redirect/?x=1&u={PAPER}", PAPER),
        ("https://go.bsky.app/redirect", ""),
        ("https://go.bsky.app/redirect?u=", ""),
        (f"https://go.bsky.app/other?u={PAPER}", ""),
        (f"https://go.bsky.app.evil.test/redirect?u={PAPER}", ""),
        (f"https://evil.test/go.bsky.app/redirect?u={PAPER}", ""),
    ],
)
def test_bluesky_s_own_redirects_lead_where_they_say(url: str, leads_to: str) -> None:
    link = facet(0, 3, kind="link", uri=url)
    by_facet, by_card = read(facets=[link]), read(embed=external(url))
    assert by_facet.runs == (Run("Our", leads_to or url), Run(" paper"))
    assert by_facet.papers == by_card.papers == (("2611.90001",) if leads_to else ())


def test_a_redirect_to_no_page_is_no_link() -> None:
    [run] = read(facets=[facet(0, 3, kind="link", uri="https://go.bsky.app/redirect?u=javascript:alert(1)")]).runs
    assert run == Run("Our paper")


def with_media(media: object) -> dict[str, Any]:
    record = {"$type": "app.bsky.embed.record", "record": QUOTED}
    return {"$type": "app.bsky.embed.recordWithMedia", "record": record, "media": media}


@pytest.mark.parametrize(
    ("embed", "papers"),
    [
        (CARD, ("2611.90001",)),
        ({**CARD, "external": {**CARD["external"], "thumb": BLOB, "associatedRefs": [QUOTED]}}, ("2611.90001",)),
        (with_media(CARD), ("2611.90001",)),
        (with_media(IMAGES), ()),
        (with_media({"$type": "app.bsky.embed.video", "video": BLOB, "captions": [{"lang": "en", "file": BLOB}]}), ()),
        (with_media(None), ()),
        (IMAGES, ()),
        ({"$type": "app.bsky.embed.gallery", "items": IMAGES["images"]}, ()),
        ({"$type": "app.bsky.embed.video", "video": BLOB, "alt": PAPER}, ()),
        ({"$type": "app.bsky.embed.record", "record": QUOTED}, ()),
        ({"$type": "app.bsky.embed.record", "record": {"uri": "at://did:plc:b/app.bsky.graph.starterpack/3c", "cid": "b"}}, ()),
        ({"$type": "app.bsky.embed.record", "record": {**QUOTED, "value": record(embed=CARD)}}, ()),
        ({"$type": "test.example.embed", "external": None}, ()),
        ({"$type": "app.bsky.embed.external", "external": {"uri": None, "title": PAPER, "description": PAPER}}, ()),
        ([CARD], ()),
    ],
    ids=[
        "card",
        "card of a publication",
        "card beside a quote",
        "images beside a quote",
        "video beside a quote",
        "nothing beside a quote",
        "images",
        "gallery",
        "video",
        "quote",
        "starter pack",
        "a quoted post's own card",
        "unknown",
        "card without address",
        "list",
    ],
)
def test_an_embed_of_any_kind_counts_by_its_own_card(embed: object, papers: tuple[str, ...]) -> None:
    assert read(embed=embed).papers == papers


@pytest.mark.parametrize(
    "values",
    [
        {"reply": {"root": QUOTED, "parent": QUOTED}},
        {"reply": {"root": None}},
        {"tags": [PAPER]},
        {"entities": [{"index": {"start": 0, "end": 3}, "type": "link", "value": PAPER}]},
        {"bridgyOriginalUrl": PAPER, "bridgyOriginalText": PAPER},
        {"labels": {"$type": "com.atproto.label.defs#selfLabels", "values": [{"val": "graphic-media"}]}},
        {"via": "A Client", "threadgate": {"allow": []}, "$type": "app.bsky.feed.post"},
    ],
)
def test_fields_that_link_nothing_do_no_harm(values: dict[str, object]) -> None:
    post = read(**values)
    assert (post.papers, post.runs) == ((), (Run("Our paper"),))


def test_a_post_without_a_word_is_its_card() -> None:
    post = read(text="", embed=CARD)
    assert (post.papers, post.runs) == (("2611.90001",), ())


def facet(start: int, end: int, **feature: str) -> dict[str, Any]:
    kind = feature.pop("kind")
    features = [{"$type": f"app.bsky.richtext.facet#{kind}", **feature}]
    return {"$type": "app.bsky.richtext.facet", "index": {"byteStart": start, "byteEnd": end}, "features": features}


A, B = ({"kind": "link", "uri": f"https://{one}.example/"} for one in "ab")


@pytest.mark.parametrize(
    ("text", "facets", "expected"),
    [
        ("one two", [facet(0, 3, **B), facet(0, 7, **A)], [Run("one", "https://b.example/"), Run(" two")]),
        ("one two", [facet(0, 7, **B), facet(0, 3, **A)], [Run("one two", "https://b.example/")]),
        ("one", [facet(0, 3, **B), facet(0, 3, **A)], [Run("one", "https://b.example/")]),
        ("one", [facet(0, 3, kind="tag", tag="one"), facet(0, 3, **A)], [Run("one", "https://a.example/")]),
        ("one", [facet(0, 3, kind="mention", did=""), facet(0, 3, **A)], [Run("one", "https://a.example/")]),
        ("one", [facet(0, 3, kind="later", uri="https://a.example/")], [Run("one")]),
        ("", [facet(0, 0, **A)], []),
        ("one", [{"features": facet(0, 3, **A)["features"]}], [Run("one")]),
    ],
    ids=[
        "the first of two from one place",
        "the same the other way",
        "twice the same place",
        "under a tag",
        "under a mention of nobody",
        "unknown feature",
        "no text",
        "no index",
    ],
)
def test_facets_as_clients_write_them(text: str, facets: list[object], expected: list[Run]) -> None:
    assert runs(text, facets) == tuple(r for r in expected if r.text)


@pytest.mark.parametrize(
    ("told", "expected"),
    [(["en", "en"], "en"), (["en-US", "en"], "und"), ([], "und"), ([""], "und"), (["eng"], "eng"), ({"en": 1}, "und")],
)
def test_languages_as_clients_tell_them(told: object, expected: str) -> None:
    assert read(langs=told).language == expected


@pytest.mark.parametrize(
    ("created", "moment"),
    [
        ("2026-11-20T10:15:00.8878051+01:00", datetime(2026, 11, 20, 9, 15, 0, 887805, UTC)),
        ("2026-11-20T09:15:00+0000", datetime(2026, 11, 20, 9, 15, tzinfo=UTC)),
        ("2026-11-20 09:15:00Z", datetime(2026, 11, 20, 9, 15, tzinfo=UTC)),
        ("2026-11-20T09:15:00-00:00", datetime(2026, 11, 20, 9, 15, tzinfo=UTC)),
        ("2011-03-04T05:06:07Z", datetime(2011, 3, 4, 5, 6, 7, tzinfo=UTC)),  # brought over from elsewhere
        *(
            (odd, SEEN)
            for odd in ("0001-10-14T00:00:00Z", "0200-01-01T00:00:00Z", "2026-11-20", "20/11/2026", "", None, 1795166100)
        ),
    ],
)
def test_moments_as_clients_write_them(created: object, moment: datetime) -> None:
    assert read(createdAt=created).posted_at == moment


def test_a_view_with_all_that_may_be_left_out() -> None:
    view = BlueskyPost(DID, "3k", SEEN, "Our paper", embed=CARD).view()
    least = {name: view[name] for name in ("uri", "record", "indexedAt")} | {"author": {"did": DID}}
    most = {
        **view,
        "author": {**view["author"], "pronouns": "", "associated": {"chat": {"allowIncoming": "all"}}, "verification": None},
        "embed": {
            "$type": "app.bsky.embed.record#view",
            "record": {"$type": "app.bsky.embed.record#viewDetached", "detached": True},
        },
        "viewer": {"embeddingDisabled": True},
        "threadgate": {"uri": "at://did:plc:a/app.bsky.feed.threadgate/3k", "lists": []},
        "debug": {"uri": "at://x"},
    }
    posts = [read_view(least), read_view(most)]
    assert [post and (post.handle, post.papers) for post in posts] == [
        ("", ("2611.90001",)),
        (view["author"]["handle"], ("2611.90001",)),
    ]
    assert labels(least) == set()


@pytest.mark.parametrize(
    ("account", "reason"),
    [
        ({"active": False, "status": "deleted"}, GoneReason.DELETED),
        ({"active": False, "status": "takendown"}, GoneReason.WITHHELD),
        ({"active": False, "status": "suspended"}, GoneReason.WITHHELD),
        *(({"active": False, "status": status}, GoneReason.PROTECTED) for status in ("deactivated", "throttled", "later", None)),
        ({"active": False}, GoneReason.PROTECTED),
        *(({"active": True, "status": status}, None) for status in ("desynchronized", "throttled", "deleted")),
    ],
)
def test_whether_an_account_is_active_decides_and_its_status_says_why(account: dict[str, Any], reason: GoneReason | None) -> None:
    events = Events()
    event = {"did": DID, "time_us": 1795204800000001, "kind": "account"}
    events.take(json.dumps(event | {"account": {"did": DID, "seq": 7, "time": "2026-11-20T09:00:00Z"} | account}).encode())
    _, _, gone, back = events.gathered()
    assert (gone, back) == (({DID: reason}, frozenset()) if reason else ({}, frozenset({DID})))


def commit(operation: str, **values: object) -> dict[str, Any]:
    told = {"rev": "3r", "operation": operation, "collection": "app.bsky.feed.post", "rkey": "3synthetic001"} | values
    return {"did": DID, "time_us": 1795204800000001, "kind": "commit", "commit": told, "cursor": 7}


@pytest.mark.parametrize(
    ("frame", "found", "removed", "unreadable"),
    [
        (commit("create", record=record(embed=CARD), cid="bafy"), 1, 0, 0),
        (commit("create"), 0, 0, 0),
        (commit("create", record=None), 0, 0, 0),
        (commit("create", record=record(embed=CARD), collection="app.bsky.feed.threadgate"), 0, 0, 0),
        (commit("create", record=record(embed=CARD), rkey="a/b"), 0, 0, 0),
        (commit("resync", record=record(embed=CARD)), 0, 0, 0),
        (commit("delete"), 0, 1, 0),
        (
            {"did": DID, "time_us": 1795204800000001, "kind": "identity", "identity": {"did": DID, "handle": "handle.invalid"}},
            0,
            0,
            0,
        ),
        ({"did": DID, "time_us": 1795204800000001, "kind": "later"}, 0, 0, 0),
        ({"did": DID, "time_us": 1795204800000001, "kind": "account"}, 0, 0, 0),
        ({"$type": "error", "error": "ConsumerTooSlow", "message": "Consumer of arxiv is too slow"}, 0, 0, 1),
        ({"kind": "info", "name": "OutdatedCursor"}, 0, 0, 1),
        ([], 0, 0, 1),
    ],
)
def test_frames_of_every_kind(frame: object, found: int, removed: int, unreadable: int) -> None:
    events = Events()
    events.take(json.dumps(frame).encode())
    posts, ids, gone, back = events.gathered()
    assert (len(posts), len(ids), events.unreadable, gone, back) == (found, removed, unreadable, {}, frozenset())
