"""The right side of the desk: the day's list as it will be published."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from digests.desk.rows.candidates import VANISHED, paper_flags
from digests.desk.suggestions import Suggestion
from digests.models import Entry, ShownTweet
from papers.models import Paper, Tweet
from papers.post_keys import PostKey
from papers.ranking.ranking import EXCLUDED, RankedPaper, heat_order
from papers.rendered.kinds import Kind, names_source
from papers.rendered.stored import Texts

OFFERED = 10
"""Tweets under an entry that are not shown and might be, the best ones."""


@dataclass(frozen=True)
class TweetRow:
    shown: bool
    position: int | None
    key: PostKey
    name: str
    handle: str
    direction: str
    language: str
    body_html: str
    """As the network gave it, to be sanitised; empty until it was fetched."""
    network: str
    counts: Mapping[str, int]
    """By the network's own names; none before the first reading."""
    state: str
    url: str


@dataclass(frozen=True)
class EntryRow:
    entry: Entry
    paper: Paper
    position: int
    number: int
    """How many of the list it is, for people; the same as its position."""
    title: str
    """As this day prints it, in plain text."""
    authors: list[str]
    """The paper's, in plain text."""
    corrected_title: str
    """Empty where it is arXiv's."""
    is_pinned: bool
    moves: int
    note: str
    rank_now: int
    """Among the papers of this list, by the live counts."""
    score_now: int
    flags: list[str]
    tweets: list[TweetRow]
    """The shown ones in their order, then others that mention the paper, the best first."""
    suggestion: str
    suggested_position: int | None

    @property
    def shown_ids(self) -> list[str]:
        return [str(tweet.key) for tweet in self.tweets if tweet.shown]


def list_rows(
    entries: list[Entry],
    live: Mapping[str, RankedPaper],
    *,
    suggested: Mapping[str, Suggestion],
    featured: Mapping[int, date],
) -> list[EntryRow]:
    """Two queries."""
    lines = [(Kind.LINE, entry.title) for entry in entries]
    texts = Texts([*lines, *((Kind.NAMES, names_source(entry.paper.authors)) for entry in entries)])
    offered = _offered(entries, live)
    heats = sorted((live[entry.paper.arxiv_id] for entry in entries), key=heat_order)
    ranks = {heat.arxiv_id: place for place, heat in enumerate(heats, 1)}
    rows = []
    for entry in entries:
        paper = entry.paper
        shown = [_shown(row) for row in entry.shown_tweets.all()]
        rest = [_tweet(tweet) for tweet in offered[entry.pk]]
        flags = paper_flags(paper, featured.get(paper.pk))
        if any(row.state != Tweet.State.LIVE for row in shown):
            flags.append(VANISHED)
        suggestion = suggested.get(paper.arxiv_id)
        rows.append(
            EntryRow(
                entry=entry,
                paper=paper,
                position=entry.position,
                number=entry.position,
                title=texts.line_text(entry.title),
                authors=texts.names(paper.authors),
                corrected_title=str(entry.otherwise.get("title", "")),
                is_pinned=entry.is_pinned,
                moves=entry.moves,
                note=entry.note,
                rank_now=ranks[paper.arxiv_id],
                score_now=live[paper.arxiv_id].score,
                flags=flags,
                tweets=shown + rest,
                suggestion=suggestion.text if suggestion else "",
                suggested_position=suggestion.position if suggestion else None,
            )
        )
    return rows


def _offered(entries: list[Entry], live: Mapping[str, RankedPaper]) -> dict[int, list[Tweet]]:
    """By entry, the best tweets on its paper that are not shown and could be, the best first; one query."""
    keys: dict[int, list[PostKey]] = {}
    for entry in entries:
        shown = {row.tweet.key for row in entry.shown_tweets.all()}
        lines = live[entry.paper.arxiv_id].tweets
        could = [
            line.key for line in lines if line.state == Tweet.State.LIVE and line.left_out != EXCLUDED and line.key not in shown
        ]
        keys[entry.pk] = could[:OFFERED]
    tweets = {tweet.key: tweet for tweet in Tweet.objects.with_keys({key for several in keys.values() for key in several})}
    return {entry: [tweets[key] for key in several if key in tweets] for entry, several in keys.items()}


def _tweet(tweet: Tweet) -> TweetRow:
    return TweetRow(
        shown=False,
        position=None,
        key=tweet.key,
        name=tweet.author_name,
        handle=tweet.author_handle,
        direction=tweet.direction,
        language=tweet.language,
        body_html=tweet.body_html,
        network=tweet.network,
        counts=tweet.counted,
        state=tweet.state,
        url=tweet.url,
    )


def _shown(row: ShownTweet) -> TweetRow:
    return TweetRow(
        shown=True,
        position=row.position,
        key=row.tweet.key,
        name=row.author_name,
        handle=row.author_handle,
        direction=row.direction,
        language=row.language,
        body_html=row.body_html,
        network=row.tweet.network,
        counts=row.tweet.counted,
        state=row.tweet.state,
        url=row.tweet.url,
    )
