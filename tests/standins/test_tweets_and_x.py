"""The stand-ins for X are as strict as X: what X refuses, they refuse; the world is the same again for the same seed."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest

from papers.networks.strict_json import mapping
from tests.standins.tweets import FORMS, Tweets
from tests.standins.x import XStandin

NOW = datetime(2026, 11, 20, 22, tzinfo=UTC)
LISTINGS = [(f"2611.{90000 + number}", date(2026, 11, 19)) for number in range(20)]
QUERY = 'url:"arxiv.org" -is:retweet'


def world(**changes: int) -> Tweets:
    return Tweets(LISTINGS, lambda: NOW, **({"per_day": 400} | changes))


@pytest.fixture(scope="module")
def standin() -> Iterator[XStandin]:
    with XStandin(world()) as standin:
        yield standin


def ask(standin: XStandin, path: str, token: str | None = "synthetic-token", **params: str) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return httpx.get(standin.url + path, params=params, headers=headers, trust_env=False, verify=False, timeout=60)


@pytest.mark.parametrize("token", [None, "another"])
def test_x_without_its_token_answers_401_without_rate_headers(standin: XStandin, token: str | None) -> None:
    answer = ask(standin, "/2/tweets", token, ids="1")

    assert answer.status_code == 401
    assert [name for name in answer.headers if name.startswith("x-rate-limit")] == []


@pytest.mark.parametrize(
    ("params", "wrong"),
    [
        ({"query": ""}, "query"),
        ({"query": QUERY + " " + "x" * 500}, "query"),
        ({"query": "url:arxiv.org"}, "query"),
        ({"query": QUERY + " min_faves:3"}, "query"),
        ({"query": QUERY + " min_retweets:3"}, "query"),
        ({"query": "-is:retweet"}, "query"),
        ({"query": '-(url:"arxiv.org")'}, "query"),
        ({"max_results": "9"}, "max_results"),
        ({"max_results": "101"}, "max_results"),
        ({"start_time": "2026-11-13T21:00:00Z"}, "start_time"),
        ({"end_time": "2026-11-20T22:00:00Z"}, "end_time"),
        ({"since_id": "1", "start_time": "2026-11-20T00:00:00Z"}, "since_id"),
        ({"since_id": "1", "end_time": "2026-11-20T00:00:00Z"}, "since_id"),
        ({"next_token": "a", "pagination_token": "b"}, "next_token"),
        ({"tweet.fields": "id,retweets"}, "tweet.fields"),
        ({"limit": "5"}, "limit"),
    ],
)
def test_x_search_refuses_what_x_refuses(standin: XStandin, params: dict[str, str], wrong: str) -> None:
    answer = ask(standin, "/2/tweets/search/recent", **({"query": QUERY} | params))

    assert (answer.status_code, list(answer.json()["errors"][0]["parameters"])) == (400, [wrong])


def test_x_search_answers_without_data_where_nothing_matches(standin: XStandin) -> None:
    assert ask(standin, "/2/tweets/search/recent", query='url:"nowhere.example"').json() == {"meta": {"result_count": 0}}


@pytest.mark.parametrize(
    ("field", "names"),
    [
        ("tweet.fields", {"retweet_count", "edit_history_tweet_ids"}),
        ("post.fields", {"repost_count", "edit_history_post_ids"}),
    ],
)
def test_x_speaks_the_vocabulary_that_it_is_asked_in(standin: XStandin, field: str, names: set[str]) -> None:
    post = ask(standin, "/2/tweets/search/recent", query=QUERY, **{field: "id,public_metrics"}).json()["data"][0]

    assert names <= post.keys() | mapping(post["public_metrics"]).keys()
    assert post.keys() - {"id", "text", "public_metrics", "synthetic_extra"} == names - {"retweet_count", "repost_count"}


def test_x_lookup_refuses_101_ids_and_repeats_them(standin: XStandin) -> None:
    answer = ask(standin, "/2/tweets", ids=",".join(map(str, range(1, 102))))

    assert (answer.status_code, "101" in answer.text) == (400, True)


def test_x_lookup_of_nothing_but_missing_ids_has_no_data(standin: XStandin) -> None:
    answer = ask(standin, "/2/tweets", ids="1,2")

    assert (answer.status_code, list(answer.json())) == (200, ["errors"])


def test_x_tells_its_rate_limits_and_keeps_them() -> None:
    with XStandin(world(per_day=1)) as standin:
        standin.limits["/2/tweets"] = 1
        answers = [ask(standin, "/2/tweets", ids="1") for _ in range(2)]

    window_end = str(int((NOW + timedelta(minutes=15)).timestamp()))
    assert [answer.status_code for answer in answers] == [200, 429]
    assert [(answer.headers["x-rate-limit-remaining"], answer.headers["x-rate-limit-reset"]) for answer in answers] == [
        ("0", window_end),
        ("0", window_end),
    ]


def test_tweets_are_the_same_again_for_the_same_seed() -> None:
    assert world(seed=3).all == world(seed=3).all
    assert world(seed=3).all != world(seed=4).all


def test_tweets_know_every_form_and_every_oddity() -> None:
    tweets = world(per_day=2000)
    linked = {url for one in tweets.all for url in one.urls}

    assert [form for form in FORMS if not any(form.format(id=paper) in linked for paper, _ in LISTINGS)] == []
    assert {one.kind for one in tweets.all} == {"tweet", "retweet", "root", "own_reply", "foreign_reply", "listing"}
    assert {one.gone for one in tweets.all} == {None, "deleted", "protected", "suspended", "disallowed", "withheld"}
    assert {one.direction for one in tweets.all} == {"ltr", "rtl"}
    for oddity in ("link_in_note", "falls", "silent", "superseded", "unwound"):
        assert {getattr(one, oddity) for one in tweets.all} == {False, True}
    assert max(len(one.papers) for one in tweets.all) == 3
    assert len(tweets.by_id) == len(tweets.all)
