"""When a tweet's counts are read next. Pure."""

from datetime import datetime, timedelta

HORIZON = timedelta(days=30)
"""Counts of a tweet that is older are not read any more."""
SHORTEST_WAIT_S = 3600
LONGEST_WAIT_S = 7 * 24 * 3600
HORIZON_S = HORIZON.total_seconds()


def first_due(posted_at: datetime, now: datetime) -> datetime | None:
    """When to read the counts of a tweet that was never read: at once, or never once it is past the horizon."""
    return now if now - posted_at < HORIZON else None


def next_wait(age_s: float, previous: int | None, current: int) -> int | None:
    """Seconds until a tweet's counts are due again, that were read at this age; None for never.

    `previous` and `current` are its scores (retweets + favorites), `previous` None where it was not read before. The wait is a
    share of the tweet's age, so that readings get ever rarer: a quarter of it where the score changed by more than 10 % since
    the reading before (or there was none), half where it changed by more than 1 %, all of it where it changed by less, twice
    the age where it did not change; an hour at least, a week at most. Nothing is read past HORIZON.
    """
    change = 1.0 if previous is None else abs(current - previous) / (previous or 1)
    if change > 0.1:
        share = 0.25
    elif change > 0.01:
        share = 0.5
    else:
        share = 1.0 if change else 2.0
    wait_s = min(max(int(age_s * share), SHORTEST_WAIT_S), LONGEST_WAIT_S)
    return wait_s if age_s + wait_s < HORIZON_S else None
