"""Template tags of the desk."""

import json
from typing import Any

from django import template
from django.conf import settings

from papers.models import CollectionDay
from papers.rendered.stored import Texts

register = template.Library()
WIDTH, HEIGHT = 60, 18


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
def as_json(value: Any) -> str:
    return json.dumps(value)


@register.simple_tag
def site_zone() -> str:
    """The site's time zone, as the IANA database names it."""
    return str(settings.TIME_ZONE)
