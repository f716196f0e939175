"""What changed since a position: nothing is missed, whoever writes, and what cannot be known is said."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from digests.models import Digest
from digests.page_cache import log
from digests.page_cache.log import KEPT_FOR, prune
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
    Digest.objects.filter(pk=digest.pk).update(intro="New")
    prune(datetime.now(UTC) + KEPT_FOR - timedelta(hours=1))
    assert changed_since(position)[0] == frozenset({f"digest:{digest.date}"})
    prune(datetime.now(UTC) + KEPT_FOR + timedelta(hours=1))
    changed, now = changed_since(position)
    assert changed == ({f"digest:{digest.date}"} if connection.vendor == "sqlite" else None)
    assert changed_since(now)[0] == frozenset()
