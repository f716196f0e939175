"""Counts the answers of this web process, and regularly adds them to those of all processes."""

import threading
from collections import Counter

from django.db.models import F

from hotpapers_site.models import Tally

_lock = threading.Lock()
_counted: Counter[str] = Counter()
_seconds = 0.0


def count(status: int, took_s: float) -> None:
    global _seconds
    with _lock:
        _counted[f"answers {status // 100}xx"] += 1
        _seconds += took_s


def store() -> None:
    """Add the counts. Raises DatabaseError; the counts are then kept for the next time."""
    global _seconds
    with _lock:
        grown: dict[str, float] = dict(_counted) | ({"answer_s": _seconds} if _seconds else {})
        _counted.clear()
        _seconds = 0.0
    while grown:
        name, value = grown.popitem()
        try:
            if not Tally.objects.filter(name=name).update(value=F("value") + value):
                Tally.objects.get_or_create(name=name)
                Tally.objects.filter(name=name).update(value=F("value") + value)
        except BaseException:
            with _lock:
                _seconds += (grown | {name: value}).pop("answer_s", 0.0)
                _counted.update({key: int(one) for key, one in (grown | {name: value}).items() if key != "answer_s"})
            raise
