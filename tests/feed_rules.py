"""The rules of the feed formats, as functions that fail where a document breaks one.

Atom: RFC 4287, sections 3 and 4. RSS 2.0: https://www.rssboard.org/rss-specification. JSON Feed:
https://www.jsonfeed.org/version/1.1/.
"""

import json
import re
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

ATOM = "{http://www.w3.org/2005/Atom}"
RFC_3339 = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)"
MEDIA_TYPE = r"[\w.+-]+/[\w.+-]+"


def is_absolute(address: str | None) -> bool:
    parts = urlsplit(address or "")
    return parts.scheme in ("http", "https") and bool(parts.netloc) and address == address.strip() if address else False


def check_atom(document: bytes) -> Any:
    """The feed's root element."""
    feed = etree.fromstring(document)
    assert feed.tag == f"{ATOM}feed"
    _check_container(feed, once={"id", "title", "updated"}, at_most_once={"generator", "icon", "logo", "rights", "subtitle"})
    assert set(_names(feed)) <= {
        *("author", "category", "contributor", "generator", "icon", "id", "link", "logo", "rights", "subtitle", "title"),
        *("updated", "entry"),
    }
    assert [link.get("href") for link in feed.findall(f"{ATOM}link") if link.get("rel") == "self"] != []
    entries = feed.findall(f"{ATOM}entry")
    for entry in entries:
        _check_container(
            entry, once={"id", "title", "updated"}, at_most_once={"content", "published", "rights", "source", "summary"}
        )
        # 4.1.2: without content there has to be an alternate; 4.1.1: each entry has an author, or the feed has.
        assert entry.find(f"{ATOM}content") is not None or "alternate" in [
            link.get("rel", "alternate") for link in entry.findall(f"{ATOM}link")
        ]
        assert entry.find(f"{ATOM}author") is not None or feed.find(f"{ATOM}author") is not None
    seen = Counter((entry.findtext(f"{ATOM}id"), entry.findtext(f"{ATOM}updated")) for entry in entries)
    assert max(seen.values(), default=1) == 1
    return feed


def _check_container(element: Any, *, once: set[str], at_most_once: set[str]) -> None:
    counts = Counter(_names(element))
    assert {name: counts[name] for name in once} == dict.fromkeys(once, 1)
    assert all(counts[name] <= 1 for name in at_most_once)
    assert is_absolute(element.findtext(f"{ATOM}id"))
    for name in ("updated", "published"):
        for found in element.findall(f"{ATOM}{name}"):
            assert re.fullmatch(RFC_3339, found.text)
            datetime.fromisoformat(found.text)
    for found in element.xpath("*[local-name() = 'title' or local-name() = 'summary' or local-name() = 'subtitle']"):
        assert found.get("type", "text") in ("text", "html")
        assert len(found) == 0
    for author in element.findall(f"{ATOM}author"):
        assert _names(author).count("name") == 1
        assert (author.findtext(f"{ATOM}name") or "").strip()
    for category in element.findall(f"{ATOM}category"):
        assert category.get("term")
    alternates = [
        (link.get("type"), link.get("hreflang")) for link in element.findall(f"{ATOM}link") if link.get("rel") == "alternate"
    ]
    assert len(alternates) == len(set(alternates))
    for link in element.findall(f"{ATOM}link"):
        assert is_absolute(link.get("href"))
        assert re.fullmatch(MEDIA_TYPE, link.get("type", "text/html"))


def _names(element: Any) -> list[str]:
    return [etree.QName(child).localname for child in element]


def check_rss(document: bytes) -> Any:
    """The channel."""
    root: Any = etree.fromstring(document)
    assert (root.tag, root.get("version"), _names(root)) == ("rss", "2.0", ["channel"])
    channel: Any = root[0]
    counts = Counter(_names(channel))
    for name in ("title", "description"):
        assert (counts[name], bool(channel.findtext(name))) == (1, True)
    assert is_absolute(channel.findtext("link"))
    for element in channel.iter("pubDate", "lastBuildDate"):
        assert parsedate_to_datetime(element.text).tzinfo is not None
    guids = []
    for item in channel.findall("item"):
        assert item.findtext("title") or item.findtext("description")
        assert is_absolute(item.findtext("link"))
        assert max(Counter(name for name in _names(item) if name != "category").values()) == 1
        guid = item.find("guid")
        assert guid.get("isPermaLink", "true") == "false" or is_absolute(guid.text)
        guids.append(guid.text)
    assert len(guids) == len(set(guids))
    return channel


TOP: dict[str, Any] = {
    "version": str, "title": str, "home_page_url": str, "feed_url": str, "description": str, "user_comment": str, "next_url": str,
    "icon": str, "favicon": str, "authors": list, "language": str, "expired": bool, "hubs": list, "items": list,
}  # fmt: skip
ITEM: dict[str, Any] = {
    "id": str, "url": str, "external_url": str, "title": str, "content_html": str, "content_text": str, "summary": str,
    "image": str, "banner_image": str, "date_published": str, "date_modified": str, "authors": list, "tags": list,
    "language": str, "attachments": list,
}  # fmt: skip


def check_json_feed(document: bytes) -> dict[str, Any]:
    feed: dict[str, Any] = json.loads(document)
    _check_types(feed, TOP)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["title"]
    assert isinstance(feed["items"], list)
    for item in feed["items"]:
        _check_types(item, ITEM)
        assert item["id"]
        assert "content_html" in item or "content_text" in item
        assert all(re.fullmatch(RFC_3339, item[name]) for name in ("date_published", "date_modified") if name in item)
        assert all(set(author) & {"name", "url", "avatar"} for author in item.get("authors", []))
        assert all(isinstance(tag, str) for tag in item.get("tags", []))
    ids = [item["id"] for item in feed["items"]]
    assert len(ids) == len(set(ids))
    return feed


def _check_types(found: Mapping[str, Any], known: Mapping[str, Any]) -> None:
    """Names are those of the specification; an extension begins with `_` and a letter and holds an object."""
    for name, value in found.items():
        if name.startswith("_"):
            assert re.fullmatch("_[a-z][^.]*", name)
            assert isinstance(value, dict)
        else:
            assert isinstance(value, known[name])
            assert not name.endswith("url") or is_absolute(value)
