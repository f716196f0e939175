"""The moment at which the networks are asked."""

from datetime import UTC, datetime

NOW = datetime(2026, 11, 20, 22, tzinfo=UTC)


def now() -> datetime:
    return NOW
