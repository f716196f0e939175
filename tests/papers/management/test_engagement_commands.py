"""`refresh_engagement` and `rank_day`, as operators run them: against the stand-ins, with the sources of the settings."""

import json
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import DjangoAssertNumQueries, Settings

from papers.models import CollectionDay, Paper, Tweet
from tests.factories import make_paper, make_tweet
from tests.papers.conftest import FRIDAY, FRIDAY_NIGHT, Week
from tests.standins.oembed import OEmbedStandin
from tests.standins.serving import Reply
from tests.standins.tweets import Tweets, WorldTweet

pytestmark = pytest.mark.django_db
NOW = FRIDAY_NIGHT
DAY = timedelta(days=1)


@pytest.fixture
def oembed(week: Week, world_tweets: Tweets, settings: Settings, tmp_path: Path) -> Iterator[OEmbedStandin]:
    with OEmbedStandin(world_tweets) as standin:
        settings.X_API_BASE, settings.OEMBED_BASE = week.x.url, standin.url
        settings.OEMBED_REQUEST_INTERVAL, settings.REDIS_URL, settings.VAR_DIR = 0, "", tmp_path
        yield standin


def run(*command: str) -> tuple[str, str]:
    """What it wrote to stdout and stderr."""
    out, err = StringIO(), StringIO()
    call_command(*command, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def plain(tweets: Tweets, count: int) -> list[WorldTweet]:
    fits = (
        one
        for one in tweets.all
        if one.kind == "tweet" and not one.gone and not one.silent and not one.versions and one.posted_at < NOW - 2 * DAY
    )
    return [next(fits) for _ in range(count)]


def read_tweet(one: WorldTweet, *papers: Paper, **fields: Any) -> Tweet:
    values: dict[str, Any] = {"retweets": 1, "favorites": 1, "read_at": NOW - DAY, "next_read_at": NOW - DAY}
    return make_tweet(*papers, status_id=one.status_id, **(values | fields))


# --- refresh_engagement


def test_refresh_engagement_reads_what_is_due(week: Week, world_tweets: Tweets, oembed: OEmbedStandin) -> None:
    due, later = plain(world_tweets, 2)
    read_tweet(due)
    read_tweet(later, next_read_at=NOW + DAY)

    out, err = run("refresh_engagement")

    assert err == ""
    assert out == "Posts: 1 read (0 of them back), 0 gone, 0 unknown.\nTexts: 0 fetched, 0 gone, 0 failed.\n"
    assert list(Tweet.objects.filter(read_at=NOW).values_list("status_id", flat=True)) == [due.status_id]


def test_refresh_engagement_all_reads_every_live_tweet_whatever_was_read_today(
    week: Week, world_tweets: Tweets, oembed: OEmbedStandin
) -> None:
    today, never_due, gone, sample = plain(world_tweets, 4)
    read_tweet(today, read_at=NOW - timedelta(hours=1), next_read_at=NOW + DAY)
    read_tweet(never_due, next_read_at=None, is_excluded=True)
    read_tweet(gone, state="deleted", state_since=NOW - DAY)
    read_tweet(sample, is_sample=True)

    run("refresh_engagement", "--all")

    read = Tweet.objects.filter(read_at=NOW).values_list("status_id", flat=True)
    assert set(read) == {today.status_id, never_due.status_id}


def test_refresh_engagement_fetches_the_texts_of_shown_tweets_once(
    week: Week, world_tweets: Tweets, oembed: OEmbedStandin
) -> None:
    one = max(plain(world_tweets, 50), key=lambda tweet: tweet.peak)
    read_tweet(one, make_paper(listing_date=FRIDAY), body_html="")

    out, _ = run("refresh_engagement")
    run("refresh_engagement")

    assert out.endswith("Texts: 1 fetched, 0 gone, 0 failed.\n")
    assert oembed.asked == {one.status_id: 1}


def test_refresh_engagement_says_where_texts_fail_but_has_read_the_counts(
    week: Week, world_tweets: Tweets, oembed: OEmbedStandin
) -> None:
    one = max(plain(world_tweets, 50), key=lambda tweet: tweet.peak)
    tweet = read_tweet(one, make_paper(listing_date=FRIDAY))
    oembed.fault("/oembed", Reply(429, b"", {"Retry-After": "900"}))

    _, err = run("refresh_engagement")

    said = "oEmbed asked us to slow down; retrying in 900 s."
    assert err == f"Some posts' texts weren't fetched: {said} The next run tries again.\n"
    tweet.refresh_from_db()
    assert tweet.read_at == NOW


@pytest.mark.parametrize(
    ("fault", "setting"),
    [("401", "X_BEARER_TOKEN"), ("403", "X_BEARER_TOKEN"), ("402-newer", "credits"), ("429-cap", "monthly cap")],
)
def test_refresh_engagement_ends_with_a_sentence_when_x_refuses(
    week: Week, world_tweets: Tweets, oembed: OEmbedStandin, fault: str, setting: str
) -> None:
    read_tweet(plain(world_tweets, 1)[0])
    week.x.fault("/2", fault, times=9)

    with pytest.raises(CommandError, match=setting) as raised:
        run("refresh_engagement", "--all")

    assert "\n" not in str(raised.value)
    assert len(week.x.requests) == 1
    assert raised.value.returncode != 0


@pytest.mark.parametrize("setting", ["X_DAILY_READS", "X_MONTHLY_READS"])
def test_refresh_engagement_ends_when_the_budget_is_used_up(
    week: Week, world_tweets: Tweets, oembed: OEmbedStandin, settings: Settings, setting: str
) -> None:
    setattr(settings, setting, 1)
    for one in plain(world_tweets, 2):
        read_tweet(one)

    with pytest.raises(CommandError, match=setting):
        run("refresh_engagement")

    assert week.x.reads == Tweet.objects.filter(read_at=NOW).count() == 1


# --- rank_day


def ranked_day() -> tuple[Paper, Paper]:
    first, second = make_paper(listing_date=FRIDAY, title="Louder"), make_paper(listing_date=FRIDAY, title="Quieter")
    at: dict[str, Any] = {"read_at": NOW}
    make_tweet(first, status_id="11", retweets=20, favorites=40, **at)
    make_tweet(first, status_id="12", retweets=0, favorites=24, **at)
    make_tweet(first, status_id="13", retweets=90, favorites=90, state="deleted", state_since=NOW, **at)
    make_tweet(second, status_id="14", retweets=1, favorites=2, **at)
    make_tweet(second, status_id="15")
    make_paper(listing_date=FRIDAY - DAY)
    return first, second


def line(number: str, retweets: int | None, favorites: int | None, **fields: Any) -> dict[str, Any]:
    at = "2026-11-20T22:00:00+00:00"
    values = {"network": "x", "id": number, "retweets": retweets, "favorites": favorites, "read_at": at}
    told = {"retweets": retweets, "favorites": favorites}
    counts = {name: count for name, count in told.items() if count is not None}
    return values | {"state": "live", "shown": False, "left_out": "", "counts": counts} | fields


def test_rank_day_prints_json_alone() -> None:
    first, second = ranked_day()
    CollectionDay.objects.create(date=FRIDAY, state=CollectionDay.State.COLLECTING)

    out, err = run("rank_day", str(FRIDAY), "--json")

    assert err == ""
    assert json.loads(out) == {
        "date": "2026-11-20",
        "state": "collecting",
        "papers": [
            {
                "arxiv_id": first.arxiv_id,
                "rank": 1,
                "score": 84,
                "retweets": 20,
                "favorites": 64,
                "hot": True,
                "tweets": [
                    line("11", 20, 40, shown=True),
                    line("12", 0, 24),
                    line("13", 90, 90, state="deleted", left_out="gone: deleted"),
                ],
                "counts": {"x": {"retweets": 20, "favorites": 64}},
            },
            {
                "arxiv_id": second.arxiv_id,
                "rank": 2,
                "score": 3,
                "retweets": 1,
                "favorites": 2,
                "hot": False,
                "tweets": [line("14", 1, 2, shown=True), line("15", None, None, read_at=None, left_out="not read yet")],
                "counts": {"x": {"retweets": 1, "favorites": 2}},
            },
        ],
    }


def test_rank_day_prints_a_table() -> None:
    first, second = ranked_day()

    out, _ = run("rank_day", str(FRIDAY))

    assert out.splitlines() == [
        "2026-11-20: not announced yet, 2 papers, 1 hot",
        "Rank    Score   Reposts      Likes       Paper",
        f"   1       84        20         64  hot  {first.arxiv_id} Louder",
        "           60        20         40       - x 11 shown",
        "           24         0         24       - x 12 counts",
        "            0        90         90       - x 13 left out: gone: deleted",
        f"   2        3         1          2       {second.arxiv_id} Quieter",
        "            3         1          2       - x 14 shown",
        "            0         ?          ?       - x 15 left out: not read yet",
    ]


def test_rank_day_of_an_unknown_day_is_empty() -> None:
    out, _ = run("rank_day", "2026-11-21", "--json")

    assert json.loads(out) == {"date": "2026-11-21", "state": "not_announced", "papers": []}


@pytest.mark.parametrize(("include", "count"), [(False, 1), (True, 2)])
def test_rank_day_lists_cross_lists_by_the_setting(settings: Settings, include: bool, count: int) -> None:
    settings.INCLUDE_CROSS_LISTS = include
    make_paper(listing_date=FRIDAY)
    make_paper(listing_date=FRIDAY, announced_as=Paper.AnnouncedAs.CROSS)

    out, _ = run("rank_day", str(FRIDAY), "--json")

    assert len(json.loads(out)["papers"]) == count


def test_rank_day_goes_by_the_rules_of_the_settings(settings: Settings) -> None:
    ranked_day()
    settings.HOT_SCORE, settings.SHOWN_TWEET_SCORE, settings.SHOWN_TWEETS = 85, 24, 2

    out, _ = run("rank_day", str(FRIDAY), "--json")

    paper = json.loads(out)["papers"][0]
    assert (paper["hot"], [tweet["shown"] for tweet in paper["tweets"]]) == (False, [True, True, False])


def test_rank_day_refuses_what_is_no_day() -> None:
    with pytest.raises(CommandError, match="invalid day 'today': write it as YYYY-MM-DD"):
        run("rank_day", "today")


def test_rank_day_takes_four_queries(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    ranked_day()

    with django_assert_num_queries(4):
        run("rank_day", str(FRIDAY), "--json")
