"""What changed since a position: nothing is missed, whoever writes, and what cannot be known is said."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction

from digests.models import Digest
from digests.page_cache import log
from digests.page_cache.log import KEPT_FOR, prune
from digests.page_cache.triggers import CHANGE
from tests.factories import make_digest
from tests.settled import settled

pytestmark = pytest.mark.django_db(transaction=True)


def changed_since(position: str) -> tuple[frozenset[str] | None, str]:
    settled()
    return log.changed_since(position)


def test_log_tells_what_changed_since_a_position() -> None:
    first, second = make_digest(), make_digest(datetime(2021, 5, 13).date())
    unknown, position = changed_since("")
    assert unknown is None
    assert changed_since(position)[0] == frozenset()
    Digest.objects.filter(pk=first.pk).update(intro="New")
    changed, later = changed_since(position)
    assert changed == frozenset({f"digest:{first.date}"})
    Digest.objects.filter(pk=second.pk).update(intro="New")
    assert changed_since(later)[0] == frozenset({f"digest:{second.date}"})
    assert changed_since(position)[0] == frozenset({f"digest:{first.date}", f"digest:{second.date}"})


def test_log_does_not_hear_of_what_was_rolled_back() -> None:
    digest = make_digest()
    _, position = changed_since("")
    with transaction.atomic():
        Digest.objects.filter(pk=digest.pk).update(intro="New")
        transaction.set_rollback(True)
    assert changed_since(position)[0] == frozenset()


@pytest.mark.parametrize("position", ["nonsense", "sqlite nobody 7", "postgresql nobody 7"])
def test_log_knows_nothing_of_another_database_s_position(position: str) -> None:
    assert changed_since(position)[0] is None


def test_log_knows_nothing_of_the_future() -> None:
    _, position = changed_since("")
    named, _, number = position.rpartition(" ")
    assert changed_since(f"{named} {int(number) + 10**9}")[0] is None


def test_log_that_was_cut_says_so() -> None:
    digest = make_digest()
    _, position = changed_since("")
    for intro in ("New", "Newer"):
        Digest.objects.filter(pk=digest.pk).update(intro=intro)
    prune(datetime.now(UTC) + KEPT_FOR - timedelta(hours=1))
    assert changed_since(position)[0] == frozenset({f"digest:{digest.date}"})
    prune(datetime.now(UTC) + KEPT_FOR + timedelta(hours=1))
    changed, now = changed_since(position)
    assert changed == ({f"digest:{digest.date}"} if connection.vendor == "sqlite" else None)
    assert changed_since(now)[0] == frozenset()


def test_version_differs_after_each_change_also_of_a_transaction_that_ends_late() -> None:
    digest = make_digest()
    settled()
    seen = [log.version()]
    assert log.version() == seen[0]
    if connection.vendor == "sqlite":  # which has one writer at a time
        Digest.objects.filter(pk=digest.pk).update(intro="New")
        assert log.version() not in seen
        return
    with psycopg.connect(os.environ["DATABASE_URL"].rpartition("/")[0] + f"/{connection.settings_dict['NAME']}") as late:
        late.execute("UPDATE digests_digest SET intro = 'Late' WHERE id = %s", [digest.pk])
        other = make_digest(datetime(2021, 5, 13).date())
        seen.append(log.version())
        Digest.objects.filter(pk=other.pk).update(intro="New")
        seen.append(log.version())
        late.commit()
    seen.append(log.version())
    settled()
    assert len(set(seen)) == len(seen) == 4
    assert log.version() not in seen[:2]


def test_version_does_not_read_the_log() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("on SQLite each subject has one row, and the last one is found by its key")
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {CHANGE} (subject) SELECT 'digest:' || n FROM generate_series(1, 20000) n")
        settled()
        cursor.execute(f"ANALYZE {CHANGE}")
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {log.VERSION['postgresql']}")
        [(plan,)] = cursor.fetchall()
    read = [node["Actual Rows"] for node in nodes(plan[0]["Plan"]) if "Relation Name" in node]
    assert read
    assert max(read) <= 5


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", []):
        yield from nodes(below)
