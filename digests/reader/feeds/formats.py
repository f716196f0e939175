"""A feed as RSS 2.0, Atom (RFC 4287) and JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.templatetags.static import static
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed

from digests.templatetags.reading import absolute

NOT_IN_XML = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML 1.0 (section 2.2) cannot hold, mostly control characters."""
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""When a feed without items last changed: it stays the same as long as it is empty."""


@dataclass(frozen=True, slots=True)
class FeedItem:
    """An item of a feed. Addresses are absolute; all texts except `html` are plain."""

    url: str
    """Its address on this site, which is also its id."""
    title: str
    html: str
    published: datetime | None
    updated: datetime | None
    touched: datetime | None = None
    """When its text last changed without being news; None if it never did."""
    text: str = ""
    elsewhere: str = ""
    """Where the thing that it is about can be found."""
    authors: Sequence[str] = ()
    tags: Sequence[str] = ()
    data: dict[str, Any] = field(default_factory=dict)
    """Data in our JSON Feed alone."""


@dataclass(frozen=True, slots=True)
class Feed:
    title: str
    description: str
    page: str
    """The absolute address of the page that it is the feed of."""
    url: str
    items: Sequence[FeedItem]
    older: str | None = None
    """The feed that continues where this one ends."""

    @property
    def changed_at(self) -> datetime | None:
        """Return when its content last changed; None if it never had any."""
        return max((at for item in self.items for at in (item.updated, item.touched) if at), default=None)


def icon(size: int) -> str:
    """Return the site's icon as a square picture; the side in pixels."""
    return absolute(static(f"icon-{size}.png"))


class _Rss(Rss201rev2Feed):
    def add_root_elements(self, handler: Any) -> None:
        super().add_root_elements(handler)
        handler.startElement("image", {})
        for name, text in (("url", icon(96)), ("title", self.feed["title"]), ("link", self.feed["link"])):
            handler.addQuickElement(name, text)
        handler.endElement("image")

    def latest_post_date(self) -> datetime:
        return _latest(self.items)


class _Atom(Atom1Feed):
    def latest_post_date(self) -> datetime:
        return _latest(self.items)

    def add_root_elements(self, handler: Any) -> None:
        super().add_root_elements(handler)
        handler.addQuickElement("icon", icon(96))
        if self.feed["older"]:
            handler.addQuickElement("link", "", {"rel": "next", "href": self.feed["older"]})  # RFC 5005

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        for name in item["authors"]:
            handler.startElement("author", {})
            handler.addQuickElement("name", name)
            handler.endElement("author")
        if item["elsewhere"]:
            handler.addQuickElement("link", "", {"rel": "via", "href": item["elsewhere"]})


def _latest(items: Sequence[dict[str, Any]]) -> datetime:
    return max((item["updateddate"] for item in items if item["updateddate"]), default=NEVER)


def rss(feed: Feed) -> str:
    writer = _Rss(**_head(feed))
    for item in feed.items:
        writer.add_item(**_item(item), author_name=", ".join(_clean(name) for name in item.authors) or None)
    return str(writer.writeString("utf-8"))


def atom(feed: Feed) -> str:
    writer = _Atom(**_head(feed), author_name="Hot Papers", subtitle=_clean(feed.description), older=feed.older)
    for item in feed.items:
        names = [name for name in map(_clean, item.authors) if name.strip()]
        writer.add_item(**_item(item), authors=names, elsewhere=item.elsewhere)
    return str(writer.writeString("utf-8"))


def _head(feed: Feed) -> dict[str, Any]:
    return {
        "title": _clean(feed.title),
        "link": feed.page,
        "description": _clean(feed.description),
        "language": "en",
        "feed_url": feed.url,
        "feed_guid": feed.url,
    }


def _item(item: FeedItem) -> dict[str, Any]:
    return {
        "title": _clean(item.title),
        "link": item.url,
        "unique_id": item.url,
        "description": _clean(item.html),
        "pubdate": item.published,
        "updateddate": item.updated or item.published or NEVER,
        "categories": item.tags,
    }


def _clean(text: str) -> str:
    return NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", text)


def json_feed(feed: Feed) -> str:
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.page,
        "feed_url": feed.url,
        "description": feed.description,
        "icon": icon(512),
        "favicon": icon(96),
        "language": "en",
        "next_url": feed.older,
        "items": [_json_item(item) for item in feed.items],
    }
    return json.dumps(_without_none(document), ensure_ascii=False)


def _json_item(item: FeedItem) -> dict[str, Any]:
    return _without_none(
        {
            "id": item.url,
            "url": item.url,
            "external_url": item.elsewhere or None,
            "title": item.title,
            "content_html": None if item.text else item.html,
            "content_text": item.text or None,
            "date_published": moment(item.published),
            "date_modified": moment(item.updated),
            "authors": [{"name": name} for name in item.authors] or None,
            "tags": list(item.tags) or None,
            "_hot_papers": item.data or None,
        }
    )


def _without_none(document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if value is not None}


def moment(at: datetime | None) -> str | None:
    """Return the moment in RFC 3339."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if at else None
