"""The X client over real HTTP against its stand-in: sweeps, lookups, counts, usage and the bill."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from papers.networks.x.client import LookupResult, SweepPage, XClient, sweep_query
from papers.networks.x.posts import Counts, FoundTweet, GoneReason, roots_wanted
from papers.sources.http import Malformed
from tests.standins.tweets import Tweets, WorldTweet
from tests.standins.x import XStandin, reply

NOW = datetime(2026, 11, 20, 22, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 20, tzinfo=UTC)


def now() -> datetime:
    return datetime.now(UTC)


def sweep(
    x: XClient, *, start: datetime = MIDNIGHT, end: datetime = NOW, min_likes: int = 0, max_reads: int = 10_000
) -> list[SweepPage]:
    return list(x.sweep(start=start, end=end, min_likes=min_likes, max_reads=max_reads))


def found_in(pages: list[SweepPage]) -> list[FoundTweet]:
    return [tweet for page in pages for tweet in page.tweets]


def listed(tweets: Tweets, start: datetime = MIDNIGHT, end: datetime = NOW - timedelta(seconds=30)) -> list[WorldTweet]:
    """What a sweep has to find, newest first: tweets with a link that X still has, edited ones in their newest version."""
    edited_by_now = {one.versions[0] for one in tweets.all if one.versions and not one.superseded and one.posted_at <= now()}
    return [
        one
        for one in reversed(tweets.all)
        if start <= one.posted_at < end
        and one.urls
        and one.kind != "retweet"
        and not (one.gone in ("deleted", "protected", "suspended", "disallowed") and one.is_gone(now()))
        and not (one.superseded and one.status_id in edited_by_now)
    ]


def some(tweets: Tweets, **wanted: object) -> WorldTweet:
    """A tweet of the first day with these fields."""
    return next(
        one
        for one in tweets.all
        if one.posted_at < MIDNIGHT and all(getattr(one, name) == value for name, value in wanted.items())
    )


def one_counts(one: WorldTweet) -> Counts:
    return Counts(*one.counts(now()))


# --- sweep


def test_sweep_finds_every_tweet_of_the_day_on_exactly_its_papers(x: XClient, standin: XStandin, tweets: Tweets) -> None:
    pages = sweep(x)

    expected = listed(tweets)
    assert {one.kind for one in expected} == {"tweet", "own_reply", "foreign_reply", "listing"}
    assert [(one.status_id, one.papers) for one in found_in(pages)] == [(one.status_id, one.papers) for one in expected]
    assert [(one.status_id, one.counts) for one in found_in(pages)] == [(one.status_id, one_counts(one)) for one in expected]
    assert sum(page.reads for page in pages) == standin.reads == len(expected)
    assert len(standin.requests) == len(pages) == -(-len(expected) // 100)
    assert [page.more for page in pages] == [True] * (len(pages) - 1) + [False]


def test_sweep_asks_for_all_forms_without_retweets_in_one_query(x: XClient, standin: XStandin) -> None:
    sweep(x, min_likes=3)

    assert standin.requests[0].path == "/2/tweets/search/recent"
    assert standin.requests[0].params["query"] == (
        '(url:"arxiv.org" OR url:"alphaxiv.org" OR url:"huggingface.co/papers" OR url:"hf.co/papers" OR url:"doi.org/10.48550" '
        'OR url:"ar5iv.org" OR "10.48550/arXiv") -is:retweet min_likes:3'
    )
    assert standin.requests[0].params["max_results"] == "100"
    assert "expansions" not in standin.requests[0].params
    assert len(sweep_query(1_000_000)) <= 512


def test_sweep_with_a_floor_reads_only_what_is_liked(x: XClient, standin: XStandin, tweets: Tweets) -> None:
    pages = sweep(x, min_likes=20)

    expected = [one for one in listed(tweets) if one.counts(NOW)[1] >= 20]
    assert [one.status_id for one in found_in(pages)] == [one.status_id for one in expected]
    assert 0 < standin.reads < len(listed(tweets))


def test_sweep_reads_both_vocabularies_alike(x: XClient, standin: XStandin) -> None:
    older = found_in(sweep(x))
    standin.posts_vocabulary = True
    newer = found_in(sweep(x))

    assert newer == older


def test_sweep_goes_on_after_an_empty_page_that_has_a_next_one(x: XClient, standin: XStandin, tweets: Tweets) -> None:
    standin.empty_pages = 2

    assert [one.status_id for one in found_in(sweep(x))] == [one.status_id for one in listed(tweets)]


def test_sweep_ends_where_every_page_is_empty(x: XClient, standin: XStandin) -> None:
    standin.empty_pages = 10_000

    with pytest.raises(Malformed, match="goes round in circles"):
        sweep(x)
    assert len(standin.requests) == 51


def test_sweep_ends_where_the_next_page_is_an_earlier_one(x: XClient, standin: XStandin) -> None:
    standin.fault("/2/tweets/search", reply({"data": [], "meta": {"result_count": 0, "next_token": "same"}}), times=9)

    with pytest.raises(Malformed, match="goes round in circles"):
        sweep(x)
    assert len(standin.requests) == 2


def test_sweep_of_a_quiet_time_finds_nothing(x: XClient, standin: XStandin) -> None:
    pages = sweep(x, start=MIDNIGHT - timedelta(days=5), end=MIDNIGHT - timedelta(days=4))

    assert [(page.tweets, page.reads, page.more) for page in pages] == [((), 0, False)]


def test_sweep_bears_a_post_on_two_pages(x: XClient, standin: XStandin, tweets: Tweets) -> None:
    standin.repeats = True

    pages = sweep(x)

    repeated = [status_id for status_id, times in Counter(one.status_id for one in found_in(pages)).items() if times > 1]
    assert len(repeated) == len(pages) - 1
    assert list(dict.fromkeys(one.status_id for one in found_in(pages))) == [one.status_id for one in listed(tweets)]
    assert sum(page.reads for page in pages) == standin.reads + len(repeated)


def test_sweep_marks_retweets_where_x_returns_them(x: XClient, standin: XStandin, tweets: Tweets) -> None:
    standin.leaks_retweets = True

    marked = [one.status_id for one in found_in(sweep(x)) if one.is_retweet]

    assert len(marked) > 0
    assert {tweets.by_id[status_id].kind for status_id in marked} == {"retweet"}


def test_sweep_gives_an_edited_tweet_under_its_newest_id(x: XClient, tweets: Tweets) -> None:
    edited = [one for one in found_in(sweep(x)) if len(one.edit_history) > 1]

    assert len(edited) > 0
    assert [one.status_id for one in edited] == [one.edit_history[-1] for one in edited]
    assert [one.edit_history for one in edited] == [tweets.by_id[one.status_id].versions for one in edited]


def test_sweep_and_lookup_lead_to_the_root_above_an_authors_own_reply(x: XClient, tweets: Tweets) -> None:
    found = found_in(sweep(x))

    wanted = roots_wanted(found)
    roots = x.lookup(wanted).found

    own = [one for one in listed(tweets) if one.kind == "own_reply"]
    assert wanted == tuple(one.conversation_id for one in own)
    assert [roots[one.conversation_id].author_id for one in own] == [one.author.id for one in own]


@pytest.mark.parametrize(
    ("max_reads", "pages", "more"),
    [
        (9, 0, True),
        (10, 1, True),
        (100, 1, True),
        (105, 1, True),
        (250, 3, True),
        (0, 0, True),
        (-5, 0, True),
        (100_000, None, False),
    ],
)
def test_sweep_never_reads_more_than_it_may(
    x: XClient, standin: XStandin, tweets: Tweets, max_reads: int, pages: int | None, more: bool
) -> None:
    swept = sweep(x, max_reads=max_reads)

    assert standin.reads == sum(page.reads for page in swept) <= max(max_reads, 0)
    assert len(standin.requests) == (-(-len(listed(tweets)) // 100) if pages is None else pages)
    assert swept[-1].more is more


def test_sweep_goes_on_where_it_stopped(x: XClient, tweets: Tweets) -> None:
    first = sweep(x, max_reads=150)
    rest = list(x.sweep(start=MIDNIGHT, end=first[-1].end, min_likes=0, max_reads=10_000, token=first[-1].next_token))

    assert [one.status_id for one in found_in(first + rest)] == [one.status_id for one in listed(tweets)]


def test_sweep_asks_for_no_bound_that_x_refuses(x: XClient, standin: XStandin) -> None:
    pages = sweep(x, end=NOW + timedelta(hours=2))

    assert pages[0].end == NOW - timedelta(seconds=30)
    assert standin.requests[0].params["end_time"] == "2026-11-20T21:59:30Z"


def test_sweep_of_the_last_seconds_asks_nothing(x: XClient, standin: XStandin) -> None:
    assert sweep(x, start=NOW - timedelta(seconds=20)) == []
    assert standin.requests == []


def test_sweep_beyond_seven_days_searches_the_archive_slowly(
    x: XClient, standin: XStandin, tweets: Tweets, clock: time_machine.Traveller, waits: list[float]
) -> None:
    clock.move_to(NOW + timedelta(days=7))

    pages = sweep(x, start=MIDNIGHT - timedelta(days=2), end=NOW)

    assert {request.path for request in standin.requests} == {"/2/tweets/search/all"}
    assert standin.requests[0].params["max_results"] == "500"
    assert [one.status_id for one in found_in(pages)] == [
        one.status_id for one in listed(tweets, MIDNIGHT - timedelta(days=2), NOW)
    ]
    assert waits == [1.0] * (len(pages) - 1)


def test_sweep_counts_posts_that_it_cannot_read(x: XClient, standin: XStandin) -> None:
    standin.fault("/2/tweets/search", reply({"data": [{"id": "1"}, "x"], "meta": {"result_count": 2}}))

    page = sweep(x)[0]

    assert (page.tweets, page.reads, len(page.left_out), page.more) == ((), 2, 2, False)


# --- lookup


def test_lookup_sorts_every_id_into_one_of_three(x: XClient, tweets: Tweets, clock: time_machine.Traveller) -> None:
    clock.move_to(NOW + timedelta(days=3))
    live, silent = some(tweets, kind="tweet", gone=None, silent=False, falls=True), some(tweets, silent=True)
    gone = {kind: some(tweets, gone=kind).status_id for kind in ("deleted", "protected", "suspended", "disallowed", "withheld")}

    result = x.lookup([live.status_id, silent.status_id, "1", *gone.values()])

    assert {status_id: one.counts for status_id, one in result.found.items()} == {live.status_id: one_counts(live)}
    assert result.gone == {
        "1": GoneReason.DELETED,
        gone["deleted"]: GoneReason.DELETED,
        gone["protected"]: GoneReason.PROTECTED,
        gone["suspended"]: GoneReason.PROTECTED,
        gone["disallowed"]: GoneReason.WITHHELD,
        gone["withheld"]: GoneReason.WITHHELD,
    }
    assert result.unknown == {silent.status_id}
    assert result.reads == 2


@pytest.mark.parametrize("posts_vocabulary", [False, True])
def test_lookup_of_a_hundred_is_one_request(x: XClient, standin: XStandin, tweets: Tweets, posts_vocabulary: bool) -> None:
    standin.posts_vocabulary = posts_vocabulary
    asked = [one for one in tweets.all if one.posted_at < MIDNIGHT and not one.gone and not one.silent][:100]

    result = x.lookup([one.status_id for one in asked])

    assert {status_id: one.counts for status_id, one in result.found.items()} == {one.status_id: one_counts(one) for one in asked}
    assert (len(standin.requests), result.reads, standin.reads) == (1, 100, 100)


def test_lookup_finds_gone_ids_without_resource_id(x: XClient, standin: XStandin) -> None:
    standin.resources_named = False

    assert x.lookup(["1", "2"]) == LookupResult({}, {"1": GoneReason.DELETED, "2": GoneReason.DELETED}, frozenset(), 0)


def test_lookup_sees_counts_go_down(x: XClient, tweets: Tweets, clock: time_machine.Traveller) -> None:
    falling = max((one for one in tweets.all if one.falls and one.posted_at < MIDNIGHT), key=lambda one: one.peak)
    clock.move_to(falling.posted_at + timedelta(hours=71))
    before = x.lookup([falling.status_id]).found[falling.status_id].counts
    clock.move_to(falling.posted_at + timedelta(hours=73))
    after = x.lookup([falling.status_id]).found[falling.status_id].counts

    assert after.favorites < before.favorites


def test_lookup_of_an_old_version_tells_the_newest_id(x: XClient, tweets: Tweets) -> None:
    old = next(one for one in tweets.all if one.superseded and one.posted_at < MIDNIGHT)

    assert x.lookup([old.status_id]).found[old.status_id].edit_history == old.versions


def test_lookup_accepts_the_newest_version_in_place_of_an_old_one(x: XClient, standin: XStandin) -> None:
    metrics = {"retweet_count": 1, "like_count": 2, "reply_count": 3, "quote_count": 4}
    post = {"id": "12", "author_id": "5", "public_metrics": metrics, "edit_history_tweet_ids": ["11", "12"]}
    standin.fault("/2/tweets", reply({"data": [post]}))

    result = x.lookup(["11"])

    assert {asked: one.status_id for asked, one in result.found.items()} == {"11": "12"}


def test_lookup_keeps_an_unreadable_post_as_unknown(x: XClient, standin: XStandin) -> None:
    standin.fault("/2/tweets", reply({"data": [{"id": "11", "author_id": "5"}]}))

    assert x.lookup(["11"]) == LookupResult({}, {}, frozenset({"11"}), 1)


def test_lookup_never_sends_an_id_that_would_spoil_the_batch(x: XClient, standin: XStandin, tweets: Tweets) -> None:
    live = some(tweets, kind="tweet", gone=None, silent=False)

    result = x.lookup([live.status_id, "9" * 19, "12a"])

    assert (set(result.found), result.gone) == ({live.status_id}, {"9" * 19: GoneReason.DELETED, "12a": GoneReason.DELETED})
    assert standin.requests[0].params["ids"] == live.status_id
    assert x.lookup(["12a"]).reads == 0
    assert len(standin.requests) == 1


@pytest.mark.parametrize("number", [0, 101])
def test_lookup_of_none_or_too_many_is_our_fault(x: XClient, standin: XStandin, number: int) -> None:
    with pytest.raises(ValueError, match=f"1 to 100 ids, not {number}"):
        x.lookup([str(one) for one in range(1, number + 1)])
    assert standin.requests == []


# --- the bill


def test_the_bill_counts_a_post_once_a_day(x: XClient, standin: XStandin, clock: time_machine.Traveller) -> None:
    number = len(found_in(sweep(x)))
    sweep(x)
    assert standin.reads == number
    assert standin.cost == pytest.approx(number * 0.005)

    clock.move_to(NOW + timedelta(hours=3))
    again = len(found_in(sweep(x)))

    assert {day: len(ids) for day, ids in standin.read.items()} == {date(2026, 11, 20): number, date(2026, 11, 21): again}


@pytest.mark.parametrize("posts_vocabulary", [False, True])
def test_counts_tells_the_size_of_a_sweep(x: XClient, standin: XStandin, tweets: Tweets, posts_vocabulary: bool) -> None:
    standin.posts_vocabulary = posts_vocabulary

    assert x.counts(sweep_query(0), start=MIDNIGHT, end=NOW) == len(listed(tweets))
    assert (standin.reads, standin.cost) == (0, 0.005)


def test_counts_beyond_seven_days_asks_the_archive(x: XClient, standin: XStandin, clock: time_machine.Traveller) -> None:
    clock.move_to(NOW + timedelta(days=10))

    x.counts(sweep_query(0), start=MIDNIGHT, end=NOW)

    assert standin.requests[0].path == "/2/tweets/counts/all"
    with pytest.raises(ValueError, match="31 days"):
        x.counts(sweep_query(0), start=MIDNIGHT - timedelta(days=40), end=NOW)


@pytest.mark.parametrize("strings", [False, True])
@pytest.mark.parametrize("as_list", [False, True])
def test_usage_reads_strings_integers_lists_and_objects(x: XClient, standin: XStandin, strings: bool, as_list: bool) -> None:
    standin.numbers_as_strings, standin.usage_as_list = strings, as_list
    sweep(x)

    usage = x.usage()

    assert (usage.month, usage.cap, usage.reset_day) == (standin.reads, 3_000_000, 5)
    assert usage.days == {date(2026, 11, 20): standin.reads}


def test_usage_where_x_says_nothing_is_unknown(x: XClient, standin: XStandin) -> None:
    standin.fault("/2/usage", "{}")

    usage = x.usage()

    assert (usage.month, usage.cap, usage.reset_day, usage.days) == (None, None, None, {})
