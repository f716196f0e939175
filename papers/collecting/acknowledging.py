"""A person takes note of a day that failed, and says why it may stay so; then `status` does not ask for a person any more."""

from datetime import date, datetime

from django.db import transaction

from papers.models import CollectionDay

LONGEST_REASON = 500


class NotAcknowledged(Exception):
    """The day, or the trouble, cannot be acknowledged; the text says why and what to do."""


def checked_reason(reason: str, what: str) -> str:
    """Return the reason in one line. Raises NotAcknowledged without one, or for one that is too long; `what` is acknowledged."""
    reason = " ".join(reason.split())
    if not 0 < len(reason) <= LONGEST_REASON:
        raise NotAcknowledged(f"Write why {what} can stay as it is, in at most {LONGEST_REASON} characters.")
    return reason


@transaction.atomic
def acknowledge(day: date, *, by: str, reason: str, now: datetime) -> CollectionDay:
    """Note who took note of the day, when (UTC) and why. The day is still tried: what can be had later comes in.

    Raises NotAcknowledged.
    """
    reason = checked_reason(reason, "the day")
    row = CollectionDay.objects.select_for_update().filter(date=day).first()
    if row is None:
        raise NotAcknowledged(f"{day} was never collected. `manage.py status` lists the days that were.")
    if row.state not in (CollectionDay.State.FAILED, CollectionDay.State.PARTIAL):
        raise NotAcknowledged(f"{day} is {row.get_state_display()}; only a failed or partial day can be acknowledged.")
    row.acknowledged_at, row.acknowledged_by, row.acknowledged_reason = now, by[:150], reason
    row.save(update_fields=["acknowledged_at", "acknowledged_by", "acknowledged_reason", "changed_at"])
    return row
