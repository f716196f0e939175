"""What the headers of an answer say of time."""

from datetime import UTC, datetime

import httpx
import pytest
import time_machine

from papers.sources import answer_headers


def test_clock_doubt_asks_where_the_clocks_differ() -> None:
    with time_machine.travel(datetime(2026, 11, 21, 12, tzinfo=UTC), tick=False):
        agree = [
            answer_headers.clock_doubt({"date": value}) for value in ("Sat, 21 Nov 2026 11:56:00 GMT", "", "soon", "9" * 5000)
        ]
        aged = answer_headers.clock_doubt({"date": "Fri, 20 Nov 2026 12:00:00 GMT", "age": "86400"})
        differ = answer_headers.clock_doubt({"date": "Fri, 20 Nov 2026 12:00:00 GMT"})

    assert (agree, aged) == (["", "", "", ""], "")
    assert differ == (
        "Is this machine's clock right? It says 21 Nov 2026, 12:00 UTC, but the service says 20 Nov 2026, 12:00 UTC. "
        "Set it, or synchronise it with NTP."
    )


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("5", 5.0),
        ("Fri, 20 Nov 2026 12:00:30 GMT", 30.0),
        ("Fri, 20 Nov 2026 11:00:00 GMT", 0.0),
        ("9999999999", 3600.0),
        ("0000000000005", 5.0),
        ("9" * 5000, 3600.0),
        ("Fri, 31 Dec 9999 23:59:59 -2359", None),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 3600.0),
        (f"Fri, 20 Nov {'9' * 20} 12:00:00 GMT", None),
        (f"Fri, 20 Nov 2026 12:00:{'9' * 5000} GMT", None),
        ("soon", None),
        ("-5", None),
        ("", None),
    ],
)
def test_retry_after_reads_seconds_and_dates(value: str, seconds: float | None) -> None:
    now = datetime(2026, 11, 20, 12, tzinfo=UTC)

    assert answer_headers.retry_after_s(httpx.Headers({"Retry-After": value}), now=now) == seconds
