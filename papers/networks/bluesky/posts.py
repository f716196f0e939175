"""What Bluesky's answers and its stream say about posts: one strict reading of a post's record.

Public description: https://docs.bsky.app/docs/advanced-guides/posts and the lexicons at https://github.com/bluesky-social/atproto
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from papers.networks.base import FoundPost, Run
from papers.networks.paper_links import paper_ids_in
from papers.networks.strict_json import LONGEST_TEXT, counts, items, language, line_of, mapping, moment, text_of, whole_number
from papers.text.links import LONGEST_ADDRESS

COLLECTION = "app.bsky.feed.post"
DID = r"did:[a-z]{1,16}:[A-Za-z0-9._:%-]{0,199}[A-Za-z0-9._-]"
RKEY = r"(?!\.{1,2}(?![A-Za-z0-9._~:-]))[A-Za-z0-9._~:-]{1,64}"
URI = re.compile(rf"at://({DID})/{re.escape(COLLECTION)}/({RKEY})", re.ASCII)
HANDLE = r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
TID_DIGITS = "234567abcdefghijklmnopqrstuvwxyz"
MOST_FACETS = 500
LONGEST_NAME = 200
COUNTS = {"likes": "likeCount", "reposts": "repostCount", "replies": "replyCount", "quotes": "quoteCount"}
REDIRECT = "go.bsky.app"
SIGNED_IN_ONLY = "!no-unauthenticated"
KEPT_BACK = frozenset({"!hide", "!takedown", "!suspend"})


def is_uri(text: str) -> bool:
    """Whether it is the address of a post by its author's DID: at most 255 characters."""
    return len(text) <= 255 and URI.fullmatch(text) is not None


def uri_of(did: str, rkey: str) -> str:
    return f"at://{did}/{COLLECTION}/{rkey}"


def key_moment(uri: str) -> datetime | None:
    """The moment within a post's key, which is a TID (https://atproto.com/specs/tid), by its author's clock; else None."""
    key = uri.rpartition("/")[2]
    if not re.fullmatch(f"[{TID_DIGITS[:16]}][{TID_DIGITS}]{{12}}", key):
        return None
    number = 0
    for digit in key:
        number = number * 32 + TID_DIGITS.index(digit)
    found = datetime.fromtimestamp(0, UTC) + timedelta(microseconds=number >> 10)
    return found if datetime(2022, 1, 1, tzinfo=UTC) <= found <= datetime(2100, 1, 1, tzinfo=UTC) else None


def read_view(raw: object) -> FoundPost | None:
    """A post of `getPosts` or of a search; None where its address, author, record or moment cannot be read."""
    view = mapping(raw)
    author = mapping(view.get("author"))
    uri = text_of(view.get("uri"))
    match = URI.fullmatch(uri) if len(uri) <= 255 else None
    if not match or author.get("did") != match[1]:
        return None
    handle = text_of(author.get("handle"))
    return read_record(
        uri,
        view.get("record"),
        indexed_at=moment(view.get("indexedAt")),
        handle=handle if len(handle) <= 253 and re.fullmatch(HANDLE, handle) and handle != "handle.invalid" else "",
        name=line_of(author.get("displayName"))[:LONGEST_NAME],
        counts=counts({name: view.get(field) for name, field in COUNTS.items()}),
    )


def labels(raw: object) -> set[str]:
    """The labels of a post's view that still hold: its own and its author's."""
    view = mapping(raw)
    given = [*items(view.get("labels")), *items(mapping(view.get("author")).get("labels"))]
    return {text_of(one.get("val")) for one in map(mapping, given) if one.get("neg") is not True}


