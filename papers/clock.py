"""The clock that collection goes by: the real time, or in the sandbox a faster one."""

from datetime import UTC, date, datetime, time, timedelta

from django.conf import settings
from django.utils import timezone

FastClock = tuple[datetime, datetime, float]
"""A real moment, the sandbox's time at that moment, and how many times faster than real time it runs from there."""

SHORTEST_LEASE = timedelta(seconds=10)


def now() -> datetime:
    """The present moment, UTC; the sandbox's if SANDBOX_CLOCK is set."""
    return shown_by(settings.SANDBOX_CLOCK) if settings.SANDBOX_CLOCK else timezone.now()


def bounds(day: date) -> tuple[datetime, datetime]:
    """The first moment of the UTC day, and the first one after it."""
    start = datetime.combine(day, time(), UTC)
    return start, start + timedelta(days=1)


def is_over(day: date, now: datetime) -> bool:
    """Whether the UTC day has ended."""
    return now >= bounds(day)[1]


def shown_by(clock: FastClock) -> datetime:
    real_start, start, speed = clock
    return start + (timezone.now() - real_start) * speed


def lease(duration: timedelta) -> timedelta:
    """How long a worker holds what it claims. In the sandbox never shorter than SHORTEST_LEASE of its clock, since work takes
    real time."""
    return max(duration, SHORTEST_LEASE * settings.SANDBOX_CLOCK[2]) if settings.SANDBOX_CLOCK else duration
