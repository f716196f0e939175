"""Single posts and partial errors, in both vocabularies and with everything that may be missing or wrong."""

from datetime import UTC, datetime
from typing import Any

import pytest

from papers.networks.base import GoneReason
from papers.networks.paid import Counts, FoundTweet, roots_wanted
from papers.networks.x.posts import is_status_id, read_gone, read_post

ID = "2123706664350646301"
POST: dict[str, Any] = {
    "id": ID,
    "text": "Our synthetic paper is out https://t.co/SYNTHETIC1",
    "edit_history_tweet_ids": [ID],
    "author_id": "900000000000000001",
    "created_at": "2026-11-20T09:15:00.000Z",
    "lang": "en",
    "conversation_id": ID,
    "public_metrics": {"retweet_count": 12, "reply_count": 3, "like_count": 80, "quote_count": 1, "bookmark_count": 9},
    "entities": {"urls": [{"url": "https://t.co/SYNTHETIC1", "expanded_url": "https://arxiv.org/abs/2611.90001"}]},
}


def read(**changes: Any) -> FoundTweet:
    tweet = read_post(POST | changes)
    assert tweet is not None
    return tweet


def test_read_post_of_the_documented_answer() -> None:
    assert read_post(POST) == FoundTweet(
        status_id=ID,
        author_id="900000000000000001",
        handle="",
        text="Our synthetic paper is out https://t.co/SYNTHETIC1",
        language="en",
        created_at=datetime(2026, 11, 20, 9, 15, tzinfo=UTC),
        conversation_id=ID,
        counts=Counts(retweets=12, favorites=80, replies=3, quotes=1),
        papers=("2611.90001",),
        is_retweet=False,
        answers_another=False,
        is_withheld=False,
        edit_history=(ID,),
    )


def test_read_post_of_the_newer_vocabulary() -> None:
    tweet = read(
        public_metrics={"repost_count": 7, "reply_count": 3, "like_count": "80", "quote_count": 1},
        edit_history_tweet_ids=None,
        edit_history_post_ids=["1", ID],
        referenced_posts=[{"type": "reposted", "id": "1"}],
        note_post={"text": "long", "entities": {"urls": [{"expanded_url": "https://arxiv.org/abs/2611.90002"}]}},
    )

    assert (tweet.counts.retweets, tweet.counts.favorites, tweet.edit_history, tweet.is_retweet, tweet.text) == (
        7,
        80,
        ("1", ID),
        True,
        "long",
    )
    assert tweet.papers == ("2611.90001", "2611.90002")


@pytest.mark.parametrize(
    ("link", "papers"),
    [
        ({"expanded_url": "https://short.example/1", "unwound_url": "https://arxiv.org/abs/2611.90001"}, ("2611.90001",)),
        ({"expanded_url": "https://arxiv.org/abs/2611.90001", "unwound_url": "https://consent.example/"}, ("2611.90001",)),
        ({"expanded_url": "https://arxiv.org/list/cs.LG/recent"}, ()),
        ({"url": "https://t.co/SYNTHETIC1"}, ()),
        ("https://arxiv.org/abs/2611.90001", ()),
    ],
)
def test_read_post_finds_the_paper_behind_a_link(link: object, papers: tuple[str, ...]) -> None:
    assert read(entities={"urls": [link]}).papers == papers


@pytest.mark.parametrize(
    "changes",
    [
        {"id": None},
        {"id": 2123706664350646301},
        {"id": "9" * 19},
        {"author_id": None},
        {"public_metrics": None},
        {"public_metrics": {}},
        {"public_metrics": POST["public_metrics"] | {"like_count": None}},
        {"public_metrics": POST["public_metrics"] | {"like_count": -1}},
        {"public_metrics": POST["public_metrics"] | {"like_count": True}},
        {"public_metrics": POST["public_metrics"] | {"like_count": 1.5}},
        {"public_metrics": POST["public_metrics"] | {"retweet_count": 2**31}},
    ],
)
def test_read_post_without_id_author_or_counts_is_none(changes: dict[str, Any]) -> None:
    assert read_post(POST | changes) is None


@pytest.mark.parametrize("raw", [None, [], "text", 7, {}])
def test_read_post_of_anything_else_is_none(raw: object) -> None:
    assert read_post(raw) is None


def test_read_post_bears_wrong_types_in_every_other_field() -> None:
    wrong = {name: 7 for name in POST if name not in ("id", "author_id", "public_metrics")}

    tweet = read(**wrong, note_tweet=[], referenced_tweets={}, username="not a handle", withheld={"country_codes": ["XY"]})

    assert (tweet.text, tweet.language, tweet.created_at, tweet.conversation_id, tweet.papers) == ("", "und", None, ID, ())
    assert (tweet.handle, tweet.edit_history, tweet.is_withheld) == ("", (ID,), True)


def test_read_post_drops_characters_that_no_database_keeps() -> None:
    assert read(text="a\x00b\ud83dc").text == "abc"


def test_roots_wanted_are_those_of_own_replies_only() -> None:
    def reply(number: int, **changes: Any) -> FoundTweet:
        return read(id=str(number), edit_history_tweet_ids=[str(number)], **changes)

    mention = {"start": 0, "end": 4, "username": "other", "id": "5"}
    found = [
        reply(11, conversation_id="1"),
        reply(12, conversation_id="1"),
        reply(13, conversation_id="2", entities=POST["entities"] | {"mentions": [mention]}),
        reply(14, conversation_id="3", entities={}),
        reply(15, conversation_id="4", referenced_tweets=[{"type": "retweeted", "id": "1"}]),
        reply(16, conversation_id="11"),
        reply(17, conversation_id="17"),
        read(id="19", conversation_id="18", edit_history_tweet_ids=["18", "19"]),
    ]

    assert roots_wanted(found) == ("1",)


@pytest.mark.parametrize("host", ["https://api.twitter.com/2/problems/", "https://api.x.com/2/problems/", ""])
@pytest.mark.parametrize(
    ("segment", "reason"),
    [
        ("resource-not-found", GoneReason.DELETED),
        ("not-authorized-for-resource", GoneReason.PROTECTED),
        ("disallowed-resource", GoneReason.WITHHELD),
        ("resource-unavailable", GoneReason.WITHHELD),
    ],
)
def test_read_gone_compares_the_last_segment_only(host: str, segment: str, reason: GoneReason) -> None:
    assert list(read_gone([{"type": host + segment, "resource_id": ID}])) == [(ID, reason)]


@pytest.mark.parametrize(
    "named",
    [
        {"resource_id": ID},
        {"value": ID},
        {"resource_id": None, "value": ID},
        {"detail": f"Could not find tweet with ids: [{ID}]."},
    ],
)
def test_read_gone_finds_the_id_wherever_it_stands(named: dict[str, Any]) -> None:
    assert list(read_gone([{"type": "/resource-not-found"} | named])) == [(ID, GoneReason.DELETED)]


@pytest.mark.parametrize(
    "errors",
    [
        None,
        {},
        ["x"],
        [{"type": "/operational-disconnect", "value": ID}],
        [{"type": "/resource-not-found"}],
        [{"type": 7, "value": ID}],
    ],
)
def test_read_gone_takes_nothing_else_for_gone(errors: object) -> None:
    assert list(read_gone(errors)) == []


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("1", True),
        (str(2**63 - 1), True),
        (str(2**63), False),
        ("0", False),
        ("01", False),
        ("", False),
        ("1\n", False),
        ("１", False),
        (1, False),
    ],
)
def test_is_status_id_bounds(value: object, expected: bool) -> None:
    assert is_status_id(value) is expected
