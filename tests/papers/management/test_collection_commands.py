"""The commands that operators script: what they do, say, and exit with."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import redis
from pytest_django import DjangoAssertNumQueries, Settings

from papers.models import CollectionDay, Paper, Tweet
from tests.papers.conftest import FRIDAY, FRIDAY_NIGHT, THURSDAY, Week
from tests.papers.management.running_commands import refused, run, status

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("running_product")]


@pytest.fixture(autouse=True)
def hosts(week: Week, settings: Settings, tmp_path: Path, queues: redis.Redis) -> None:
    """The settings of an operator, with a path in each address; no request waits for as long as another test was told to."""
    week.arxiv.prefix, week.x.prefix = "/arxiv", "/x"
    settings.VAR_DIR = tmp_path
    queues.delete("hotpapers:gate:arxiv")
    settings.ARXIV_API_BASE = settings.ARXIV_RSS_BASE = settings.ARXIV_WEB_BASE = week.arxiv.url
    settings.X_API_BASE = week.x.url
    settings.ARXIV_REQUEST_INTERVAL = 0


# collect_papers and collect_tweets


def test_collect_papers_collects_today(week: Week) -> None:
    said = run("collect_papers")

    count = len(week.new(FRIDAY))
    assert said.startswith(f"2026-11-20: collecting. {count} of {count} new papers, 0 posts. ")
    assert set(Paper.objects.values_list("arxiv_id", flat=True)) == week.new(FRIDAY)


def test_collect_commands_complete_a_past_day(week: Week) -> None:
    run("collect_papers", "--date", "2026-11-19")
    said = run("collect_tweets", "--date", "2026-11-19")

    count, tweets = len(week.new(THURSDAY)), CollectionDay.objects.get().tweets_found
    assert said == f"2026-11-19: complete. {count} of {count} new papers, {tweets} posts.\n"


def test_collect_papers_says_that_a_day_is_quiet(week: Week) -> None:
    week.move(datetime(2026, 11, 21, 12, tzinfo=UTC))

    assert run("collect_papers") == (
        "2026-11-21: quiet (weekend or holiday). 0 new papers, 0 posts. arXiv announces nothing on weekends.\n"
    )


def test_collect_papers_exits_with_1_before_the_announcement(week: Week) -> None:
    week.move(datetime(2026, 11, 20, 4, tzinfo=UTC))

    said = refused("collect_papers")

    assert said.startswith("2026-11-20: not announced yet. 0 new papers, 0 posts. arXiv hasn't announced it yet;")


def test_collect_papers_exits_with_1_where_papers_are_missing(week: Week) -> None:
    week.arxiv.unindexed = {min(week.new(FRIDAY))}

    assert "the others will be asked for again." in refused("collect_papers")


@pytest.mark.parametrize("name", ["collect_papers", "collect_tweets"])
def test_collect_commands_refuse_a_day_to_come(name: str) -> None:
    assert refused(name, "--date", "2026-11-21") == "2026-11-21 is in the future; give a day up to 2026-11-20 (UTC)."


@pytest.mark.parametrize("given", ["yesterday", "2026-02-30", "20.11.2026"])
def test_collect_papers_says_how_a_day_is_written(given: str) -> None:
    assert "invalid day" in refused("collect_papers", "--date", given)


def test_collect_papers_names_the_setting_where_arxiv_denies_access(week: Week) -> None:
    week.arxiv.fault("/", "403", times=9)

    assert "CONTACT_EMAIL" in refused("collect_papers")
    assert len(week.arxiv.requests) == 1
    assert status()[1] is False


@pytest.mark.parametrize("fault", ["401", "402-older", "402-newer", "402-empty", "403", "403-auth", "429-cap"])
def test_collect_tweets_names_the_setting_where_x_refuses(week: Week, fault: str) -> None:
    week.x.fault("/", fault, times=9)

    assert "X_BEARER_TOKEN" in refused("collect_tweets")
    assert len(week.x.requests) == 1
    assert status()[1] is False


def test_collect_tweets_of_x_alone_names_the_setting_where_no_key_is_set(week: Week, settings: Settings) -> None:
    settings.X_BEARER_TOKEN = ""

    said = refused("collect_tweets", "--network", "x")
    assert said.startswith("X_BEARER_TOKEN is not set, so no posts are collected from X.")
    assert week.x.requests == []


def test_collect_tweets_names_the_setting_where_the_budget_is_spent(week: Week, settings: Settings) -> None:
    settings.X_DAILY_READS = 5

    assert refused("collect_tweets") == (
        "The budget of 5 paid reads for 2026-11-20 (UTC) is used up. Wait for the next day, or raise X_DAILY_READS."
    )
    assert week.x.requests == []


def test_collect_papers_names_the_setting_of_an_address_that_cannot_work(settings: Settings) -> None:
    settings.ARXIV_API_BASE = "http://example.org"

    assert refused("collect_papers").startswith("ARXIV_API_BASE must be an https:// URL")


# backfill


def test_backfill_completes_the_days_that_are_over(week: Week) -> None:
    said = run("backfill", "--since", "2026-11-18")

    assert said == "All days from 2026-11-18 to 2026-11-20 are complete.\n"
    assert list(CollectionDay.objects.order_by("date").values_list("state", flat=True)) == ["complete", "complete", "collecting"]
    assert set(Paper.objects.values_list("arxiv_id", flat=True)) == {
        number for day in (18, 19, 20) for number in week.new(date(2026, 11, day))
    }


def test_backfill_goes_on_where_it_was_refused(week: Week) -> None:
    week.x.fault("/", "402-newer", times=1)
    refused("backfill", "--since", "2026-11-19")
    week.arxiv.requests.clear()

    run("backfill", "--since", "2026-11-19")

    assert not [request for request in week.arxiv.requests if "2026-11-19" in request.path]


def test_backfill_says_which_days_are_not_complete(week: Week) -> None:
    week.arxiv.unindexed = {min(week.new(THURSDAY))}

    said = refused("backfill", "--since", "2026-11-19").splitlines()

    assert [line[:19] for line in said] == ["2026-11-19: partial", "Run it again later "]


def test_backfill_without_a_key_brings_the_papers_and_says_what_the_days_lack(week: Week, settings: Settings) -> None:
    settings.X_BEARER_TOKEN = ""

    said = refused("backfill", "--since", "2026-11-19").splitlines()
    assert said[0].endswith(" new papers, 0 posts. X_BEARER_TOKEN is not set, so no posts are collected from X. Set it to your "
                            "app's app-only bearer token, from X's developer console.")  # fmt: skip
    assert Paper.objects.filter(listing_date=THURSDAY).count() == len(week.new(THURSDAY))
    assert week.x.requests == []


# status


def test_status_tells_days_budgets_readings_and_sources(week: Week, settings: Settings) -> None:
    settings.X_DAILY_READS, settings.X_MONTHLY_READS = 10_000, 200_000
    run("collect_papers", "--date", "2026-11-19")
    run("collect_tweets", "--date", "2026-11-19")

    found, is_fine = status()

    count = len(week.new(THURSDAY))
    row = CollectionDay.objects.get()
    due = min(tweet.next_read_at for tweet in Tweet.objects.exclude(state="withheld") if tweet.next_read_at)
    assert is_fine
    found.pop("system")
    told = found.pop("networks")
    assert {name: (one["on"], one["state"], one["posts"]) for name, one in told.items()} == {
        "x": (True, "ok", Tweet.objects.count()),
        "bluesky": (False, "off", 0),
        "hackernews": (False, "off", 0),
        "huggingface": (False, "off", 0),
    }
    assert found == {
        "at": "2026-11-20T22:00:00+00:00",
        "mirrors": {},
        "needs": [],
        "earlier_days": {},
        "days": [
            {
                "date": "2026-11-19",
                "state": "complete",
                "reason": "",
                "new": count,
                "expected_new": count,
                "cross": 0,
                "expected_cross": row.expected_cross,
                "tweets": row.tweets_found,
                "swept_until": "2026-11-20T00:00:00+00:00",
                "next_try_at": None,
                "acknowledged": None,
            }
        ],
        "budget": [
            {"period": "2026-11-20", "setting": "X_DAILY_READS", "reads": week.x.reads, "limit": 10_000},
            {"period": "2026-11", "setting": "X_MONTHLY_READS", "reads": week.x.reads, "limit": 200_000},
        ],
        "readings": {
            "last": "2026-11-20T22:00:00+00:00",
            "next_due": due.isoformat(timespec="seconds"),
            "due": 0,
        },
        "sources": [
            {
                "service": service,
                "state": "ok",
                "message": "",
                "setting": "",
                "since": "2026-11-20T22:00:00+00:00",
                "answered_at": "2026-11-20T22:00:00+00:00",
            }
            for service in ("arxiv", "x")
        ],
    }


def test_status_tells_the_same_to_people() -> None:
    run("collect_papers", "--date", "2026-11-19")
    run("collect_tweets", "--date", "2026-11-19")

    said = run("status").splitlines()

    assert said[0].split() == ["Day", "State", "New", "Posts", "Reason"]
    assert said[1].split()[:2] == ["2026-11-19", "complete"]
    assert "x: ok since 2026-11-20T22:00:00+00:00." in said
    assert said[-1] == "Queue upkeep: 0 waiting, the oldest for 0 s"


def test_status_counts_the_days_before_the_last_year() -> None:
    done, long_ago = {"papers_done_at": FRIDAY_NIGHT}, FRIDAY - timedelta(days=400)
    CollectionDay.objects.create(date=FRIDAY, state="complete", **done)
    for n, state in enumerate(("complete", "partial", "complete")):
        CollectionDay.objects.create(date=long_ago + timedelta(days=n), state=state, **done)

    found, _ = status()

    assert [one["date"] for one in found["days"]] == ["2026-11-20"]
    assert found["earlier_days"] == {"complete": 2, "partial": 1}
    assert run("status").splitlines()[1:3] == [
        "Earlier: 2 complete, 1 partial",
        "2026-11-20  complete                 0/?        0",
    ]


def test_status_asks_for_a_person_where_a_day_failed() -> None:
    CollectionDay.objects.create(date=FRIDAY, state="failed", reason="6 attempts in a row failed.")

    found, is_fine = status()

    assert (found["needs"], is_fine) == (["2026-11-20: 6 attempts in a row failed."], False)


def test_status_asks_for_a_person_where_the_budget_is_spent(settings: Settings) -> None:
    settings.X_MONTHLY_READS = 9

    found, is_fine = status()

    assert (found["needs"], is_fine) == (
        ["The budget of 9 paid reads for 2026-11 (UTC) is used up. Wait for the next month, or raise X_MONTHLY_READS."],
        False,
    )


def test_status_takes_a_constant_number_of_queries(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    CollectionDay.objects.bulk_create(
        CollectionDay(date=FRIDAY - timedelta(days=n), state="complete", papers_done_at=FRIDAY_NIGHT, tweets_done_at=FRIDAY_NIGHT)
        for n in range(50)
    )

    with django_assert_num_queries(30):  # of which one a network finds by its index when a post is due next
        status()
