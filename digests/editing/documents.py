"""A list as one JSON document: written with each change, and read to compare or restore it."""

import json
from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from digests.editing.columns import COLUMNS
from digests.editing.comparing import ComparedEntry, Contents
from digests.models import Digest, Entry, ShownTweet
from papers.models import Paper, Tweet

Document = dict[str, Any]
"""`intro`, `settings` and `entries` in order, each with the columns of ENTRY and its `tweets` in order: primary keys, and what
the list prints instead of the tweet's record."""
TEXTS = ("body", "name", "handle")
"""What a list prints of a tweet. It has to disappear with the tweet, so no document keeps it."""
SETTINGS = ("status", "written_at", "published_at", "publish_at", "publish_zone", "is_held", "is_sample")
ENTRY = tuple(field.attname for field in Entry._meta.concrete_fields if field.attname not in ("id", "digest_id", "position"))
"""All columns of an entry but those that say where it stands: what editors may change there is kept without further work."""
UNKNOWN = Tweet(posted_at=datetime.min.replace(tzinfo=UTC))
"""A post that is no longer known."""
GONE = Paper(arxiv_id="?", title="a paper that is no longer known")


def document_of(digest: Digest) -> Document:
    """The list as the database has it, with the intro and settings of `digest`; one query whatever its length."""
    rows = digest.entries.order_by("position", "shown_tweets__position").values_list(
        "position", "shown_tweets__tweet_id", "shown_tweets__printed_otherwise", *ENTRY
    )
    entries: dict[int, dict[str, Any]] = {}
    for position, tweet, printed, *columns in rows:
        entry = entries.setdefault(position, {**dict(zip(ENTRY, columns, strict=True)), "tweets": []})
        if tweet is not None:
            entry["tweets"].append({"tweet": tweet, "printed_otherwise": without_texts(printed)})
    settings = {name: getattr(digest, name) for name in SETTINGS}
    whole = {"intro": digest.intro, "settings": settings, "entries": list(entries.values())}
    plain: Document = json.loads(json.dumps(whole, cls=_Moments))
    return plain


class _Moments(DjangoJSONEncoder):
    """Keeps microseconds, which Django's own encoder cuts to milliseconds."""

    def default(self, o: Any) -> Any:
        return o.isoformat() if hasattr(o, "isoformat") else super().default(o)


def without_texts(printed: dict[str, Any] | None) -> dict[str, Any] | None:
    return {key: value for key, value in (printed or {}).items() if key not in TEXTS} or None


def contents(document: Document) -> Contents:
    """The list in a document; two queries. Titles are today's where the list prints the paper's own, and so is how posts look."""
    papers = Paper.objects.only("arxiv_id", "title").in_bulk([row["paper_id"] for row in document["entries"]])
    shown = {one["tweet"] for row in document["entries"] for one in row["tweets"]}
    tweets = Tweet.objects.only("author_handle", "status_id", "language", "direction", "posted_at").in_bulk(shown)
    return Contents(
        document["intro"],
        tuple(
            listed(
                _entry(row, papers.get(row["paper_id"], GONE)),
                [
                    ShownTweet(tweet=tweets.get(one["tweet"], UNKNOWN), printed_otherwise=one["printed_otherwise"])
                    for one in row["tweets"]
                ],
            )
            for row in document["entries"]
        ),
        datetime.fromisoformat(document["settings"]["written_at"]),
    )


def listed(entry: Entry, shown: Iterable[ShownTweet]) -> ComparedEntry:
    shown = list(shown)
    printed = {part: text for part, text in entry.otherwise.items() if part != "title"}
    return ComparedEntry(
        entry.paper.arxiv_id,
        entry.title,
        entry.note,
        entry.retweets,
        entry.favorites,
        entry.is_pinned,
        tuple("a post" if one.tweet is UNKNOWN else str(one.tweet) for one in shown),
        json.dumps(printed, sort_keys=True) if printed else "",
        entry.counts,
        entry.read_at,
        entry.provenance,
        tuple((Tweet.Direction(one.direction).label, one.language, str(one.day)) for one in shown),
        {column.field: column.read(entry) for column in COLUMNS},
    )


def rows_of(document: Document, papers_asked: Collection[int] | None = None) -> list[tuple[Entry, list[ShownTweet]]]:
    """The document's entries with their tweets, not saved; only those of some papers if these are given.

    Papers and tweets that no longer exist are left out. Three queries.
    """
    rows = [row for row in document["entries"] if papers_asked is None or row["paper_id"] in papers_asked]
    papers = Paper.objects.defer("abstract").in_bulk([row["paper_id"] for row in rows])
    shown = [one["tweet"] for row in rows for one in row["tweets"]]
    tweets = set(Tweet.objects.filter(pk__in=shown).values_list("pk", flat=True))
    return [(_entry(row, papers[row["paper_id"]]), _shown(row["tweets"], tweets)) for row in rows if row["paper_id"] in papers]


def _entry(row: dict[str, Any], paper: Paper) -> Entry:
    columns = {name: row[name] for name in ENTRY if name in row and name not in ("paper_id", "read_at")}
    return Entry(paper=paper, read_at=datetime.fromisoformat(row["read_at"]), **columns)


def _shown(kept: Iterable[dict[str, Any]], known: set[int]) -> list[ShownTweet]:
    still = [one for one in kept if one["tweet"] in known]
    return [
        ShownTweet(tweet_id=one["tweet"], printed_otherwise=one["printed_otherwise"], position=position)
        for position, one in enumerate(still, 1)
    ]
