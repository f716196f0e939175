"""What is known of X without asking it: the shape of its ids, the moment in them, and its pages."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from papers.networks.base import Count
from papers.networks.x.posts import is_status_id
from papers.text.identifiers import snowflake_moment

NOT_SET = (
    "X_BEARER_TOKEN is not set, so no posts are collected from X. Set it to your app's app-only bearer token, from X's "
    "developer console."
)


LINK_HOSTS = frozenset({"t.co", "twitter.com", "x.com"})
"""All links in a post's text lead through these."""


def frame(id: str, settings: Any) -> str:
    """X's page of this post alone; `&theme=dark` may be added."""
    return f"{settings.X_EMBED_BASE}/embed/Tweet.html?id={id}&dnt=true&lang=en"


class X:
    """X charges for what is read, so that it is asked through a budget, by `papers.collecting.swept` and `papers.counts`."""

    name: ClassVar = "x"
    title: ClassVar = "X"
    counted: ClassVar[tuple[Count, ...]] = (
        Count("retweets", "repost", "reposts"),
        Count("favorites", "like", "likes"),
    )

    weights: ClassVar[Mapping[str, float]] = {"retweets": 1, "favorites": 1}
    mark: ClassVar = '<path d="M2.5 2.5l11 11M13.5 2.5l-11 11" stroke="currentColor" stroke-width="2.4" fill="none"/>'

    @staticmethod
    def off(settings: Any) -> str:
        return "" if settings.X_BEARER_TOKEN else NOT_SET

    @staticmethod
    def is_id(text: str) -> bool:
        return is_status_id(text)

    @staticmethod
    def posted_at(id: str) -> datetime | None:
        return snowflake_moment(id) if is_status_id(id) else None

    @staticmethod
    def page(id: str, handle: str = "") -> str:
        """X finds it by the id; the handle is for people."""
        return f"https://twitter.com/{handle or 'i'}/status/{id}"
