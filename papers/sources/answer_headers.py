"""What an answer's headers say about time: how long to wait, and whose clock is right."""

import contextlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

LONGEST_WAIT_S = 3600.0
"""However long a service asks us to wait, we try again after an hour."""
CLOCKS_AGREE = timedelta(minutes=5)


def retry_after_s(headers: Mapping[str, str], *, now: datetime | None = None) -> float | None:
    """The seconds that `Retry-After` asks for (RFC 9110 §10.2.3: seconds or an HTTP date), at most an hour.

    None if it is absent or unreadable.
    """
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        digits = value.lstrip("0")
        return LONGEST_WAIT_S if len(digits) > 4 else min(float(digits or 0), LONGEST_WAIT_S)
    moment = _http_date(value)
    if moment is None:
        return None
    return min(max(0.0, (moment - (now or datetime.now(UTC))).total_seconds()), LONGEST_WAIT_S)


def _http_date(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value[:100])
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def clock_doubt(headers: Mapping[str, str]) -> str:
    """A question for people if this machine's clock and the answer's differ by more than five minutes; else empty."""
    theirs, ours = _http_date(headers.get("date", "")), datetime.now(UTC)
    if theirs is None:
        return ""
    age = headers.get("age", "")
    if age.isascii() and age.isdigit() and len(age) <= 9:  # the answer lay in a cache so long
        with contextlib.suppress(OverflowError):
            theirs += timedelta(seconds=int(age))
    if abs(ours - theirs) <= CLOCKS_AGREE:
        return ""
    return (
        f"Is this machine's clock right? It says {ours:%-d %b %Y, %H:%M} UTC, but the service says "
        f"{theirs:%-d %b %Y, %H:%M} UTC. Set it, or synchronise it with NTP."
    )
