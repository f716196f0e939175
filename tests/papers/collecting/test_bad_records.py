"""One bad record costs itself: every other paper and post of the day is here, and the day's reason names the bad one."""

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from papers import clock
from papers.collecting.announced import collect_papers
from papers.collecting.days import days_wanted
from papers.collecting.swept import collect_tweets
from papers.models import CollectionDay, Mention, Paper, PaperCategory, SourceHealth, Tweet, UnmatchedMention
from papers.sources.http import ClockWrong, Malformed, RateLimited, Refused, Transient, Unreadable
from tests.papers.conftest import FRIDAY, FRIDAY_NIGHT, THURSDAY, Week
from tests.standins.arxiv_xml import HEAD
from tests.standins.damage import DROPPED, ENTRIES, ITEMS, POSTS, Damage, without, without_metric
from tests.standins.serving import Reply

pytestmark = pytest.mark.django_db


def collect(week: Week) -> CollectionDay:
    return collect_papers(FRIDAY, now=clock.now(), sources=week.sources)


def listed() -> set[str]:
    return set(Paper.objects.values_list("arxiv_id", flat=True))


# arXiv's query API


@pytest.mark.parametrize(("damage", "lacks"), ENTRIES.values(), ids=ENTRIES)
def test_one_bad_entry_costs_that_paper_alone(week: Week, damage: Damage, lacks: str) -> None:
    bad = sorted(week.new(FRIDAY))[7]
    week.arxiv.damaged[bad] = damage

    row = collect(week)

    count = len(week.new(FRIDAY))
    kept = {bad} if lacks == "an abstract" else set()
    assert listed() == week.new(FRIDAY) - {bad} | kept
    assert (row.state, row.papers_done_at, row.found_new) == ("partial", None, count - 1)
    assert row.reason.startswith(
        f"{count - 1} of {count} new papers are here with their abstracts; arXiv is asked again for the others. "
        f"Papers that could not be read as a whole: {bad} lacks {lacks}."
    )


@pytest.mark.parametrize(("damage", "lacks"), ENTRIES.values(), ids=ENTRIES)
def test_bad_entry_is_taken_once_it_is_mended(week: Week, damage: Damage, lacks: str) -> None:
    week.arxiv.damaged[min(week.new(FRIDAY))] = damage
    collect(week)
    assert "could not be read" in collect(week).reason  # the bad one is asked for alone
    week.arxiv.damaged.clear()

    row = collect(week)

    assert (listed(), row.papers_done_at) == (week.new(FRIDAY), FRIDAY_NIGHT)
    assert "could not be read" not in row.reason


@pytest.mark.parametrize("damage", DROPPED.values(), ids=DROPPED)
def test_characters_that_xml_forbids_are_dropped(week: Week, damage: Damage) -> None:
    bad = min(week.new(FRIDAY))
    week.arxiv.damaged[bad] = damage

    row = collect(week)

    told = week.world.papers[bad]
    assert (listed(), row.papers_done_at) == (week.new(FRIDAY), FRIDAY_NIGHT)
    assert Paper.objects.values_list("title", "abstract").get(arxiv_id=bad) == (told.title, " ".join(told.abstract.split()))


def test_title_that_the_api_lacks_is_taken_from_the_listing_page(week: Week) -> None:
    bad = min(week.new(FRIDAY))
    week.arxiv.damaged[bad] = without("title")

    row = collect(week)

    assert (listed(), row.papers_done_at) == (week.new(FRIDAY), FRIDAY_NIGHT)
    assert Paper.objects.get(arxiv_id=bad).title == week.world.papers[bad].title


def test_title_that_nobody_has_costs_that_paper_alone(week: Week) -> None:
    week.move(FRIDAY_NIGHT + timedelta(days=95))  # known by the window alone, which has no listing
    bad = min(week.new(THURSDAY))
    week.arxiv.damaged[bad] = without("title")

    row = collect_papers(THURSDAY, now=clock.now(), sources=week.sources)

    assert (listed(), row.state) == (week.new(THURSDAY) - {bad}, "partial")
    assert f"{bad} lacks a title." in row.reason


def test_several_bad_entries_are_all_named(week: Week) -> None:
    bad = dict(zip(sorted(week.new(FRIDAY)), ENTRIES.values(), strict=False))
    del bad[next(number for number, (_, lacks) in bad.items() if lacks == "an abstract")]
    week.arxiv.damaged = {number: damage for number, (damage, _) in bad.items()}

    row = collect(week)

    assert listed() == week.new(FRIDAY) - bad.keys()
    named = [number for number in bad if f"{number} lacks" in row.reason]
    assert (len(named), f"{len(bad) - 10} more" in row.reason) == (10, True)


