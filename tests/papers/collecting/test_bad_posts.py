"""A post that cannot be read costs itself; a clock that is wrong and a service that is down are told."""

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from papers import clock
from papers.collecting.days import days_wanted
from papers.collecting.paid_days import collect_tweets
from papers.models import CollectionDay, NetworkDay, SourceHealth, Tweet
from papers.sources.http import ClockWrong, Transient, Unreadable
from tests.papers.collecting.collecting_papers import collect
from tests.papers.collecting.collecting_tweets import mentions
from tests.papers.conftest import FRIDAY, FRIDAY_NIGHT, Week
from tests.standins.damage import POSTS, renamed, without_metric

pytestmark = pytest.mark.django_db


def plain_posts(week: Week) -> list[str]:
    """Posts of the day on which no other one depends."""
    return [
        tweet.status_id
        for tweet in week.x.tweets.all
        if tweet.posted_at.date() == FRIDAY
        and tweet.kind == "tweet"
        and not tweet.versions
        and not tweet.gone
        and not tweet.silent
    ]


@pytest.mark.parametrize(("damage", "lacks"), POSTS.values(), ids=POSTS)
def test_bad_post_costs_itself_and_is_named(week: Week, damage: Callable[[dict[str, Any]], dict[str, Any]], lacks: str) -> None:
    bad = plain_posts(week)[3]
    week.x.damaged[bad] = damage

    row = collect_tweets(FRIDAY, now=clock.now(), sources=week.sources)

    assert mentions() == {pair for pair in week.mentions(FRIDAY) if pair[0] != bad}
    assert f"1 post could not be read: {bad} lacks {lacks}." in row.reason


def test_bad_posts_are_named_besides_a_quiet_days_reason(week: Week) -> None:
    saturday = FRIDAY + timedelta(days=1)
    week.move(FRIDAY_NIGHT + timedelta(days=2))
    bad = [tweet.status_id for tweet in week.x.tweets.all if tweet.posted_at.date() == saturday and tweet.kind == "tweet"][:2]
    week.x.damaged = dict.fromkeys(bad, without_metric("like_count"))

    collect_tweets(saturday, now=clock.now(), sources=week.sources)
    row = collect_tweets(saturday, now=clock.now(), sources=week.sources)

    assert (row.state, row.reason.split(": ")[0]) == (
        "quiet",
        "arXiv announces nothing on weekends. 2 posts could not be read",
    )
    assert all(f"{one} lacks likes" in row.reason for one in bad)


@pytest.mark.parametrize("name", ["quote_count", "reply_count"])
def test_counts_that_nobody_needs_may_have_another_name(week: Week, name: str) -> None:
    week.x.damaged["*"] = without_metric(name)

    collect_tweets(FRIDAY, now=clock.now(), sources=week.sources)

    assert mentions() == week.mentions(FRIDAY)
    assert set(Tweet.objects.values_list(name.replace("quote_count", "quotes").replace("reply_count", "replies"), flat=True)) == {
        None
    }


def test_field_that_x_renamed_needs_a_person(week: Week) -> None:
    collect(week)
    week.x.damaged["*"] = without_metric("like_count")

    with pytest.raises(Unreadable, match=r"^100 of 100 posts in X's answer cannot be read: they lack likes\. X may have changed"):
        collect_tweets(FRIDAY, now=clock.now(), sources=week.sources)

    row = CollectionDay.objects.get()
    assert (row.state, row.tweets_done_at) == ("partial", None)
    assert "100 posts could not be read" in row.reason
    assert SourceHealth.objects.get(service="x").state == "refused"
    with pytest.raises(CommandError, match="100 of 100 posts"):
        call_command("status", stdout=StringIO())
    week.x.damaged.clear()
    collect_tweets(FRIDAY, now=clock.now(), sources=week.sources)
    assert mentions() == week.mentions(FRIDAY)
    call_command("status", stdout=StringIO())


def test_posts_without_an_id_are_counted_once_however_often_their_page_is_read(week: Week) -> None:
    collect(week)
    week.x.damaged["*"] = lambda post: renamed(post, ["id"])

    for _ in range(3):
        with pytest.raises(Unreadable):
            collect_tweets(FRIDAY, now=clock.now(), sources=week.sources)
        assert "100 posts could not be read: 100 without an id." in CollectionDay.objects.get().reason

    week.x.damaged.clear()
    assert "could not be read" not in collect_tweets(FRIDAY, now=clock.now(), sources=week.sources).reason


