"""Values out of JSON that strangers wrote: each function gives what it says, or what stands for nothing, and raises nothing."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from papers.text.visible import is_visible, without_controls

LARGEST_COUNT = 10**8
"""The largest count that we take: no post comes near, and our database keeps sums of 32 bits."""
LONGEST_NUMBER = 20
"""Digits. No service has longer numbers, and those of thousands are none that Python reads."""
LONGEST_TEXT = 10_000
EARLIEST, LATEST = 2000, 2100
"""The years. No network that we read is so old, and days of the year 9999 cannot be shown in every time zone."""


def read_json(body: bytes) -> Any:
    """What the body says; None where it is no JSON. One odd number, byte or control character does not cost all the rest."""
    try:
        return json.loads(body.decode("utf-8-sig", errors="replace"), strict=False, parse_int=_number)
    except (ValueError, RecursionError):
        return None


def _number(digits: str) -> int | None:
    return int(digits) if len(digits) <= LONGEST_NUMBER else None


def whole_number(value: object) -> int | None:
    """The number, which may be written as an integer or as a string of digits; None where it is neither."""
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,18}", value):
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def items(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def text_of(value: object) -> str:
    """The string without what no database stores: NUL and halves of surrogate pairs. Empty where it isn't a string."""
    return re.sub(r"[\x00\ud800-\udfff]", "", value) if isinstance(value, str) else ""


def line_of(value: object) -> str:
    """The string as one line that can be read: without controls, marks that turn the direction of what follows, and spaces at its
    ends; empty where nothing in it can be seen."""
    text = " ".join(without_controls(text_of(value)[:LONGEST_TEXT]).split())
    return text if is_visible(text) else ""


def count(value: object) -> int | None:
    """A whole number that can be a count of ours."""
    number = whole_number(value)
    return number if number is not None and number <= LARGEST_COUNT else None


def next_cursor(value: object) -> str | None:
    """Where to go on in a service's answers: empty at their end, None where it is nothing that we could send back."""
    if not value:
        return ""
    return value if isinstance(value, str) and value.isascii() and value.isprintable() and len(value) <= LONGEST_TEXT else None


def counts(told: Mapping[str, object]) -> dict[str, int]:
    """Those of the values that are counts, by their names."""
    return {name: number for name, value in told.items() if (number := count(value)) is not None}


def moment(value: object) -> datetime | None:
    """The moment in an ISO text with its zone, in UTC; None for all else, and outside of EARLIEST to LATEST: whoever writes
    of 1970, of the year 1 or of 9999 has no clock."""
    try:
        read = datetime.fromisoformat(text_of(value)[:40].upper())
        return read.astimezone(UTC) if read.utcoffset() is not None and EARLIEST <= read.year < LATEST else None
    except (ValueError, OverflowError):
        return None


def language(value: object) -> str:
    """A language tag of BCP 47, as far as its second part (`zh-Hant` of `zh-Hant-TW`); `und` where the value is none."""
    found = re.fullmatch(r"([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})?)(?:-[A-Za-z0-9]{1,8}){0,4}", text_of(value)[:40], re.ASCII)
    return found[1] if found else "und"
