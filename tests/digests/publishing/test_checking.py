"""The check before a publication."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from digests.editing import history
from digests.models import Digest, Entry, ShownTweet
from digests.publishing.checking import Finding, direction_of, findings, is_unbalanced
from papers.models import CollectionDay, Paper, Tweet
from tests.factories import READ_AT, make_digest, make_entry, make_paper, make_tweet

pytestmark = pytest.mark.django_db
NOW = READ_AT + timedelta(hours=1)
HEBREW = "מאמר חדש על למידת מכונה"


def make_draft(*tweets: Any, paper: dict[str, Any] | None = None, **entry: Any) -> tuple[Digest, Entry]:
    digest = make_digest(status="draft", published_at=None)
    row = make_paper(**paper or {})
    return digest, make_entry(digest, row, *(make_tweet(row, **one) for one in tweets or ({},)), **entry)


def found(digest: Digest, now: Any = NOW) -> list[Finding]:
    return findings(digest, now)


def test_nothing_is_found_where_all_is_well() -> None:
    digest, _ = make_draft()
    assert found(digest) == []


def test_list_that_shows_more_than_a_thousand_posts_is_checked_and_compared() -> None:
    digest, _ = make_draft()
    made = Paper.objects.bulk_create(
        Paper(arxiv_id=f"2611.{10000 + n}", title="T", abstract="A", listing_date=digest.date) for n in range(50)
    )
    entries = Entry.objects.bulk_create(
        Entry(digest=digest, paper=one, position=n, retweets=0, favorites=0, read_at=READ_AT) for n, one in enumerate(made, 2)
    )
    tweets = Tweet.objects.bulk_create(Tweet(status_id=str(9_000 + n), body_html="Text", posted_at=READ_AT) for n in range(1050))
    ShownTweet.objects.bulk_create(
        ShownTweet(entry=entries[n % 50], tweet=tweet, position=n // 50 + 1) for n, tweet in enumerate(tweets)
    )

    assert found(digest) == []
    assert sum(len(one.tweets) for one in history.now(digest).papers) == 1051


def test_empty_day() -> None:
    [one] = found(make_digest(status="draft"))
    assert (one.key, one.blocking, one.fix) == ("empty", True, None)


def test_day_that_is_not_complete() -> None:
    digest, _ = make_draft()
    CollectionDay.objects.create(date=digest.date, state="partial", reason="Tweets are missing.")
    [one] = found(digest)
    assert (one.key, one.text) == ("incomplete", "Collection is incomplete: Tweets are missing.")


def test_old_counts_are_refreshed_and_do_not_stop() -> None:
    digest, _ = make_draft()
    [one] = found(digest, READ_AT + timedelta(hours=25))
    assert (one.key, one.text, one.stops) == ("counts_old", "The oldest counts are 25 hours old.", False)
    assert one.fix == {"action": "refresh_counts", "body": {}, "label": "Refresh now"}


def test_no_abstract_can_only_be_ignored() -> None:
    digest, entry = make_draft(paper={"abstract": ""})
    [one] = found(digest)
    assert (one.key, one.stops, one.fix) == (f"no_abstract:{entry.paper.arxiv_id}", True, None)
    digest.ignored_findings.create(finding=one.key, at=NOW)
    [one] = found(digest)
    assert (one.is_ignored, one.blocking, one.stops) == (True, True, False)


def test_duplicate_of_an_earlier_day_names_the_last_one() -> None:
    digest, entry = make_draft()
    for day in (date(2021, 5, 9), date(2021, 5, 10)):
        make_entry(make_digest(day), entry.paper)
    make_entry(make_digest(date(2021, 5, 11), status="draft"), entry.paper)
    [one] = found(digest)
    assert one.text.endswith("already listed on 2021-05-10.")
    assert one.fix == {"action": "remove", "body": {"paper": entry.paper.arxiv_id, "revision": 0}, "label": "Remove"}


@pytest.mark.parametrize(
    ("field", "text", "mended"),
    [
        ("title", "Saving $5", r"Saving \$5"),
        ("title", "From $a$ to $b", None),
        ("abstract", "It costs $5.", None),
        ("note", "Only $x", r"Only \$x"),
    ],
)
def test_unbalanced_dollar(field: str, text: str, mended: str | None) -> None:
    digest, entry = make_draft(**{"note": text} if field == "note" else {"paper": {field: text}})
    [one] = found(digest)
    number = entry.paper.arxiv_id
    assert one.key == f"dollar_{field}:{number}"
    assert one.fix == (
        mended and {"action": field, "body": {"paper": number, "text": mended, "base": text}, "label": "Write \\$"}
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [("no money", False), ("$x$", False), ("$$x$$", False), (r"\$5", False), (r"\\$5", True), ("$x", True), (r"$x\$", True)],
)
def test_is_unbalanced(text: str, expected: bool) -> None:
    assert is_unbalanced(text) is expected


def test_no_visible_tweet_proposes_the_best_ones_or_to_take_it_out() -> None:
    digest, entry = make_draft({"state": "deleted", "body_html": ""})
    number, gone = entry.paper.arxiv_id, str(entry.tweets.get().key)
    none, vanished = found(digest)
    assert (none.key, vanished.key) == (f"no_tweet:{number}", f"vanished:{number}")
    assert none.fix == {"action": "remove", "body": {"paper": number, "revision": 0}, "label": "Remove"}

    counts = {"read_at": READ_AT, "favorites": 0}
    low, high = (str(make_tweet(entry.paper, retweets=n, **counts).key) for n in (3, 9))
    make_tweet(entry.paper, retweets=99, is_excluded=True, **counts)
    none, vanished = found(digest)
    assert none.fix == {
        "action": "show_tweets",
        "body": {"paper": number, "tweets": [high, low], "base": [gone]},
        "label": "Show the best posts",
    }
    assert vanished.fix == {
        "action": "show_tweets",
        "body": {"paper": number, "tweets": [], "base": [gone]},
        "label": "Hide",
    }
    assert vanished.stops is False


@pytest.mark.parametrize(("body", "direction", "right"), [(HEBREW, "ltr", "rtl"), ("Our paper", "rtl", "ltr")])
def test_wrong_direction(body: str, direction: str, right: str) -> None:
    digest, entry = make_draft({"body_html": body, "direction": direction}, {"body_html": HEBREW, "direction": "rtl"})
    number, tweet = entry.paper.arxiv_id, str(entry.shown_tweets.get(position=1).tweet.key)
    [one] = found(digest)
    assert one.key == f"direction:{number}:{tweet}"
    assert one.fix and one.fix["action"] == "direction"
    assert one.fix["body"] == {"paper": number, "tweet": tweet, "direction": right}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (f'{HEBREW} <a href="https://t.co/x">arxiv.org/abs/2105.00001 and a long English title</a>', "rtl"),
        (f"@somebody_with_a_long_name #MachineLearning {HEBREW}", "rtl"),
        ("ورقة جديدة", "rtl"),
        ("A &amp; B<br>C", "ltr"),
        ('<a href="https://t.co/x">t.co/x</a> 🎉', None),
        ("", None),
    ],
)
def test_direction_of(body: str, expected: str | None) -> None:
    assert direction_of(body) == expected


def test_findings_cost_the_same_queries_however_long_the_list() -> None:
    counts = []
    for day, papers in ((date(2021, 5, 12), 1), (date(2021, 5, 13), 15)):
        digest = make_digest(day, papers=papers, status="draft")
        with CaptureQueriesContext(connection) as queries:
            findings(Digest.objects.get(pk=digest.pk), NOW)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 9
