"""For templates: what a person should know about the collection."""

from typing import NamedTuple

from django import template

from papers.access import networks
from papers.models import CollectionDay, SourceHealth

register = template.Library()


class Notes(NamedTuple):
    problems: list[str]
    """A sentence for each thing that a person has to look at."""
    off: list[str]
    """A sentence for each network that is off for want of a setting, which is no problem."""


@register.simple_tag
def collection_notes() -> Notes:
    """What to look at, and what is off; two queries."""
    refused = SourceHealth.objects.filter(state=SourceHealth.State.REFUSED).order_by("service")
    problems = [f"{health.title}: {health.message}" for health in refused if networks.asks(health.service)]
    unseen = CollectionDay.objects.filter(state=CollectionDay.State.FAILED, acknowledged_at=None)
    failed = unseen.order_by("-date")[:3]
    return Notes(problems + [f"{day.date}: {day.reason}" for day in failed], list(networks.off().values()))