def test_answers_that_are_never_xml_are_no_fault_of_the_papers(week: Week) -> None:
    week.arxiv.fault("/api", Reply(200, f"{HEAD}<entry>".encode()), times=1000)

    with pytest.raises(Transient, match="breaks off or is garbled"):
        collect(week)

    assert len([request for request in week.arxiv.requests if request.path.startswith("/api")]) <= 25
    assert "breaks off or is garbled" in CollectionDay.objects.get().reason


def test_batch_that_makes_no_sense_does_not_keep_the_others_waiting(week: Week, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("papers.collecting.announced.BATCH", 10)
    week.arxiv.fault("/api", "html")

    with pytest.raises(Malformed, match="an HTML page"):
        collect(week)

    assert len(listed()) == len(week.new(FRIDAY)) - 10


def test_only_arxivs_own_categories_are_kept(week: Week) -> None:
    number = min(week.new(FRIDAY))
    others = "".join(f'<category term="{term}"/>' for term in ("none", "math", "68T05", "cs.lg", "foo.AB", "hep-th", "cs.QZ"))
    week.arxiv.damaged[number] = lambda entry: entry.replace("<published>", f"{others}<published>")

    collect(week)

    codes = PaperCategory.objects.filter(paper__arxiv_id=number).order_by("position").values_list("code", flat=True)
    assert list(codes) == [*week.world.papers[number].categories_at(FRIDAY), "hep-th", "cs.QZ"]


@pytest.mark.parametrize("days_later", [0, 95])
def test_entry_that_stands_twice_hides_no_other_paper(week: Week, days_later: int) -> None:
    week.move(FRIDAY_NIGHT + timedelta(days=days_later))
    week.arxiv.repeats = True

    row = collect(week)

    assert (listed(), row.papers_done_at) == (week.new(FRIDAY), clock.now())


@pytest.mark.parametrize("total", ["9" * 20, "9" * 5000, "-1", ""])
def test_total_that_is_no_number_is_one_sentence(week: Week, total: str) -> None:
    feed = f"{HEAD}<opensearch:totalResults>{total}</opensearch:totalResults></feed>"
    week.arxiv.fault("/api", Reply(200, feed.encode()), times=50)

    with pytest.raises(Malformed, match=r"^arXiv answered something unexpected: expected totalResults, got [0-9-]{0,200}\.$"):
        collect(week)


# Feed and listing pages


@pytest.mark.parametrize(("damage", "lacks"), ITEMS.values(), ids=ITEMS)
def test_bad_item_of_the_feed_is_left_out_and_named(week: Week, damage: Damage, lacks: str) -> None:
    bad = min(week.new(FRIDAY))
    week.arxiv.damaged_items[bad] = damage
    week.arxiv.fault("/list", "404", times=9)

    row = collect(week)

    assert listed() == week.new(FRIDAY) - {bad}
    assert row.state == "partial"
    assert f"Entries of the feed were left out: {bad} lacks {lacks}. Unchecked: the listing pages could not be read" in row.reason


@pytest.mark.parametrize(("damage", "lacks"), ITEMS.values(), ids=ITEMS)
def test_listing_pages_have_what_an_item_of_the_feed_lacks(week: Week, damage: Damage, lacks: str) -> None:
    bad = min(week.new(FRIDAY))
    week.arxiv.damaged_items[bad] = damage

    row = collect(week)

    assert (listed(), row.papers_done_at) == (week.new(FRIDAY), FRIDAY_NIGHT)
    assert f"{bad} lacks {lacks}." in row.reason


@pytest.mark.parametrize("fault", ["500", "404", "html", "truncated", Reply(200, b"<rss>\x01</rss>"), Reply(200, b"\x00")])
def test_listing_pages_are_taken_where_the_feed_cannot_be_read(week: Week, fault: str | Reply) -> None:
    week.arxiv.fault("/rss", fault, times=9)

    row = collect(week)

    assert (listed(), row.papers_done_at) == (week.new(FRIDAY), FRIDAY_NIGHT)
    assert "The listing pages were taken instead." in row.reason


@pytest.mark.parametrize("fault", ["500", "404", "html", "truncated", Reply(200, b"\x0c<html>")])
def test_feed_is_taken_where_the_listing_pages_cannot_be_read(week: Week, fault: str | Reply) -> None:
    week.arxiv.fault("/list", fault, times=9)

    row = collect(week)

    assert (listed(), row.state, row.papers_done_at) == (week.new(FRIDAY), "partial", None)
    assert "Unchecked: the listing pages could not be read" in row.reason
    week.arxiv.recover()
    assert collect(week).papers_done_at == FRIDAY_NIGHT


@pytest.mark.parametrize(("fault", "error"), [("403", Refused), ("429", RateLimited)])
@pytest.mark.parametrize("place", ["/rss", "/list"])
def test_refusal_and_rate_limit_stop_arxiv_as_a_whole(week: Week, place: str, fault: str, error: type[Exception]) -> None:
    week.arxiv.fault(place, fault, times=9)

    with pytest.raises(error):
        collect(week)

    assert listed() == set()
    assert [request.path for request in week.arxiv.requests if request.path.startswith("/api")] == []


def test_further_listing_page_without_its_date_is_taken_where_the_total_is_the_same(week: Week) -> None:
    week.arxiv.listing_page, week.arxiv.undated_pages = 10, True

    row = collect(week)

    assert (listed(), row.papers_done_at) == (week.new(FRIDAY), FRIDAY_NIGHT)


def test_listing_entry_without_an_id_is_not_forgotten(week: Week) -> None:
    page = week.arxiv._list(_request("/list/cs/new")).body
    first = min(number for number in week.new(FRIDAY) if f'"/abs/{number}"'.encode() in page)
    week.arxiv.fault("/list/cs", Reply(200, page.replace(f'"/abs/{first}"'.encode(), b'"/abs/0"', 1)))

    row = collect(week)

    assert listed() == week.new(FRIDAY) - {first}
    assert (row.state, row.expected_new, row.found_new) == ("partial", len(week.new(FRIDAY)), len(week.new(FRIDAY)) - 1)


def _request(path: str) -> Any:
    from tests.standins.serving import Request

    return Request(path, {}, {})


# X


def mentions() -> set[tuple[str, str]]:
    matched = Mention.objects.values_list("tweet__status_id", "paper__arxiv_id")
    return {*matched, *UnmatchedMention.objects.values_list("tweet__status_id", "arxiv_id")}


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
        "arXiv announces nothing at weekends. 2 posts could not be read",
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


def test_lookup_that_x_renamed_is_told_too(week: Week) -> None:
    week.x.damaged["*"] = without_metric("retweet_count")

    assert week.sources.x
    with pytest.raises(Unreadable, match="they lack retweets"):
        week.sources.x.lookup(plain_posts(week)[:5])


# This machine's clock


def test_clock_a_day_ahead_is_asked_about_where_x_refuses_our_times(week: Week) -> None:
    collect(week)
    week.x.date_s = (FRIDAY_NIGHT - timedelta(days=1)).timestamp()
    week.x.fault("/2/tweets/search", "400")

    with pytest.raises(ClockWrong) as caught:
        collect_tweets(FRIDAY, now=clock.now(), sources=week.sources)

    assert str(caught.value) == (
        "X does not take our times (parameters: start_time). Is this machine's clock right? It says 20 Nov 2026, 22:00 UTC where "
        "the service says 19 Nov 2026, 22:00 UTC. Set it, or let it be set over the network (NTP)."
    )
    row = CollectionDay.objects.get()
    assert (row.state, row.reason, row.sweep_end) == ("partial", str(caught.value), None)
    with pytest.raises(CommandError, match="Is this machine's clock right"):
        call_command("status", stdout=StringIO())


def test_clock_a_day_ahead_is_asked_about_where_arxiv_has_no_such_day_yet(week: Week) -> None:
    week.world.now = FRIDAY_NIGHT - timedelta(days=1)
    week.arxiv.date_s = week.world.now.timestamp()
    week.traveller.move_to(FRIDAY_NIGHT + timedelta(days=1))

    with pytest.raises(ClockWrong, match=r"It says 21 Nov 2026, 22:00 UTC where the service says 19 Nov 2026, 22:00 UTC\."):
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
        "X has failed since 20 Nov 2026, 22:00 UTC (3 attempts) and needs a person. X is not available (503).",
    )
    with pytest.raises(CommandError, match="X has failed since 20 Nov 2026, 22:00 UTC"):
        call_command("status", stdout=StringIO())
    call_command("acknowledge_day", str(FRIDAY), "--reason", "X is down", "--by", "Ada", stdout=StringIO())
    call_command("status", stdout=StringIO())
    week.x.recover()
    assert collect_tweets(FRIDAY, now=clock.now(), sources=week.sources).state == "complete"
