"""The right side of the desk: the day's list as it will be published."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch

from digests.desk.candidate_rows import featured_on, paper_flags, with_abstracts
from digests.models import Digest, Entry, ShownTweet
from papers.candidates import ranked
from papers.models import Mention, Paper, Tweet
from papers.ranking import RankedPaper, Rules

OFFERED = 20
"""Tweets under an entry that are not shown and might be, the best ones."""


@dataclass(frozen=True)
class TweetRow:
    shown: bool
    position: int | None
    status_id: str
    name: str
    handle: str
    direction: str
    language: str
    body_html: str
    """As the network gave it, to be sanitised; empty until it was fetched."""
    score: int | None
    """None where its counts were never read."""
    state: str
    url: str


@dataclass(frozen=True)
class ListRow:
    entry: Entry
    paper: Paper
    position: int
    number: int
    """How many of the list it is, for people; the same as its position."""
    title: str
    """As this day prints it."""
    corrected_title: str
    """Empty where it is arXiv's."""
    is_pinned: bool
    moves: int
    note: str
    rank_now: int | None
    """Among the papers of this list, by the live counts; None for a paper whose tweets we do not know."""
    score_now: int
    flags: list[str]
    tweets: list[TweetRow]
    """The shown ones in their order, then others that mention the paper, the best first."""
    suggestion: str
    suggested_position: int | None

    @property
    def shown_ids(self) -> list[str]:
        return [tweet.status_id for tweet in self.tweets if tweet.shown]


def entries_of(digest: Digest) -> list[Entry]:
    """In order, with papers, categories and shown tweets; four queries."""
    return list(
        digest.entries.prefetch_related(
            Prefetch("paper", with_abstracts(Paper.objects.all())),
            "paper__categories",
            Prefetch("shown_tweets", ShownTweet.objects.select_related("tweet")),
        )
    )


def live_counts(digest: Digest | None, ranked_papers: list[RankedPaper], rules: Rules) -> dict[str, RankedPaper]:
    """All candidates and the papers of the list, among which there may be some of another day; two queries."""
    live = {paper.arxiv_id: paper for paper in ranked_papers}
    if digest:
        others = Paper.objects.filter(entries__digest=digest).exclude(
            listing_date=digest.date, announced_as=Paper.AnnouncedAs.NEW
        )
        live = {paper.arxiv_id: paper for paper in ranked(others, rules)} | live
    return live


def list_rows(
    day: date, entries: list[Entry], live: Mapping[str, RankedPaper], suggested: Mapping[str, tuple[int, str]]
) -> list[ListRow]:
    """Two queries."""
    featured = featured_on([entry.paper_id for entry in entries], day)
    offered = _offered([entry.paper_id for entry in entries])
    heats = [live[entry.paper.arxiv_id] for entry in entries if entry.paper.arxiv_id in live]
    heats.sort(key=lambda heat: (-heat.score, -heat.favorites, heat.arxiv_id))
    ranks = {heat.arxiv_id: place for place, heat in enumerate(heats, 1)}
    rows = []
    for entry in entries:
        paper, heat = entry.paper, live.get(entry.paper.arxiv_id)
        shown = [_shown(row) for row in entry.shown_tweets.all()]
        ids = {row.status_id for row in shown}
        rest = [_tweet(tweet) for tweet in offered[paper.pk] if tweet.status_id not in ids][:OFFERED]
        flags = paper_flags(paper, featured.get(paper.pk))
        if any(row.state != Tweet.State.LIVE for row in shown):
            flags.append("tweet vanished")
        position, suggestion = suggested.get(paper.arxiv_id, (None, ""))
        rows.append(
            ListRow(
                entry=entry,
                paper=paper,
                position=entry.position,
                number=entry.position,
                title=entry.title,
                corrected_title=str(entry.otherwise.get("title", "")),
                is_pinned=entry.is_pinned,
                moves=entry.moves,
                note=entry.note,
                rank_now=ranks.get(paper.arxiv_id),
                score_now=heat.score if heat else 0,
                flags=flags,
                tweets=shown + rest,
                suggestion=suggestion,
                suggested_position=position,
            )
        )
    return rows


def _offered(papers: list[int]) -> dict[int, list[Tweet]]:
    """The live tweets that mention these papers, the best first; one query."""
    mentions = Mention.objects.filter(paper__in=papers, tweet__state=Tweet.State.LIVE, tweet__is_excluded=False)
    found: defaultdict[int, list[Tweet]] = defaultdict(list)
    for mention in mentions.select_related("tweet"):
        found[mention.paper_id].append(mention.tweet)
    for tweets in found.values():
        tweets.sort(key=lambda tweet: (-_score(tweet), int(tweet.status_id)))
    return found


def _score(tweet: Tweet) -> int:
    return (tweet.retweets or 0) + (tweet.favorites or 0)


def _tweet(tweet: Tweet) -> TweetRow:
    return TweetRow(
        shown=False,
        position=None,
        status_id=tweet.status_id,
        name=tweet.author_name,
        handle=tweet.author_handle,
        direction=tweet.direction,
        language=tweet.language,
        body_html=tweet.body_html,
        score=_score(tweet) if tweet.read_at else None,
        state=tweet.state,
        url=tweet.url,
    )


def _shown(row: ShownTweet) -> TweetRow:
    return TweetRow(
        shown=True,
        position=row.position,
        status_id=row.tweet.status_id,
        name=row.author_name,
        handle=row.author_handle,
        direction=row.direction,
        language=row.language,
        body_html=row.body_html,
        score=_score(row.tweet) if row.tweet.read_at else None,
        state=row.tweet.state,
        url=row.tweet.url,
    )
