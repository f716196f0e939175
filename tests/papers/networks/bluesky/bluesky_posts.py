"""Posts of one day about one paper."""

from datetime import UTC, datetime, timedelta

from tests.standins.bluesky import BlueskyPost, external

DAY = datetime(2026, 11, 20, tzinfo=UTC)
PAPER = "https://arxiv.org/abs/2611.90001"


def posts(count: int) -> list[BlueskyPost]:
    return [
        BlueskyPost(f"did:plc:author{n}", f"3post{n}", DAY + timedelta(minutes=n), embed=external(PAPER)) for n in range(count)
    ]
