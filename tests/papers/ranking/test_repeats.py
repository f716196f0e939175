"""The same person with the same text on two networks is shown once; all else stays."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from papers.post_keys import PostKey
from papers.ranking.ranking import LedgerLine, MentionedPaper, MentioningTweet, Rules, rank
from papers.ranking.repeats import Said, words_of

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
TEXT = 'Our paper on <b> is out! 🎉 <a href="https://t.co/a">https://t.co/a</a> #ML'.replace("<b>", "Größe")
ON_X = Said.read("x", "Ada Example", "ada", TEXT, AT)
ON_BLUESKY = Said.read(
    "bluesky",
    "Ada Example 🔬",
    "ada.example.org",
    'our paper on Größe is out! 🎉<br><a href="https://arxiv.org/abs/2611.90001">arxiv.org/abs/2611…</a>',
    AT + timedelta(hours=3),
)
RULES = Rules(hot_score=50, shown_tweet_score=10, shown_tweets=2, one_tweet_per_author=False)


def test_words_leave_out_what_each_network_writes_in_its_own_way() -> None:
    assert words_of(TEXT) == "our paper on grösse is out! 🎉"


def test_repeat_has_the_words_a_name_or_handle_and_the_day_in_common() -> None:
    assert ON_BLUESKY.repeats(ON_X)
    assert ON_X.repeats(ON_BLUESKY)


@pytest.mark.parametrize(
    "other",
    [
        replace(ON_BLUESKY, network="x"),
        replace(ON_BLUESKY, people=frozenset({"bob"})),
        replace(ON_BLUESKY, people=frozenset()),
        replace(ON_BLUESKY, words=ON_BLUESKY.words + " now"),
        replace(ON_BLUESKY, at=AT + timedelta(days=1, seconds=1)),
    ],
)
def test_what_differs_in_anything_is_no_repeat(other: Said) -> None:
    assert not other.repeats(ON_X)


def test_short_texts_are_no_repeats() -> None:
    short = [replace(one, words="wow, this one") for one in (ON_X, ON_BLUESKY)]

    assert not short[0].repeats(short[1])


def ledger(*tweets: MentioningTweet) -> tuple[LedgerLine, ...]:
    [paper] = rank([MentionedPaper("2611.90001", tweets)], RULES)
    return paper.tweets


def test_repeat_is_shown_once_still_counts_and_leaves_its_place_to_another() -> None:
    of_x = MentioningTweet("x", "1", 20, 20, AT, said=ON_X)
    repeat = MentioningTweet("bluesky", "at://b", None, None, AT, counts={"likes": 30}, said=ON_BLUESKY)
    other = MentioningTweet("x", "2", 5, 5, AT)

    lines = ledger(other, repeat, of_x)

    assert [(line.key, line.gave, line.shown, line.repeats) for line in lines] == [
        (PostKey("x", "1"), 40, True, None),
        (PostKey("bluesky", "at://b"), 30, False, PostKey("x", "1")),
        (PostKey("x", "2"), 10, True, None),
    ]


def test_repeat_of_a_post_that_is_gone_is_shown() -> None:
    gone = MentioningTweet("x", "1", 20, 20, AT, state="deleted", said=ON_X)
    repeat = MentioningTweet("bluesky", "at://b", None, None, AT, counts={"likes": 30}, said=ON_BLUESKY)

    assert [(line.id, line.shown) for line in ledger(gone, repeat)] == [("at://b", True), ("1", False)]
