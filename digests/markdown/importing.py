"""Post -> rows: stores old posts; each is stored whole or not at all.

What a post prints becomes the record of its papers and tweets. If a record already says something else, because another day
shows the same paper or the network was asked, the record stays, and the day's entry notes the difference.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from enum import StrEnum
from pathlib import Path

from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q

from digests.editing import history
from digests.editing.columns import COLUMNS, TITLE
from digests.markdown.composing import compose
from digests.markdown.files import PostFile, UnreadablePost
from digests.markdown.format import render
from digests.markdown.records import Day, key_of, printed_paper, store_papers, store_tweets
from digests.models import Digest, Entry, PublicEvent, ShownTweet
from digests.publishing.status import make_public
from papers import clock
from papers.models import Mention, PaperMeasurement, Provenance
from papers.ranking.candidates import rules
from papers.ranking.ranking import points
from papers.rows import insert, update

POST = Provenance.POST.value
AS_PUBLISHED = ("status", "published_at")
DRAFT_COLUMNS = [
    field.attname for field in Digest._meta.concrete_fields if not field.primary_key and field.attname not in AS_PUBLISHED
]
IMPORTED_AGAIN = "The list was imported again from its post, which had changed."
"""What readers are told about it."""
COUNTED = ("retweets", "favorites", "counts", "extra_points", "read_at")
Found = tuple[Path, PostFile | UnreadablePost]
Batch = list[Found]
ATTEMPTS = 3
"""How often a post is stored before a clash with another writer of the same rows becomes an error."""


class Outcome(StrEnum):
    """What an import did to a day."""

    NEW = "new"
    UNCHANGED = "unchanged"
    CHANGED = "changed"
    KEPT = "kept"
    """An editor has changed the digest since the last import, so it was left as it is."""


def store(reading: PostFile, *, replace: bool = False, is_sample: bool = False) -> Outcome:
    """Make the day's digest what the post says, in one transaction.

    A digest that an editor changed since its last import, or that no import made, is kept, unless `replace` is set. Readers of
    a published day are told about the change. Raises UnreadablePost if a draft would replace a published day.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with transaction.atomic():
                return _store(reading, replace=replace, is_sample=is_sample)
        except IntegrityError:
            # Another process made the same paper or tweet between our look and our write; now it is there to be found.
            if attempt == ATTEMPTS or transaction.get_connection().in_atomic_block:
                raise
    raise AssertionError("unreachable")


def batches(found: Iterable[Found], most: int) -> Iterator[Batch]:
    """Yield the posts in order, at most so many together, and together only those that `store_new` takes."""
    batch: Batch = []
    shown: set[object] = set()
    for file, reading in found:
        shows: set[object] = set()
        if isinstance(reading, PostFile):
            post = reading.post
            tweets = (key_of(tweet) for paper in post.papers for tweet in paper.tweets)
            shows = {post.day, *(paper.arxiv_id for paper in post.papers), *tweets}
        if batch and (len(batch) >= most or not shows.isdisjoint(shown)):
            yield batch
            batch, shown = [], set()
        batch.append((file, reading))
        shown |= shows
    if batch:
        yield batch


class _NotNew(Exception):
    """A day is here already."""


def store_new(readings: Sequence[PostFile]) -> bool:
    """Store posts of different days, without a paper or tweet in common, in one transaction: for many that is twice as fast.

    If a day is here already, or the database refuses anything, nothing is stored, and the answer is False: `store` says for each
    post what is wrong, and stores the others.
    """
    digests = [_digest(reading) for reading in readings]
    try:
        with transaction.atomic():
            keys = dict(_insert(digests))
            if len(keys) < len(digests):
                raise _NotNew
            for digest in digests:
                digest.pk = keys[digest.date]
            _store_entries([(digest, reading.post.papers) for digest, reading in zip(digests, readings, strict=True)])
            for digest in digests:
                _show(digest)
    except (DatabaseError, _NotNew):
        return False
    return True


