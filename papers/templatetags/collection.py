"""For templates: what a person should know about the collection."""

from collections.abc import Iterable
from typing import NamedTuple

from django import template

from papers.access import networks
from papers.models import CollectionDay, SourceHealth

register = template.Library()


SHOWN = 2
"""So many problems are shown at once; a page that is full of them hides what it is for."""


class Notes(NamedTuple):
    problems: list[str]
    """A sentence for each thing that a person has to look at; the first ones."""
    more: list[str]
    """The others."""
    off: list[str]
    """A sentence for each network that is off for want of a setting, which is no problem."""


@register.simple_tag
def collection_notes(troubles: Iterable[str]) -> Notes:
    """What to look at, after the site's own troubles, and what is off; two queries."""
    refused = SourceHealth.objects.filter(state=SourceHealth.State.REFUSED).order_by("service")
    problems = [f"{health.title}: {health.message}" for health in refused if networks.asks(health.service)]
    unseen = CollectionDay.objects.filter(state=CollectionDay.State.FAILED, acknowledged_at=None)
    failed = unseen.order_by("-date")[:3]
    every = [*troubles, *problems, *(f"{day.date}: {day.reason}" for day in failed)]
    return Notes(every[:SHOWN], every[SHOWN:], list(networks.off().values()))
