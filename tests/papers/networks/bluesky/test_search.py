"""Bluesky's search with an account, over real HTTP: what the stream missed."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from papers.networks.api import Api
from papers.networks.base import FoundPost, NotGiven
from papers.networks.bluesky.client import Bluesky
from papers.networks.bluesky.search import DOMAINS, Search
from papers.sources.http import Malformed, ServiceRefused
from tests.papers.networks.asking import NOW
from tests.papers.networks.bluesky.bluesky_posts import DAY, posts
from tests.papers.networks.readable import readable
from tests.standins.bluesky import PASSWORD, BlueskyStandin, external


@pytest.fixture
def searching(api: Api) -> Bluesky:
    return Bluesky(api, Search(api, handle=BlueskyStandin.handle, app_password=PASSWORD))


def filled(bluesky: Bluesky, start: datetime, end: datetime) -> Iterator[FoundPost]:
    found = bluesky.fill(start, end)
    assert found is not None
    return readable(found)


def test_without_an_account_nothing_is_searched(standin: BlueskyStandin, api: Api) -> None:
    standin.add(*posts(3))
    assert Bluesky(api, None).fill(DAY, NOW) is None
    assert standin.requests == []


def test_without_a_session_search_is_refused_with_a_page(standin: BlueskyStandin, api: Api) -> None:
    with pytest.raises(ServiceRefused):
        api.get("/xrpc/app.bsky.feed.searchPosts", {"q": "arxiv.org"})


def test_search_finds_links_of_every_domain_page_by_page(standin: BlueskyStandin, searching: Bluesky) -> None:
    standin.largest_page = 10
    made = posts(35)
    made[3].embed = external("https://hf.co/papers/2611.90003")
    made[4].embed = external("https://www.alphaxiv.org/abs/2611.90004")
    made[5].embed = external("https://arxiv.org/list/cs.LG/recent")
    standin.add(*made)
    start, end = DAY + timedelta(minutes=1), DAY + timedelta(minutes=34)
    found = {post.id for post in filled(searching, start, end)}
    # Which addresses are papers is the business of paper_links alone.
    expected = {post.uri for post in made[1:34] if post not in (made[3], made[5])}
    assert found - {made[3].uri} == expected
    assert standin.sessions == 1
    queries = [one for one in standin.requests if one.path.endswith("searchPosts")]
    assert {one.params["limit"] for one in queries} == {"100"}
    assert [one.params["domain"] for one in queries] == ["arxiv.org"] * 4 + list(DOMAINS[1:])


def test_the_newer_search_is_asked_where_the_older_is_not_there(standin: BlueskyStandin, searching: Bluesky) -> None:
    standin.has_newer_search_alone, standin.largest_page = True, 10
    made = posts(15)
    standin.add(*made)
    assert {post.id for post in filled(searching, DAY, NOW)} == {post.uri for post in made}
    older, *newer = [one for one in standin.requests if "searchPosts" in one.path]
    assert older.path.endswith("searchPosts")
    assert {one.path for one in newer} == {"/xrpc/app.bsky.feed.searchPostsV2"}
    assert newer[0].params == {
        "domains": "arxiv.org",
        "sort": "recent",
        "allTime": "true",
        "since": "2026-11-20T00:00:00Z",
        "until": "2026-11-20T22:00:00Z",
        "limit": "100",
    }


@pytest.mark.parametrize("fault", ["expired", "revoked"])
def test_a_session_that_has_run_out_is_made_anew(standin: BlueskyStandin, searching: Bluesky, fault: str) -> None:
    standin.add(*posts(2))
    standin.fault("/xrpc/app.bsky.feed.searchPosts", fault)
    assert len(list(filled(searching, DAY, NOW))) == 2
    assert standin.sessions == 2


def test_a_wrong_password_is_told_with_its_setting(standin: BlueskyStandin, api: Api) -> None:
    wrong = Bluesky(api, Search(api, handle=BlueskyStandin.handle, app_password="not-the-password"))
    with pytest.raises(ServiceRefused, match="does not accept BLUESKY_HANDLE and BLUESKY_APP_PASSWORD") as raised:
        list(filled(wrong, DAY, NOW))
    assert raised.value.setting == "BLUESKY_APP_PASSWORD"
    assert "not-the-password" not in str(raised.value)


@pytest.mark.parametrize(("fault", "told"), [("firehose", "400 InvalidRequest"), ("403-html", "403")])
def test_a_refused_search_is_a_limit_of_bluesky_s_and_no_fault_of_ours(
    standin: BlueskyStandin, searching: Bluesky, fault: str, told: str
) -> None:
    standin.fault("/xrpc/app.bsky.feed.searchPosts", fault)
    with pytest.raises(NotGiven) as raised:
        list(filled(searching, DAY, NOW))
    assert str(raised.value) == (
        f"Bluesky's search refuses to fill such gaps ({told}): it wants data to be collected from its stream."
    )


def test_search_leaves_out_who_is_not_for_everybody(standin: BlueskyStandin, searching: Bluesky) -> None:
    shown, hidden = posts(2)
    hidden.author_labels = ["!no-unauthenticated"]
    standin.add(shown, hidden)
    assert [post.id for post in filled(searching, DAY, NOW)] == [shown.uri]


def test_the_second_in_which_a_time_ends_is_searched_whole(standin: BlueskyStandin, searching: Bluesky) -> None:
    list(filled(searching, DAY, DAY + timedelta(minutes=1, microseconds=1)))
    asked = {(one.params["since"], one.params["until"]) for one in standin.requests if one.path.endswith("searchPosts")}
    assert asked == {("2026-11-20T00:00:00Z", "2026-11-20T00:01:01Z")}


@pytest.mark.parametrize("field", ["uri", "author", "record", "likeCount"])
def test_fields_that_the_search_renamed_are_no_quiet_day(standin: BlueskyStandin, searching: Bluesky, field: str) -> None:
    made = posts(5)
    standin.add(*made)
    standin.changes = {post.uri: {field: ...} for post in made}
    expected = "^Bluesky answered without uri, author, record, moment and likeCount in 5 of 5 records"
    with pytest.raises(Malformed, match=expected):
        list(filled(searching, DAY, NOW))
