"""The right side of the desk: the day's list as it will be published."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from django.utils.safestring import SafeString

from digests.desk.context.covered import Covered, marks
from digests.desk.rows.candidates import VANISHED, paper_flags
from digests.desk.rows.changed import version_of
from digests.desk.suggestions import Suggestion
from digests.editing.columns import COLUMNS
from digests.models import Entry, ShownTweet
from papers.models import Paper, Tweet
from papers.post_keys import PostKey
from papers.ranking.ranking import EXCLUDED, RankedPaper, heat_order
from papers.rendered.kinds import Kind, names_source
from papers.rendered.stored import Texts

OFFERED = 10
"""The most posts under an entry that are offered besides those shown: the best ones."""


@dataclass(frozen=True)
class TweetRow:
    shown: bool
    position: int | None
    key: PostKey
    name: str
    handle: str
    direction: str
    language: str
    shown_html: SafeString
    """Safe HTML; empty until the text was fetched."""
    network: str
    counts: Mapping[str, int]
    """By the network's own names; empty before the first reading."""
    state: str
    url: str


@dataclass(frozen=True)
class EntryRow:
    entry: Entry
    paper: Paper
    position: int
    number: int
    """Its number on the list, for people; the same as its position."""
    title: str
    """As this day prints it, in plain text."""
    authors: list[str]
    """The paper's authors, in plain text."""
    moves: int
    rank_now: int
    """Its rank among the papers of this list, by the live counts."""
    score_now: int
    flags: list[str]
    shown_posts: int
    posts: int
    """How many posts are shown or could be; their texts come when they are asked for (`entry_tweets`)."""
    suggestion: str
    suggested_position: int | None
    can_edit: bool
    covered: list[Covered]
    """Coverage in past lists that no editor ignores."""
    comments: int
    """The number of unresolved comments."""
    note_html: SafeString
    """As readers will see it; until it is rendered, as it was typed."""

    @cached_property
    def version(self) -> str:
        """Return the version of what the row shows, except its number, which the page counts itself."""
        rank_now = self.rank_now if self.rank_now != self.number else 0
        shown = self.title, self.authors[:2], len(self.authors), self.moves, [one.read(self.entry) for one in COLUMNS]
        counted = self.entry.counted, rank_now, self.score_now if rank_now else 0, self.flags, self.shown_posts, self.posts
        tweets = [(row.tweet_id, row.printed_otherwise) for row in self.entry.shown_tweets.all()]
        suggested = self.suggestion, self.suggested_position
        return version_of(shown, counted, tweets, self.covered, suggested, self.can_edit, self.note_html, self.comments)


def list_rows(
    entries: list[Entry],
    live: Mapping[str, RankedPaper],
    *,
    suggested: Mapping[str, Suggestion],
    covered: Mapping[int, list[Covered]],
    can_edit: bool,
    comments: Mapping[str, int],
) -> list[EntryRow]:
    """Return the rows; one query."""
    lines = [(Kind.LINE, entry.title) for entry in entries]
    names = [(Kind.NAMES, names_source(entry.paper.authors)) for entry in entries]
    texts = Texts([*lines, *names, *((Kind.NOTE, entry.note) for entry in entries)])
    heats = sorted((live[entry.paper.arxiv_id] for entry in entries), key=heat_order)
    ranks = {heat.arxiv_id: place for place, heat in enumerate(heats, 1)}
    rows = []
    for entry in entries:
        paper = entry.paper
        shown = entry.shown_tweets.all()
        flags = paper_flags(paper)
        if any(row.tweet.state != Tweet.State.LIVE for row in shown):
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
                moves=entry.moves,
                rank_now=ranks[paper.arxiv_id],
                score_now=live[paper.arxiv_id].score,
                flags=flags,
                shown_posts=len(shown),
                posts=len(shown) + len(_offered({row.tweet.key for row in shown}, live[paper.arxiv_id])),
                can_edit=can_edit,
                comments=comments.get(paper.arxiv_id, 0),
                covered=marks(covered, paper.pk),
                note_html=texts.note(entry.note),
                suggestion=suggestion.text if suggestion else "",
                suggested_position=suggestion.position if suggestion else None,
            )
        )
    return rows


def entry_tweets(entry: Entry, heat: RankedPaper) -> list[TweetRow]:
    """Return the posts shown under an entry in their order, then others that could be, best first; two queries."""
    shown = [_row(row.tweet, row) for row in entry.shown_tweets.select_related("tweet")]
    wanted = _offered({row.key for row in shown}, heat)
    tweets = {tweet.key: tweet for tweet in Tweet.objects.with_keys(set(wanted))}
    return shown + [_row(tweets[key]) for key in wanted if key in tweets]


def _offered(shown: set[PostKey], heat: RankedPaper) -> list[PostKey]:
    """Return the best posts about its paper that are not shown and could be."""
    live = (line for line in heat.tweets if line.state == Tweet.State.LIVE and line.left_out != EXCLUDED)
    return [line.key for line in live if line.key not in shown][:OFFERED]


def _row(tweet: Tweet, shown: ShownTweet | None = None) -> TweetRow:
    """Return the row of a post, with the words of the list if that shows it."""
    words = shown or tweet
    return TweetRow(
        shown=shown is not None,
        position=shown.position if shown else None,
        key=tweet.key,
        name=words.author_name,
        handle=words.author_handle,
        direction=words.direction,
        language=words.language,
        shown_html=words.shown_html,
        network=tweet.network,
        counts=tweet.counted,
        state=tweet.state,
        url=tweet.url,
    )
