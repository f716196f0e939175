"""Template filters that turn stored text into what readers see."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import lru_cache

from django import template
from django.conf import settings
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from digests.models import Entry
from papers import network_words
from papers.plurals import counted
from papers.ranking.ranking import Rules, points

register = template.Library()
OWN_LINK = re.compile(r'(<a href=")(?=/(?!/))')


register.filter("network_title", network_words.title)
register.filter("in_words", network_words.in_words)
register.filter("network_mark", network_words.mark)


@register.filter
def of_network(counts: Mapping[str, Mapping[str, int]], network: str) -> Mapping[str, int]:
    return counts.get(network, {})


@register.filter
def told(entry: Entry) -> list[tuple[str, str, str, list[tuple[str, str]]]]:
    """By network: its name, its title, what stands before its counts, and these (number, word), the first one first."""
    return [
        (network, network_words.title(network), network_words.mark(network), network_words.told(counts, network))
        for network, counts in entry.counted.items()
    ]


@register.filter
def score(entry: Entry, rules: Rules) -> int:
    """The entry's score by the weights of these rules; for what an old post printed, the sum."""
    if not entry.counts:
        return entry.retweets + entry.favorites
    return sum(points(network, counts, rules.weights) for network, counts in entry.counted.items())


@register.filter
def names(authors: list[str], most: int) -> str:
    """The authors in one line, with at most this many names: `A, B and 40 others`."""
    if len(authors) <= most + 1:
        return ", ".join(authors)
    return f"{', '.join(authors[:most])} and {len(authors) - most:,} others"


register.filter("counted", lru_cache(maxsize=4096)(counted))


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
@lru_cache(maxsize=4096)
def day_short(day: date) -> str:
    """`6 Jun 2019`."""
    return f"{day.day} {day:%b %Y}"


@register.filter
def utc(at: datetime, pattern: str) -> str:
    """The moment in UTC, formatted by `strftime`."""
    return f"{at.astimezone(UTC):{pattern}}"


@register.filter
def absolute(path: str) -> str:
    """The path as a full address on this site."""
    return f"{settings.SITE_URL}{path}"


@register.filter
def to_the_site(markup: str) -> SafeString:
    """Return an editor's text, which is safe HTML, with its links to our own pages leading there from any other site."""
    return mark_safe(OWN_LINK.sub(lambda found: found[1] + escape(settings.SITE_URL), markup))  # noqa: S308
