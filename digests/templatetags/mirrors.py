"""For editors' pages: how the mirrors are."""

from typing import Any

from django import template
from django.conf import settings

from digests.models import MirrorHealth

register = template.Library()


@register.simple_tag
def mirrors() -> dict[str, Any]:
    """Each target that has run, and how many are not up to date; one query, or none where there is no mirror."""
    names = [target.name for target in settings.MIRRORS]
    rows = list(MirrorHealth.objects.filter(name__in=names).order_by("name")) if names else []
    return {"rows": rows, "troubled": sum(row.state != MirrorHealth.State.OK for row in rows)}