def read_record(
    uri: str,
    raw: object,
    *,
    indexed_at: datetime | None,
    handle: str = "",
    name: str = "",
    counts: Mapping[str, int] = {},
) -> FoundPost | None:
    """The post with this record; None where that is no post's, or tells no moment.

    It was made when it says, but not later than Bluesky saw it: that is by which Bluesky itself sorts.
    """
    record = mapping(raw)
    text = record.get("text")
    said = moment(record.get("createdAt"))
    moments = [one for one in (said, indexed_at) if one]
    if record.get("$type", COLLECTION) != COLLECTION or not isinstance(text, str) or len(text) > LONGEST_TEXT or not moments:
        return None
    languages = list({language(one) for one in items(record.get("langs"))})
    return FoundPost(
        id=uri,
        author_id=uri.split("/")[2],
        handle=handle,
        name=name,
        posted_at=min(moments).astimezone(UTC),
        papers=paper_ids_in(links(record)),
        runs=runs(text, record.get("facets")),
        language=languages[0] if len(languages) == 1 else "und",
        counts=counts,
    )


def links(record: Mapping[str, Any]) -> list[str]:
    """The addresses that a post links by facets and embeds. Its text has them shortened; one in the text alone isn't a link."""
    facets = map(mapping, items(record.get("facets"))[:MOST_FACETS])
    features = [mapping(one) for facet in facets for one in items(facet.get("features"))[:10]]
    found = [_url(one.get("uri")) for one in features if one.get("$type") == "app.bsky.richtext.facet#link"]
    embed = mapping(record.get("embed"))
    found += [_url(mapping(one.get("external")).get("uri")) for one in (embed, mapping(embed.get("media")))]
    return [url for url in found if url]


def _url(value: object) -> str:
    url = text_of(value) if isinstance(value, str) and len(value) <= LONGEST_ADDRESS else ""
    return _target(url) if REDIRECT in url.lower() else url


def _target(url: str) -> str:
    """Where the address of Bluesky's own redirector leads, which some of its pages and apps put before links; others stay."""
    try:
        parts = urlsplit(url)
        if parts.hostname != REDIRECT or parts.path.rstrip("/") != "/redirect":
            return url
        return text_of(dict(parse_qsl(parts.query)).get("u")) or url
    except ValueError:
        return url


def runs(text: str, facets: object) -> tuple[Run, ...]:
    """The text in stretches with and without a link. Facets count UTF-8 bytes.

    One that overlaps an earlier one, or begins or ends inside a character or outside the text, is not a link. Where several
    begin at one place, the first in the record holds, as in Bluesky's own app.
    """
    raw = text.encode(errors="surrogatepass")
    made: list[Run] = []
    done = 0
    for start, end, url in sorted(_link_facets(raw, facets), key=lambda one: one[0]):
        if start < done:
            continue
        made += [Run(_text(raw[done:start])), Run(_text(raw[start:end]), url)]
        done = end
    return tuple(run for run in (*made, Run(_text(raw[done:]))) if run.text)


def _text(raw: bytes) -> str:
    return text_of(raw.decode(errors="surrogatepass"))


def _link_facets(raw: bytes, facets: object) -> Iterator[tuple[int, int, str]]:
    for facet in map(mapping, items(facets)[:MOST_FACETS]):
        index = mapping(facet.get("index"))
        start, end = whole_number(index.get("byteStart")), whole_number(index.get("byteEnd"))
        if start is None or end is None or not start < end <= len(raw):
            continue
        if any(place < len(raw) and raw[place] & 0xC0 == 0x80 for place in (start, end)):
            continue
        urls = [_address(mapping(feature)) for feature in items(facet.get("features"))[:10]]
        if url := next(filter(None, urls), ""):
            yield start, end, url


def _address(feature: Mapping[str, Any]) -> str:
    """Where a facet leads: a link's own address, a mentioned author's page, or nothing."""
    match feature.get("$type"):
        case "app.bsky.richtext.facet#link":
            url = _url(feature.get("uri"))
            return url if re.fullmatch(r"https?://[^\s\x00-\x1f\x7f]+", url, re.IGNORECASE) else ""
        case "app.bsky.richtext.facet#mention":
            did = _url(feature.get("did"))
            return f"https://bsky.app/profile/{did}" if re.fullmatch(DID, did, re.ASCII) else ""
    return ""
