"""Which papers are hot, in which order, and which tweets stand under each: the rules, and a ledger that explains them. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

GONE = {"deleted": "gone: deleted", "protected": "gone: protected or suspended author", "withheld": "gone: withheld"}


EXCLUDED = "excluded by an editor"


@dataclass(frozen=True)
class Rules:
    """A score is the sum of retweets and favorites."""

    hot_score: int
    """A paper is hot from this score on."""
    shown_tweet_score: int
    """Besides a paper's best tweet, those from this score on are shown."""
    shown_tweets: int
    """At most so many tweets are shown under a paper."""
    one_tweet_per_author: bool
    """Only the best tweet of each author counts for a paper."""


@dataclass(frozen=True)
class MentioningTweet:
    """A tweet that mentions a paper. Counts are None where they were never read."""

    network: str
    id: str
    """The network's own."""
    retweets: int | None
    favorites: int | None
    read_at: datetime | None
    state: str = "live"
    """`live`, or a key of GONE."""
    author_id: str = ""
    """Empty where it is not known: that author repeats nobody."""
    is_excluded: bool = False

    @property
    def score(self) -> int:
        return (self.retweets or 0) + (self.favorites or 0)


@dataclass(frozen=True)
class MentionedPaper:
    arxiv_id: str
    tweets: Sequence[MentioningTweet]


@dataclass(frozen=True)
class LedgerLine:
    """What a tweet gave to its paper's score."""

    network: str
    id: str
    retweets: int | None
    favorites: int | None
    gave: int
    read_at: datetime | None
    state: str
    shown: bool
    left_out: str
    """Why it does not count, in words; empty where it counts."""


@dataclass(frozen=True)
class RankedPaper:
    arxiv_id: str
    rank: int
    """From 1, the highest score first."""
    score: int
    retweets: int
    favorites: int
    hot: bool
    tweets: tuple[LedgerLine, ...]
    """The shown ones best first, then the others that count, best first, then those that were left out."""


def rank(papers: Iterable[MentionedPaper], rules: Rules) -> list[RankedPaper]:
    """All papers in their order: the highest score first; of equal ones more favorites, then the lower arXiv id."""
    ranked = sorted((_summed(paper, rules) for paper in papers), key=heat_order)
    return [replace(paper, rank=place) for place, paper in enumerate(ranked, 1)]


def heat_order(paper: RankedPaper) -> tuple[int, int, str]:
    """The key that sorts the hottest first."""
    return -paper.score, -paper.favorites, paper.arxiv_id


def _summed(paper: MentionedPaper, rules: Rules) -> RankedPaper:
    """With its rank to come."""
    lines = _ledger(paper.tweets, rules)
    counted = [line for line in lines if not line.left_out]
    retweets, favorites = sum(line.retweets or 0 for line in counted), sum(line.favorites or 0 for line in counted)
    score = retweets + favorites
    return RankedPaper(paper.arxiv_id, 0, score, retweets, favorites, hot=score >= rules.hot_score, tweets=lines)


def _ledger(tweets: Sequence[MentioningTweet], rules: Rules) -> tuple[LedgerLine, ...]:
    """Equal tweets stand by more favorites, then by the lower id: the one that was there first."""
    lines, counted = [], 0
    authors: set[tuple[str, str]] = set()
    best_first = sorted(tweets, key=lambda tweet: (-tweet.score, -(tweet.favorites or 0), len(tweet.id), tweet.id))
    for tweet in best_first:
        author = (tweet.network, tweet.author_id)
        left_out = _left_out(tweet)
        if not left_out and rules.one_tweet_per_author and author in authors:
            left_out = "another post by its author counts"
        shown = not left_out and counted < rules.shown_tweets and (not counted or tweet.score >= rules.shown_tweet_score)
        if not left_out:
            counted += 1
            if tweet.author_id:
                authors.add(author)
        lines.append(
            LedgerLine(
                network=tweet.network,
                id=tweet.id,
                retweets=tweet.retweets,
                favorites=tweet.favorites,
                gave=0 if left_out else tweet.score,
                read_at=tweet.read_at,
                state=tweet.state,
                shown=shown,
                left_out=left_out,
            )
        )
    return tuple(sorted(lines, key=lambda line: bool(line.left_out)))


def _left_out(tweet: MentioningTweet) -> str:
    if tweet.state != "live":
        return GONE[tweet.state]
    if tweet.is_excluded:
        return EXCLUDED
    return "" if tweet.read_at else "not read yet"
