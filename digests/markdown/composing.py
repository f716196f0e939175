"""Digest rows -> Post: what a day's Markdown prints, from the database alone."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import islice
from typing import NamedTuple

from digests.markdown.other_networks import others
from digests.markdown.post import Post, PostPaper, PostTweet
from digests.models import Digest, DigestQuerySet, Entry, ShownTweet
from papers.models import PaperCategory, Tweet
from papers.networks.registry import OLD_NETWORK
from papers.rows import select
from papers.text.embed import escape

CHUNK = 50
"""Digests composed at a time: limits memory, and needs four queries for each chunk."""
PRINTED = (
    "paper", "retweets", "favorites", "counts", "read_at", "printed_otherwise", "note",
    "paper__arxiv_id", "paper__title", "paper__authors", "paper__abstract",
)  # fmt: skip
PRINTED_TWEET = (
    "printed_otherwise", "tweet__state", "tweet__network", "tweet__status_id", "tweet__posted_at",
    "tweet__language", "tweet__direction", "tweet__body_html", "tweet__author_name", "tweet__author_handle",
)  # fmt: skip
NOT_PLAIN = re.compile(r"[^\w .,()-]")
"""What an author's name may hold that HTML has in another form."""


class Row(NamedTuple):
    """What a post needs of its digest's row."""

    pk: int
    date: date
    written_at: datetime
    status: str
    intro: str
    revision: int


class Composed(NamedTuple):
    """A post, and the version of its digest."""

    post: Post
    digest: int
    revision: int


def compose(digest: Digest) -> Post:
    """Return the day's post, or that of its correction; four queries."""
    return next(compose_all(Digest.all_drafts.filter(pk=digest.pk)))


def compose_all(digests: DigestQuerySet) -> Iterator[Post]:
    """Yield the posts of the digests, oldest first. Memory stays the same however many there are."""
    return (composed.post for chunk in compose_in_chunks(digests) for composed in chunk)


def compose_in_chunks(digests: DigestQuerySet) -> Iterator[list[Composed]]:
    """Yield the same in chunks of CHUNK, with their versions."""
    return map(compose_rows, rows_in_chunks(digests))


def rows_in_chunks(digests: DigestQuerySet) -> Iterator[list[Row]]:
    """Yield what `compose_rows` takes, in chunks of CHUNK, oldest first."""
    rows = digests.order_by("date").values_list(*Row._fields).iterator(chunk_size=CHUNK)
    while chunk := list(islice(rows, CHUNK)):
        yield [Row(*row) for row in chunk]


def compose_rows(rows: Sequence[Row]) -> list[Composed]:
    """Return the posts of these rows, with their versions; four queries."""
    papers = _papers([row.pk for row in rows])
    return [
        Composed(
            Post(row.date, row.written_at, tuple(papers.get(row.pk, ())), row.status != Digest.Status.PUBLISHED, row.intro),
            row.pk,
            row.revision,
        )
        for row in rows
    ]


def one_line(text: str) -> str:
    """Return the text without line breaks, which a post cannot hold."""
    return " ".join(text.splitlines()) if "\n" in text or "\r" in text else text


def name_html(name: str) -> str:
    """Return an author's name as a post prints it."""
    if not NOT_PLAIN.search(name):
        return name
    return escape(re.sub(r"[\x00-\x08\x0b-\x1f]", "", one_line(name)))


def _papers(digest_ids: list[int]) -> dict[int, list[PostPaper]]:
    """Return the papers of each digest, in order."""
    entries = sorted(select(Entry, ("digest", "position", "id", *PRINTED), "digest", digest_ids))
    known = {paper_id for _, _, _, paper_id, *_ in entries}
    categories = defaultdict(list)
    for paper_id, _, code in sorted(select(PaperCategory, ("paper", "position", "code"), "paper", known)):
        categories[paper_id].append(code)
    tweets = _tweets([pk for _, _, pk, *_ in entries])
    papers = defaultdict(list)
    for digest_id, _, pk, paper_id, retweets, favorites, counts, read_at, otherwise, note, *texts in entries:
        arxiv_id, title, authors, abstract = texts
        codes = categories[paper_id]
        if otherwise:
            title, abstract = otherwise.get("title", title), otherwise.get("abstract", abstract)
            authors, codes = otherwise.get("authors", authors), otherwise.get("categories", codes)
        # Split again: a name with a comma ("Doe, Jr.") cannot be told from two names in a post.
        names = tuple(one_line(", ".join(authors)).split(", ")) if authors else ()
        papers[digest_id].append(
            PostPaper(
                arxiv_id, one_line(title), names, tuple(codes), one_line(abstract),
                retweets, favorites, read_at, tuple(tweets.get(pk, ())), counts, note,
            )
        )  # fmt: skip
    return papers


def _tweets(entry_ids: list[int]) -> dict[int, list[PostTweet]]:
    """Return the tweets under each entry, in order, without those that are gone and those of X whose author is unknown."""
    rows = sorted(select(ShownTweet, ("entry", "position", *PRINTED_TWEET), "entry", entry_ids))
    networks = {OLD_NETWORK, *others()}
    tweets = defaultdict(list)
    for entry_id, _, otherwise, state, network, status_id, posted_at, language, direction, body, name, handle in rows:
        if state != Tweet.State.LIVE or (network == OLD_NETWORK and not handle):
            continue
        if network not in networks:
            continue  # one that this version does not know
        day = posted_at.astimezone(UTC).date()
        tweet = PostTweet(status_id, language, direction, body, name_html(name), handle, day, network)
        if otherwise:
            other_day = {"day": date.fromisoformat(otherwise["day"])} if "day" in otherwise else {}
            tweet = tweet._replace(**(otherwise | other_day))
        tweets[entry_id].append(tweet)
    return tweets
