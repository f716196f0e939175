"""For templates: what a person should know about the collection."""

from django import template
from django.conf import settings

from papers.access import connections
from papers.models import CollectionDay, SourceHealth

register = template.Library()


@register.simple_tag
def collection_notes() -> list[str]:
    """A sentence for each thing that a person has to look at; two queries."""
    notes = [] if settings.X_BEARER_TOKEN else [str(connections.no_key())]
    refused = SourceHealth.objects.filter(state=SourceHealth.State.REFUSED).order_by("service")
    for health in refused:
        if health.message not in notes:
            notes.append(f"{health.title}: {health.message}")
    unseen = CollectionDay.objects.filter(state=CollectionDay.State.FAILED, acknowledged_at=None)
    failed = unseen.order_by("-date")[:3]
    return notes + [f"{day.date}: {day.reason}" for day in failed]
