"""Template tags of the desk."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django import template
from django.conf import settings
from django.utils.safestring import SafeString

from papers import network_words
from papers.models import CollectionDay, Paper, RulesChange
from papers.ranking.ranking import Rules
from papers.rendered.stored import Texts

register = template.Library()
WIDTH, HEIGHT = 44, 14
LATEST_CHANGES = 5


@register.filter
def line(scores: list[int]) -> str:
    """The points of an SVG line through the scores, oldest first, from 0 at the bottom."""
    step, top = WIDTH / (len(scores) - 1), max(*scores, 1)
    return " ".join(f"{n * step:.0f},{HEIGHT - 1 - score * (HEIGHT - 2) / top:.0f}" for n, score in enumerate(scores))


@register.filter
def day_state(state: str) -> str:
    """The state of a collection day in words."""
    return str(CollectionDay.State(state).label) if state in CollectionDay.State else state


@register.filter
def age(hours: int) -> str:
    """Hours as people say them: 30 h, 5 d."""
    return f"{hours} h" if hours < 48 else f"{hours // 24} d"


@register.filter
def plain_in(title: str, texts: Texts) -> str:
    """A title as plain text."""
    return texts.line_text(title)


@register.filter
def words(text: str) -> list[str]:
    return text.split()


@register.filter
def by_network(rules: Rules) -> list[tuple[str, str, list[tuple[str, str, str]]]]:
    """The weights to set: each network's name, title, and what it counts with its weight."""
    plural = network_words.plural
    return [
        (name, network_words.title(name), [(count, plural(name, count), f"{weight:g}") for count, weight in counts.items()])
        for name, counts in rules.weights.items()
    ]


@register.simple_tag
def rules_log() -> list[RulesChange]:
    """The latest changes of the rules, the newest first; one query."""
    return list(RulesChange.objects.all()[:LATEST_CHANGES])


@register.filter
def as_json(value: Any) -> str:
    return json.dumps(value)


GLYPHS = {
    "repost": "repost",
    "like": "heart",
    "reply": "reply",
    "comment": "reply",
    "quote": "quote",
    "point": "up",
    "upvote": "vote",
}
"""By what is counted, in people's words. What has no glyph here shows its word."""


class Told(NamedTuple):
    """One count: a glyph for the eye, which may be empty; words for everybody else."""

    glyph: str
    number: str
    words: str


@register.filter
def told_in(counts: Mapping[str, int], network: str) -> list[Told]:
    return [
        Told(GLYPHS.get(kind.singular, ""), f"{number:,}", kind.singular if number == 1 else kind.plural)
        for number, kind in network_words.told_kinds(counts, network)
    ]


@register.filter
def network_short(network: str) -> str:
    """`Hacker News` is HN; a name of one word stands as it is."""
    title = network_words.title(network)
    return "".join(word[0] for word in title.split()) if " " in title else title


@register.filter
def and_others(authors: list[str]) -> str:
    """`Ada Example + 3`."""
    return f"{authors[0]} + {len(authors) - 1}" if len(authors) > 2 else ", ".join(authors)


@register.filter
def title_in(texts: Texts, paper: Paper) -> SafeString:
    return texts.line(paper.title)


@register.filter
def names_in(texts: Texts, paper: Paper) -> list[str]:
    return texts.names(paper.authors)


@register.filter
def comment_in(texts: Texts, paper: Paper) -> SafeString:
    return texts.comment(paper.comment)


@register.filter
def abstract_in(texts: Texts, paper: Paper) -> SafeString:
    return texts.abstract(paper.abstract)


@register.filter
def get(mapping: Mapping[str, int], key: str) -> int:
    return mapping.get(key, 0)


@register.filter
def abs_value(number: int) -> int:
    return abs(number)


@register.filter
def in_zone(at: datetime | None, zone: str) -> str:
    """What the clocks of the zone show then, as a field of a form has it: `2026-11-24T09:00`."""
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%dT%H:%M}" if at and zone else ""


@register.filter
def fold_in(at: datetime | None, zone: str) -> int:
    """Of a time that the zone's clocks show twice: 1 for the second."""
    return at.astimezone(ZoneInfo(zone)).fold if at and zone else 0


@register.simple_tag
def site_zone() -> str:
    """The site's time zone, as the IANA database names it."""
    return str(settings.TIME_ZONE)
