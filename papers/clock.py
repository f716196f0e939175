"""The time by which papers are collected: the real one, but in the sandbox, where it runs faster."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

FastClock = tuple[datetime, datetime, float]
"""A real moment, the sandbox's at that moment, and how many times faster than the real time it runs from there on."""

SHORTEST_LEASE = timedelta(seconds=10)


def now() -> datetime:
    """The present moment, UTC: the sandbox's where SANDBOX_CLOCK is set."""
    return shown_by(settings.SANDBOX_CLOCK) if settings.SANDBOX_CLOCK else timezone.now()


def shown_by(clock: FastClock) -> datetime:
    real_start, start, speed = clock
    return start + (timezone.now() - real_start) * speed


def lease(duration: timedelta) -> timedelta:
    """For how long a worker has what it claims, by the clock: so long, and where the clock is fast no less than SHORTEST_LEASE,
    since work takes real time.
    """
    return max(duration, SHORTEST_LEASE * settings.SANDBOX_CLOCK[2]) if settings.SANDBOX_CLOCK else duration
