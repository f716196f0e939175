"""Template filters that turn stored text into what readers see."""

from datetime import UTC, date, datetime
from functools import lru_cache
from urllib.parse import urlsplit

import nh3
from django import template
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
TWEET_LINK_HOSTS = {"t.co", "twitter.com", "x.com"}


def _checked_attribute(tag: str, attribute: str, value: str) -> str | None:
    """A link's target only if it leads to the network itself: a port or a user name before the host is not that host."""
    if attribute != "href":
        return value  # `rel`, which nh3 has just set itself
    try:
        return value if urlsplit(value).netloc in TWEET_LINK_HOSTS else None
    except ValueError:
        return None


_tweets = nh3.Cleaner(
    tags={"a", "br"},
    attributes={"a": {"href"}},
    attribute_filter=_checked_attribute,
    url_schemes={"https"},
    url_relative="deny",
    link_rel="nofollow noopener noreferrer ugc",
)


@register.filter
@lru_cache(maxsize=4096)
def tweet_body(body_html: str) -> SafeString:
    """A tweet's body as safe HTML: text, line breaks, and links to the network's own hosts."""
    return mark_safe(_tweets.clean(body_html.encode(errors="replace").decode()))  # noqa: S308 (nh3 has cleaned it)


@register.filter
def names(authors: list[str], most: int) -> str:
    """The authors in one line, with at most so many names: `A, B and 40 others`."""
    if len(authors) <= most + 1:
        return ", ".join(authors)
    return f"{', '.join(authors[:most])} and {len(authors) - most} others"


@register.filter
@lru_cache(maxsize=4096)
def counted(number: int, noun: str) -> str:
    """`1,234 retweets`, `1 retweet`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


@register.filter
def ordinal(number: int) -> str:
    """`1st`, `1,002nd`."""
    suffix = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number:,}{suffix}"


@register.filter
def grouped(number: int) -> str:
    """`1,234`; Django's `intcomma` asks for a language first."""
    return f"{number:,}"


@register.filter
@lru_cache(maxsize=4096)
def moment(at: datetime) -> str:
    """For `<time datetime>`, in UTC."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


@register.filter
@lru_cache(maxsize=4096)
def moment_text(at: datetime) -> str:
    """`6 Jun 2019, 07:12 UTC`."""
    utc = at.astimezone(UTC)
    return f"{utc.day} {utc:%b %Y, %H:%M} UTC"


@register.filter
@lru_cache(maxsize=4096)
def day_text(day: date) -> str:
    """`6 June 2019`; Django's own filter takes ten times as long."""
    return f"{day.day} {day:%B %Y}"


@register.filter
def utc(at: datetime, pattern: str) -> str:
    """The moment by UTC's clock and calendar, after a pattern of `strftime`."""
    return f"{at.astimezone(UTC):{pattern}}"


@register.filter
def absolute(path: str) -> str:
    """The path as an address of this site that holds everywhere."""
    return f"{settings.SITE_URL}{path}"