def fingerprint(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _digest(reading: PostFile, *, is_sample: bool = False) -> Digest:
    post = reading.post
    return Digest(
        date=post.day,
        status=Digest.Status.DRAFT if post.draft else Digest.Status.PUBLISHED,
        written_at=post.written_at,
        published_at=None if post.draft else post.written_at,
        changed_at=clock.now(),
        imported_sha256=fingerprint(reading.text),
        intro=post.intro,
        is_sample=is_sample,
    )


def _insert(digests: Sequence[Digest]) -> list[tuple[date, int]]:
    """Make the days that are not here; return them with their keys. They are drafts until they are whole, so that the page cache
    is told once and not with each row."""
    values = [[getattr(digest, column) for column in DRAFT_COLUMNS] for digest in digests]
    made = insert(
        Digest, DRAFT_COLUMNS, values, on_conflict="(date) WHERE corrects_id IS NULL DO NOTHING", returning=["date", "id"]
    )
    return [(date.fromisoformat(day) if isinstance(day, str) else day, key) for day, key in made]


def _show(digest: Digest) -> None:
    """Publish a new day that is whole."""
    if digest.status != Digest.Status.DRAFT:
        update(Digest, digest.pk, {column: getattr(digest, column) for column in AS_PUBLISHED})


def _store(reading: PostFile, *, replace: bool, is_sample: bool) -> Outcome:
    post, digest = reading.post, _digest(reading, is_sample=is_sample)
    outcome = Outcome.NEW
    made = _insert([digest])
    if made:
        digest.pk = made[0][1]
    else:
        present = Digest.objects.select_for_update().get(date=post.day)
        composed = compose(present)
        current = render(composed)
        is_same = composed == post if reading.holds_notes else current == reading.text
        if is_same and present.is_sample == is_sample:
            return Outcome.UNCHANGED
        if not replace and (fingerprint(current) != present.imported_sha256 or _has_editors_work(present)):
            return Outcome.KEPT
        outcome = Outcome.CHANGED
        if post.draft and present.status == Digest.Status.PUBLISHED:
            raise UnreadablePost(f"{post.day} is published, and a draft can't replace it; withdraw the day first")
        if present.status == Digest.Status.WITHDRAWN:  # it comes back by an editor's decision only
            digest.status, digest.published_at = present.status, present.published_at
        history.begin(present.pk)
        _clear(present)
        digest.pk, digest.revision = present.pk, present.revision
        if not reading.holds_notes:
            digest.intro = present.intro
        digest.save()
    _store_entries([(digest, post.papers)])
    if made:
        _show(digest)
    if outcome == Outcome.CHANGED:
        history.finish(digest, history.Action.IMPORTED, by=None)
        if digest.status == Digest.Status.PUBLISHED and not present.is_sample:
            was_public = present.status == Digest.Status.PUBLISHED
            kind = PublicEvent.Kind.CORRECTED if was_public else PublicEvent.Kind.PUBLISHED
            make_public(digest, PublicEvent(kind=kind, at=clock.now(), note=IMPORTED_AGAIN if was_public else ""))
    return outcome


def _has_editors_work(digest: Digest) -> bool:
    """Say whether the digest holds something that no post prints and an import would lose."""
    used = [~Q(**{column.field: column.unused}) for column in COLUMNS if column is not TITLE]
    worked_on = Q(*used, moves__gt=0, _connector=Q.OR)
    return digest.publish_at is not None or digest.entries.filter(worked_on).exists()


def _clear(digest: Digest) -> None:
    """Delete the digest's entries, and the counts that the last import read from its post, unless another day prints them."""
    read_from_post = PaperMeasurement.objects.filter(
        provenance=Provenance.POST, paper__entries__digest=digest, read_at=F("paper__entries__read_at")
    )
    others = Entry.objects.filter(paper=OuterRef("paper"), read_at=OuterRef("read_at")).exclude(digest=digest)
    PaperMeasurement.objects.filter(pk__in=list(read_from_post.exclude(Exists(others)).values_list("pk", flat=True))).delete()
    digest.entries.all().delete()


def _store_entries(days: Sequence[Day]) -> None:
    """Store what the digests list; several have no paper or tweet in common."""
    papers = store_papers(days)
    posted = [paper for _, of_day in days for paper in of_day]
    records = [papers[paper.arxiv_id] for paper in posted]
    places = [(digest.pk, position) for digest, of_day in days for position in range(1, len(of_day) + 1)]
    weights = rules().weights if any(paper.counts for paper in posted) else {}
    entries = insert(
        Entry,
        ["digest", "position", "paper", "printed_otherwise", "provenance", *COUNTED, "note"],
        [
            (
                *place,
                record.pk,
                record.otherwise(printed_paper(paper)),
                POST,
                paper.retweets,
                paper.favorites,
                paper.counts,
                sum(points(network, counts, weights) for network, counts in paper.counts.items()),
                paper.read_at,
                paper.note,
            )
            for place, paper, record in zip(places, posted, records, strict=True)
        ],
        returning=["id"],
    )  # fmt: skip
    insert(
        PaperMeasurement,
        ["paper", "read_at", "provenance", "retweets", "favorites"],
        [
            (record.pk, paper.read_at, POST, paper.retweets, paper.favorites)
            for record, paper in zip(records, posted, strict=True)
        ],
        on_conflict="(paper_id, provenance, read_at) DO UPDATE SET retweets = excluded.retweets, favorites = excluded.favorites",
    )
    tweets = store_tweets(days)
    shown, mentions = [], set()
    for (entry,), record, paper in zip(entries, records, posted, strict=True):
        for position, tweet in enumerate(paper.tweets, 1):
            of_tweet = tweets[key_of(tweet)]
            shown.append((entry, position, of_tweet.pk, of_tweet.otherwise(tweet)))
            mentions.add((of_tweet.pk, record.pk))
    insert(ShownTweet, ["entry", "position", "tweet", "printed_otherwise"], shown)
    insert(Mention, ["tweet", "paper"], mentions, on_conflict="(paper_id, tweet_id) DO NOTHING")
