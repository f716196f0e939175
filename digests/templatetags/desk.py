"""Template tags of the desk."""

import json
from typing import Any

from django import template
from django.conf import settings

from papers import network_words
from papers.models import CollectionDay, RulesChange
from papers.ranking.ranking import Rules
from papers.rendered.stored import Texts

register = template.Library()
WIDTH, HEIGHT = 60, 18
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


@register.simple_tag
def site_zone() -> str:
    """The site's time zone, as the IANA database names it."""
    return str(settings.TIME_ZONE)