def test_lookup_that_x_renamed_is_told_too(week: Week) -> None:
    week.x.damaged["*"] = without_metric("retweet_count")

    assert week.sources.paid
    with pytest.raises(Unreadable, match="they lack retweets"):
        week.sources.paid.lookup(plain_posts(week)[:5])


@pytest.mark.parametrize("field", ["entities", "urls", "unwound_url expanded_url"])
def test_links_that_x_renamed_are_no_quiet_day(week: Week, field: str) -> None:
    collect(week)

    def with_others(post: dict[str, Any]) -> dict[str, Any]:
        entities = post.get("entities", {})
        links = [renamed(link, field.split()) for link in entities.get("urls", [])]
        return renamed(post | {"entities": renamed(entities | {"urls": links}, [field])}, [field])

    week.x.damaged["*"] = with_others
    with pytest.raises(Unreadable, match=r"posts in X's answer cannot be read: they lack links\. X may have changed"):
        collect_tweets(FRIDAY, now=clock.now(), sources=week.sources)

    assert CollectionDay.objects.get().state == "partial"
    week.x.damaged.clear()
    collect_tweets(FRIDAY, now=clock.now(), sources=week.sources)
    assert mentions() == week.mentions(FRIDAY)


# This machine's clock


def test_clock_a_day_ahead_is_asked_about_where_x_refuses_our_times(week: Week) -> None:
    collect(week)
    week.x.date_s = (FRIDAY_NIGHT - timedelta(days=1)).timestamp()
    week.x.fault("/2/tweets/search", "400")

    with pytest.raises(ClockWrong) as caught:
        collect_tweets(FRIDAY, now=clock.now(), sources=week.sources)

    assert str(caught.value) == (
        "X rejected our times (parameters: start_time). Is this machine's clock right? It says 20 Nov 2026, 22:00 UTC, but "
        "the service says 19 Nov 2026, 22:00 UTC. Set it, or synchronise it with NTP."
    )
    row = CollectionDay.objects.get()
    assert (row.state, row.reason, NetworkDay.objects.get().sweep_end) == ("partial", str(caught.value), None)
    with pytest.raises(CommandError, match="Is this machine's clock right"):
        call_command("status", stdout=StringIO())


def test_clock_a_day_ahead_is_asked_about_where_arxiv_has_no_such_day_yet(week: Week) -> None:
    week.world.now = FRIDAY_NIGHT - timedelta(days=1)
    week.arxiv.date_s = week.world.now.timestamp()
    week.traveller.move_to(FRIDAY_NIGHT + timedelta(days=1))

    with pytest.raises(ClockWrong, match=r"It says 21 Nov 2026, 22:00 UTC, but the service says 19 Nov 2026, 22:00 UTC\."):
        collect(week)

    week.arxiv.date_s = None
    week.move(FRIDAY_NIGHT)
    assert days_wanted(FRIDAY_NIGHT) == [FRIDAY]
    assert collect(week).papers_done_at == FRIDAY_NIGHT


# A whole outage


def test_x_that_is_down_for_hours_needs_a_person_and_a_word_of_one_is_enough(week: Week) -> None:
    collect(week)
    week.x.fault("/2/tweets", "503", times=999)
    for hours in (0, 3, 6):
        week.move(FRIDAY_NIGHT + timedelta(hours=hours))
        with pytest.raises(Transient):
            collect_tweets(FRIDAY, now=clock.now(), sources=week.sources)

    row = CollectionDay.objects.get()
    assert (row.state, row.reason) == (
        "failed",
        "X has been failing since 20 Nov 2026, 22:00 UTC (3 attempts) and needs attention. X is not available (503).",
    )
    with pytest.raises(CommandError, match="X has been failing since 20 Nov 2026, 22:00 UTC"):
        call_command("status", stdout=StringIO())
    call_command("acknowledge_day", str(FRIDAY), "--reason", "X is down", "--by", "Ada", stdout=StringIO())
    call_command("status", stdout=StringIO())
    week.x.recover()
    assert collect_tweets(FRIDAY, now=clock.now(), sources=week.sources).state == "complete"
