"""Lets a person acknowledge a trouble with a reason: it no longer counts until it is over and comes again."""

from django.db import transaction
from django.db.models.functions import Now

from hotpapers_site.health import troubles
from hotpapers_site.models import Trouble
from papers.collecting.acknowledging import NotAcknowledged, checked_reason


def acknowledge(key: str, *, by: str, reason: str) -> Trouble:
    """Record who acknowledged it, when and why. Raises NotAcknowledged."""
    reason = checked_reason(reason, "it")
    found = {one.key: one for one in troubles.found()}
    if key not in found:
        known = f"Choose one of these: {', '.join(f'“{one}”' for one in found)}." if found else "There is none at all."
        raise NotAcknowledged(f"There is no trouble “{key}” now. {known}")
    with transaction.atomic():
        row, _ = Trouble.objects.get_or_create(key=key, ended_at=None, defaults={"sentence": found[key].sentence, "since": Now()})
        Trouble.objects.filter(pk=row.pk).update(acknowledged_at=Now(), acknowledged_by=by[:150], acknowledged_reason=reason)
    row.refresh_from_db()
    return row
