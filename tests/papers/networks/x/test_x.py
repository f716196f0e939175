"""X's search: every tweet of a time that links a paper."""

from collections import Counter
from datetime import timedelta

import pytest
import time_machine

from papers.networks.paid import roots_wanted
from papers.networks.x.client import XClient, sweep_query
from papers.sources.http import Malformed
from tests.papers.networks.x.asking_x import MIDNIGHT, NOW, found_in, listed, one_counts, sweep
from tests.standins.tweets import Tweets
from tests.standins.x import XStandin
from tests.standins.x_answers import reply


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

    with pytest.raises(Malformed, match="repeats itself"):
        sweep(x)
    assert len(standin.requests) == 51


def test_sweep_ends_where_the_next_page_is_an_earlier_one(x: XClient, standin: XStandin) -> None:
    standin.fault("/2/tweets/search", reply({"data": [], "meta": {"result_count": 0, "next_token": "same"}}), times=9)

    with pytest.raises(Malformed, match="repeats itself"):
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
