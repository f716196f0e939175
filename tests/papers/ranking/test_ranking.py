"""The rules behind a digest: score, order, which tweets show, and a ledger that adds up."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from papers.ranking.ranking import LedgerLine, MentionedPaper, MentioningTweet, RankedPaper, Rules, rank

DEFAULTS = Rules(hot_score=50, shown_tweet_score=25, shown_tweets=10, one_tweet_per_author=False)
AT = datetime(2026, 11, 20, 22, tzinfo=UTC)
counts = st.integers(0, 40)
tweets = st.builds(
    MentioningTweet,
    network=st.just("x"),
    id=st.integers(1, 2**63 - 1).map(str),
    retweets=counts,
    favorites=counts,
    read_at=st.sampled_from([AT, AT, AT, None]),
    state=st.sampled_from(["live", "live", "live", "deleted", "protected", "withheld"]),
    author_id=st.sampled_from(["", "1", "2"]),
    is_excluded=st.sampled_from([False, False, True]),
)
tweet_lists = st.lists(tweets, max_size=15, unique_by=lambda tweet: tweet.id)
papers = st.lists(
    st.builds(MentionedPaper, arxiv_id=st.from_regex(r"26[01][0-9]\.[0-9]{5}", fullmatch=True), tweets=tweet_lists),
    max_size=6,
    unique_by=lambda paper: paper.arxiv_id,
)
all_rules = st.builds(Rules, st.integers(0, 100), st.integers(0, 60), st.integers(0, 12), st.booleans())


def tweet(number: int, retweets: int, favorites: int, **fields: Any) -> MentioningTweet:
    return MentioningTweet("x", str(number), retweets, favorites, AT, **fields)


def ranked(*given_tweets: MentioningTweet, rules: Rules = DEFAULTS) -> RankedPaper:
    [paper] = rank([MentionedPaper("2611.90001", given_tweets)], rules)
    return paper


def shown(paper: RankedPaper) -> list[str]:
    return [line.id for line in paper.tweets if line.shown]


# --- by the table


def test_rank_scores_retweets_and_favorites_over_the_tweets() -> None:
    paper = ranked(tweet(1, 10, 20), tweet(2, 5, 15))

    assert (paper.retweets, paper.favorites, paper.score, paper.hot, paper.rank) == (15, 35, 50, True, 1)
    assert paper.tweets == (
        LedgerLine("x", "1", 10, 20, 30, AT, "live", True, "", {"retweets": 10, "favorites": 20}),
        LedgerLine("x", "2", 5, 15, 20, AT, "live", False, "", {"retweets": 5, "favorites": 15}),
    )


@pytest.mark.parametrize(("favorites", "hot"), [(49, False), (50, True)])
def test_rank_calls_a_paper_hot_from_50_on(favorites: int, hot: bool) -> None:
    assert ranked(tweet(1, 0, favorites)).hot == hot


def test_rank_shows_the_best_tweet_always_and_further_ones_from_25_on() -> None:
    assert shown(ranked(tweet(1, 0, 3), tweet(2, 0, 4))) == ["2"]
    assert shown(ranked(tweet(1, 0, 24), tweet(2, 0, 25), tweet(3, 20, 6))) == ["3", "2"]


def test_rank_shows_at_most_ten_tweets_best_first() -> None:
    paper = ranked(*(tweet(number, 0, 100 + number) for number in range(1, 13)))

    assert shown(paper) == [str(number) for number in range(12, 2, -1)]


def test_rank_breaks_ties_by_favorites_and_then_by_id() -> None:
    paper = ranked(tweet(9, 10, 30), tweet(10, 10, 30), tweet(11, 5, 35))
    order = rank(
        [
            MentionedPaper("2611.90003", [tweet(1, 5, 5)]),
            MentionedPaper("2611.90002", [tweet(1, 5, 5)]),
            MentionedPaper("2611.90009", [tweet(1, 4, 6)]),
        ],
        DEFAULTS,
    )

    assert shown(paper) == ["11", "9", "10"]
    assert [one.arxiv_id for one in order] == ["2611.90009", "2611.90002", "2611.90003"]


@pytest.mark.parametrize(
    ("left_out", "reason"),
    [
        (tweet(1, 90, 90, is_excluded=True), "excluded by an editor"),
        (tweet(1, 90, 90, state="deleted"), "gone: deleted"),
        (tweet(1, 90, 90, state="protected"), "gone: protected or suspended author"),
        (tweet(1, 90, 90, state="withheld"), "gone: withheld"),
        (MentioningTweet("x", "1", None, None, None), "not read yet"),
    ],
)
def test_rank_lists_what_it_leaves_out_with_the_reason(left_out: MentioningTweet, reason: str) -> None:
    paper = ranked(left_out, tweet(2, 1, 2))

    assert (paper.score, shown(paper)) == (3, ["2"])
    assert paper.tweets[1] == LedgerLine(
        *("x", "1", left_out.retweets, left_out.favorites, 0, left_out.read_at, left_out.state),
        shown=False,
        left_out=reason,
        counts=left_out.counted,
    )


def test_rank_counts_one_tweet_an_author_only_where_the_rule_is_on() -> None:
    repeated = [tweet(1, 0, 30, author_id="7"), tweet(2, 0, 40, author_id="7"), tweet(3, 0, 26), tweet(4, 0, 27)]

    assert ranked(*repeated).score == 123
    paper = ranked(*repeated, rules=replace(DEFAULTS, one_tweet_per_author=True))
    assert (paper.score, shown(paper)) == (93, ["2", "4", "3"])
    assert paper.tweets[-1].left_out == "another post by its author counts"


def test_rank_keeps_a_paper_without_tweets() -> None:
    paper = ranked()

    assert (paper.score, paper.hot, paper.tweets) == (0, False, ())


# --- whatever is given


@given(papers=papers, rules=all_rules)
def test_ledger_adds_up_to_the_score(papers: list[MentionedPaper], rules: Rules) -> None:
    for paper in rank(papers, rules):
        counted = [line for line in paper.tweets if not line.left_out]
        assert paper.score == sum(line.gave for line in paper.tweets) == paper.retweets + paper.favorites
        assert paper.retweets == sum(line.retweets or 0 for line in counted)
        assert all(line.gave == (line.retweets or 0) + (line.favorites or 0) for line in counted)
        assert all(line.gave == 0 and not line.shown for line in paper.tweets if line.left_out)
        assert all(line.state == "live" and line.read_at for line in counted)
        assert paper.hot == (paper.score >= rules.hot_score)


@given(papers=papers, rules=all_rules)
def test_rank_loses_and_invents_nothing(papers: list[MentionedPaper], rules: Rules) -> None:
    given_ids = {paper.arxiv_id: sorted(tweet.id for tweet in paper.tweets) for paper in papers}

    found = rank(papers, rules)

    assert {paper.arxiv_id: sorted(line.id for line in paper.tweets) for paper in found} == given_ids
    assert [paper.rank for paper in found] == list(range(1, len(papers) + 1))
    assert [paper.score for paper in found] == sorted((paper.score for paper in found), reverse=True)


@given(papers=papers, rules=all_rules)
def test_shown_tweets_are_the_best_that_count(papers: list[MentionedPaper], rules: Rules) -> None:
    for paper in rank(papers, rules):
        counted = [line for line in paper.tweets if not line.left_out]
        gave = [line.gave for line in counted]
        expected = [place == 0 or score >= rules.shown_tweet_score for place, score in enumerate(gave)][: rules.shown_tweets]
        assert gave == sorted(gave, reverse=True)
        assert [line.shown for line in counted] == expected + [False] * (len(counted) - len(expected))


@given(papers=papers, rules=all_rules, chance=st.randoms(use_true_random=False))
def test_rank_does_not_depend_on_the_order_given(papers: list[MentionedPaper], rules: Rules, chance: Any) -> None:
    shuffled = [replace(paper, tweets=chance.sample(paper.tweets, len(paper.tweets))) for paper in papers]
    chance.shuffle(shuffled)

    assert rank(shuffled, rules) == rank(papers, rules)
