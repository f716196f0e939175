"""The names of what pages show, and of times."""

from contextlib import closing
from datetime import UTC, date, datetime

import pytest

from digests.models import Digest, Entry, PublicEvent
from digests.page_cache import subjects
from digests.page_cache.watching import watch
from tests.factories import make_digest

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def test_day_concerns_the_pages_of_its_month_and_its_year() -> None:
    assert set(subjects.widened(["digest:2021-05-12", "paper:7", "*"])) == {
        *("digest:2021-05-12", "digest:2021-05", "digest:2021", "digest:*"),
        *("paper:7", "*"),
    }
    assert "day:2021-05" in subjects.widened(["day:2021-05-12"])


@pytest.mark.parametrize(
    ("since", "until", "named"),
    [
        (date(2021, 5, 12), date(2021, 5, 12), ["2021-05-12"]),
        (date(2021, 4, 30), date(2021, 5, 2), ["2021-04-30", "2021-05-01", "2021-05-02"]),
        (date(2021, 2, 1), date(2021, 2, 28), ["2021-02"]),
        (date(2021, 4, 30), date(2021, 7, 2), ["2021-04", "2021-05", "2021-06", "2021-07"]),
        (date(2020, 4, 30), date(2021, 7, 2), ["2020", "2021"]),
        (date(2021, 4, 30), None, ["*"]),
    ],
)
def test_time_is_named_by_few_days_months_or_years(since: date, until: date | None, named: list[str]) -> None:
    assert subjects.times(since, until) == named


@pytest.mark.django_db(transaction=True)
def test_readers_see_a_day_change_when_they_are_told_so() -> None:
    digest, draft = make_digest(date(2021, 5, 12), papers=1), make_digest(date(2021, 5, 13), status=Digest.Status.DRAFT)
    with closing(watch()) as opened:  # type: ignore[type-var]
        assert opened is not None

        def heard() -> set[str]:
            return {one for one in opened.changes() if one.startswith("seen:")}

        Entry.objects.update(retweets=7)
        Digest.objects.update(intro="New")
        Digest.objects.filter(pk=draft.pk).update(published_at=NOW)
        assert heard() == set()
        PublicEvent.objects.create(digest=digest, kind=PublicEvent.Kind.COUNTS, at=NOW)
        assert heard() == {"seen:2021-05-12"}
        Digest.objects.filter(pk=digest.pk).update(published_at=NOW)
        assert heard() == {"seen:2021-05-12"}
