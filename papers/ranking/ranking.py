"""Which papers are hot, in which order, and which tweets stand under each: the rules, and a ledger that explains them. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from math import floor

from papers.networks.registry import KINDS
from papers.post_keys import PostKey
from papers.ranking.repeats import Said


def default_weights() -> dict[str, Mapping[str, float]]:
    """Those that the networks' packages propose."""
    return {name: kind.weights for name, kind in KINDS.items()}


GONE = {
    "deleted": "gone: deleted",
    "protected": "gone: protected or suspended author",
    "withheld": "gone: withheld",
    "erased": "gone: erased on request",
}


MOST_POINTS = 10**8
"""That one post may give: our database keeps sums of 32 bits."""
EXCLUDED = "excluded by an editor"


@dataclass(frozen=True)
class Rules:
    """A score is the sum of what the tweets' networks count, each count by its weight."""

    hot_score: int
    """A paper is hot from this score on."""
    shown_tweet_score: int
    """Besides a paper's best tweet, those from this score on are shown."""
    shown_tweets: int
    """At most so many tweets are shown under a paper."""
    one_tweet_per_author: bool
    """Only the best tweet of each author counts for a paper."""
    weights: Mapping[str, Mapping[str, float]] = field(default_factory=default_weights)
    """What each count gives, by network and the network's own name for it."""
    saved_at: datetime | None = field(default=None, compare=False)
    """When they were saved on the desk; None for the settings'."""


def points(network: str, counts: Mapping[str, int], weights: Mapping[str, Mapping[str, float]]) -> int:
    """What a network's counts, by its own names, give to a score; all the arithmetic that brings networks together."""
    of_network = weights.get(network, {})
    return min(MOST_POINTS, floor(sum(of_network.get(name, 0) * count for name, count in counts.items()) + 0.5))


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
    counts: Mapping[str, int] = field(default_factory=dict)
    """What another network than the old site's counts."""
    said: Said | None = None
    """What it says, where posts of several networks mention the paper."""

    @property
    def counted(self) -> dict[str, int]:
        told = {"retweets": self.retweets, "favorites": self.favorites, **self.counts}
        return {name: count for name, count in told.items() if count is not None}

    def score(self, weights: Mapping[str, Mapping[str, float]]) -> int:
        return points(self.network, self.counted, weights)


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
    counts: Mapping[str, int] = field(default_factory=dict)
    """By the network's own names."""
    repeats: PostKey | None = None
    """The post that is shown, of which this one is the same person's repeat on another network."""

    @property
    def key(self) -> PostKey:
        return PostKey(self.network, self.id)


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
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """The sums over the tweets that count, by network and the network's own names. Never added up over networks."""


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
    score = sum(line.gave for line in counted)
    counts: dict[str, dict[str, int]] = {}
    for line in counted:
        of_network = counts.setdefault(line.network, {})
        for name, count in line.counts.items():
            of_network[name] = of_network.get(name, 0) + count
    return RankedPaper(paper.arxiv_id, 0, score, retweets, favorites, score >= rules.hot_score, lines, counts)


def _ledger(tweets: Sequence[MentioningTweet], rules: Rules) -> tuple[LedgerLine, ...]:
    """Equal tweets stand by more favorites, then by the lower id: the one that was there first."""
    lines, places = [], 0
    authors: set[tuple[str, str]] = set()
    stand: list[MentioningTweet] = []
    scores = {id(tweet): tweet.score(rules.weights) for tweet in tweets}
    best_first = sorted(tweets, key=lambda tweet: (-scores[id(tweet)], -(tweet.favorites or 0), len(tweet.id), tweet.id))
    for tweet in best_first:
        author = (tweet.network, tweet.author_id)
        left_out = _left_out(tweet)
        if not left_out and rules.one_tweet_per_author and author in authors:
            left_out = "another post by its author counts"
        repeated = None if left_out else next((one for one in stand if _repeats(tweet, one)), None)
        may_stand = not left_out and not repeated
        shown = may_stand and places < rules.shown_tweets and (not places or scores[id(tweet)] >= rules.shown_tweet_score)
        places += may_stand
        if shown:
            stand.append(tweet)
        if not left_out and tweet.author_id:
            authors.add(author)
        lines.append(
            LedgerLine(
                network=tweet.network,
                id=tweet.id,
                retweets=tweet.retweets,
                favorites=tweet.favorites,
                gave=0 if left_out else scores[id(tweet)],
                read_at=tweet.read_at,
                state=tweet.state,
                shown=shown,
                left_out=left_out,
                counts=tweet.counted,
                repeats=PostKey(repeated.network, repeated.id) if repeated else None,
            )
        )
    return tuple(sorted(lines, key=lambda line: bool(line.left_out)))


def _repeats(tweet: MentioningTweet, other: MentioningTweet) -> bool:
    return bool(tweet.said and other.said and tweet.said.repeats(other.said))


def _left_out(tweet: MentioningTweet) -> str:
    if tweet.state != "live":
        return GONE[tweet.state]
    if tweet.is_excluded:
        return EXCLUDED
    if not tweet.read_at:
        return "not read yet"
    first = KINDS[tweet.network].counted[0] if tweet.network in KINDS else None
    return f"its {first.plural} could not be read" if first and first.name not in tweet.counted else ""
