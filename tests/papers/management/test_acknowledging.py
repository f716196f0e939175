"""What makes `status` ask for a person, and what makes it content again."""

from datetime import timedelta

import pytest

from papers.access.connections import note_failure
from papers.models import CollectionDay
from papers.sources.http import Transient
from tests.papers.conftest import FRIDAY, FRIDAY_NIGHT, THURSDAY
from tests.papers.management.running_commands import refused, run, status

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("week", "running_product")]


def test_status_is_content_once_a_person_acknowledged_the_day() -> None:
    CollectionDay.objects.create(date=FRIDAY, state="failed", reason="6 attempts in a row failed.")

    said = run("acknowledge_day", "2026-11-20", "--reason", "arXiv was down\nall day", "--by", "Ada")

    found, is_fine = status()
    assert said == "2026-11-20: failed acknowledged by Ada: arXiv was down all day\n"
    assert (found["needs"], is_fine) == ([], True)
    assert "6 attempts in a row failed. Acknowledged by Ada: arXiv was down all day" in run("status")
    assert CollectionDay.objects.get().acknowledged_at == FRIDAY_NIGHT


@pytest.mark.parametrize(
    ("day", "reason", "said"),
    [
        ("2026-11-20", " ", "Write why the day can stay as it is, in at most 500 characters."),
        ("2026-11-20", "x" * 501, "Write why the day can stay as it is, in at most 500 characters."),
        ("2026-11-19", "fine", "2026-11-19 is complete; only a failed or partial day can be acknowledged."),
        ("2026-11-18", "fine", "2026-11-18 was never collected. `manage.py status` lists the days that were."),
    ],
)
def test_acknowledge_day_says_what_it_cannot_do(day: str, reason: str, said: str) -> None:
    CollectionDay.objects.create(date=FRIDAY, state="failed", reason="6 attempts in a row failed.")
    done = {"papers_done_at": FRIDAY_NIGHT, "tweets_done_at": FRIDAY_NIGHT}
    CollectionDay.objects.create(date=THURSDAY, state="complete", **done)

    assert refused("acknowledge_day", day, "--reason", reason) == said
    assert not status()[1]


def test_status_asks_for_a_person_where_a_source_fails_for_six_hours() -> None:
    error = Transient("oEmbed is not available now (503).")
    asked = [FRIDAY_NIGHT - timedelta(hours=hours) for hours in (9, 6, 4)]
    for moment in asked[:2]:
        note_failure("oembed", error, moment)
    still_short = status()

    note_failure("oembed", error, FRIDAY_NIGHT - timedelta(hours=3))

    found, is_fine = status()
    assert still_short[1]
    assert (found["needs"], is_fine) == (
        ["X oEmbed has been failing since 20 Nov 2026, 13:00 UTC and needs attention. oEmbed is not available now (503)."],
        False,
    )
