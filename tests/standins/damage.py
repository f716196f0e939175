"""Single records as services send them now and then: one part missing, or something in it that nobody can read."""

import re
from collections.abc import Callable, Collection
from typing import Any

Damage = Callable[[str], str]
NUMBER = "9" * 5000


def without(element: str) -> Damage:
    return lambda entry: re.sub(rf"<{element}\b.*?(?:/>|</{element}>)", "", entry, count=1, flags=re.DOTALL)


def within(element: str, text: str) -> Damage:
    """The text stands at the beginning of the element. A surrogate of it is sent as the byte that it escapes."""
    return lambda entry: re.sub(rf"(<{element}>)", lambda tag: tag[0] + text, entry, count=1)


def instead(element: str, text: str) -> Damage:
    return lambda entry: re.sub(
        rf"(<{element}>).*?(</{element}>)", lambda tag: tag[1] + text + tag[2], entry, count=1, flags=re.DOTALL
    )


ENTRIES: dict[str, tuple[Damage, str]] = {
    "no published": (without("published"), "the time of its submission (published)"),
    "published of 5,000 digits": (instead("published", NUMBER), "the time of its submission (published)"),
    "published in 9999": (instead("published", "9999-12-31T23:59:59-14:00"), "the time of its submission (published)"),
    "published without a zone": (instead("published", "2026-11-19T09:30:00"), "the time of its submission (published)"),
    "no primary category": (without("arxiv:primary_category"), "a primary category of arXiv's"),
    "no category of arXiv's": (
        lambda entry: re.sub(r'(<arxiv:primary_category term=)"[^"]+"', r'\1"none"', entry),
        "a primary category of arXiv's",
    ),
    "no authors": (lambda entry: re.sub(r"<(/?)author>", r"<\1writer>", entry), "authors"),
    "no abstract": (without("summary"), "an abstract"),
    "not UTF-8": (within("summary", "S\udce4mple"), "a text in UTF-8"),
    "no id": (instead("id", ""), "an arXiv id"),
    "another id": (instead("id", "http://arxiv.org/abs/" + NUMBER), "an arXiv id"),
    "no XML": (within("summary", "<i>"), "metadata that are XML"),
    "an unknown entity": (within("summary", "&eacute;"), "metadata that are XML"),
}
"""Entries of arXiv's query API, and what each lacks."""
DROPPED: dict[str, Damage] = {
    "form feed": within("summary", "\x0c"),
    "vertical tab": within("title", "&#11;"),
    "NUL": within("summary", "&#x0;"),
    "half a pair": within("summary", "&#xD800;"),
    "no character": within("summary", "\uffff"),
}
"""Characters that XML forbids: they are left out, and the rest is read."""
ITEMS: dict[str, tuple[Damage, str]] = {
    "no pubDate": (without("pubDate"), "a pubDate"),
    "pubDate of 5,000 digits": (instead("pubDate", f"Fri, 20 Nov {NUMBER} 00:00:00 -0500"), "a pubDate"),
    "pubDate of 20 digits": (instead("pubDate", f"Fri, 20 Nov 2026 {'9' * 20}:00:00 -0500"), "a pubDate"),
    "unknown announce type": (instead("arxiv:announce_type", "withdrawn"), "a known announce type"),
    "no announce type": (without("arxiv:announce_type"), "a known announce type"),
}
"""Items of arXiv's feed, and what each lacks."""


def without_metric(name: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    def damage(post: dict[str, Any]) -> dict[str, Any]:
        metrics = {key: value for key, value in post["public_metrics"].items() if key != name}
        return post | {"public_metrics": metrics | {f"{name}_v2": 1}}

    return damage


POSTS: dict[str, tuple[Callable[[dict[str, Any]], dict[str, Any]], str]] = {
    "no retweets": (without_metric("retweet_count"), "retweets"),
    "no likes": (without_metric("like_count"), "likes"),
    "likes of 5,000 digits": (
        lambda post: post | {"public_metrics": post["public_metrics"] | {"like_count": NUMBER}},
        "likes",
    ),
    "no author": (lambda post: {key: value for key, value in post.items() if key != "author_id"}, "an author"),
    "no counts": (lambda post: post | {"public_metrics": None}, "retweets and likes"),
}
"""Posts of X's, and what each lacks."""


def renamed(record: dict[str, Any], fields: Collection[str]) -> dict[str, Any]:
    """The record with other names for these fields."""
    return {f"{name}_v2" if name in fields else name: value for name, value in record.items()}
