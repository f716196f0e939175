"""Post -> rows: old posts come in through the post format, one transaction a post.

What a post prints becomes the record of its papers and tweets. Where a record says otherwise already, because another day shows
the same paper or the network was asked, the record stays and the day's entry notes what it prints otherwise.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q

from digests.editing import history
from digests.markdown.composing import compose
from digests.markdown.files import Reading, UnreadablePost
from digests.markdown.format import PostPaper, PostTweet, render
from digests.models import Digest, Entry, PublicEvent, ShownTweet
from digests.publishing.status import make_public
from papers import clock
from papers.collecting.versions import replace_categories
from papers.models import Mention, Paper, PaperCategory, PaperMeasurement, Provenance, Tweet
from papers.rows import insert, select, update
from papers.text.embed import escape, unescape
from papers.text.identifiers import snowflake_moment

POST = Provenance.POST.value
AS_PUBLISHED = ("status", "published_at")
DRAFT_COLUMNS = [
    field.attname for field in Digest._meta.concrete_fields if not field.primary_key and field.attname not in AS_PUBLISHED
]
TWEET_TEXTS = ["language", "direction", "body_html", "author_name", "author_handle"]
IMPORTED_AGAIN = "The list was imported again from its post, which had changed."
"""What readers are told of it."""
ATTEMPTS = 3
"""How often a post is stored before a clash with another writer of the same rows is an error."""


class Outcome(StrEnum):
    """What an import did to a day."""

    NEW = "new"
    UNCHANGED = "unchanged"
    CHANGED = "changed"
    KEPT = "kept"
    """An editor has changed the digest since the last import, and it was left as it is."""


def store(reading: Reading, *, replace: bool = False, is_sample: bool = False) -> Outcome:
    """Make the day's digest what the post says, in one transaction.

    A digest that an editor has changed since its last import, or that no import made, is kept, unless `replace`. Readers of a
    published day are told of the change. Raises UnreadablePost where a draft would take a published day's place.
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


def fingerprint(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _store(reading: Reading, *, replace: bool, is_sample: bool) -> Outcome:
    post = reading.post
    digest = Digest(
        date=post.day,
        status=Digest.Status.DRAFT if post.draft else Digest.Status.PUBLISHED,
        written_at=post.written_at,
        published_at=None if post.draft else post.written_at,
        changed_at=clock.now(),
        imported_sha256=fingerprint(reading.text),
        is_sample=is_sample,
    )
    outcome = Outcome.NEW
    # A draft until it is whole, so that the page cache is told once and not with each row.
    values = [getattr(digest, column) for column in DRAFT_COLUMNS]
    made = insert(Digest, DRAFT_COLUMNS, [values], on_conflict="(date) WHERE corrects_id IS NULL DO NOTHING", returning=["id"])
    if made:
        digest.pk = made[0][0]
    else:
        present = Digest.objects.select_for_update().get(date=post.day)
        current = render(compose(present))
        if current == reading.text and present.is_sample == is_sample:
            return Outcome.UNCHANGED
        if not replace and (fingerprint(current) != present.imported_sha256 or _has_editors_work(present)):
            return Outcome.KEPT
        outcome = Outcome.CHANGED
        if post.draft and present.status == Digest.Status.PUBLISHED:
            raise UnreadablePost(f"{post.day} is published, and a draft does not take its place; withdraw the day first")
        if present.status == Digest.Status.WITHDRAWN:  # it comes back by an editor's decision only
            digest.status, digest.published_at = present.status, present.published_at
        history.begin(present.pk)
        _clear(present)
        digest.pk, digest.revision, digest.intro = present.pk, present.revision, present.intro
        digest.save()
    _store_entries(digest, post.papers)
    if made and digest.status != Digest.Status.DRAFT:
        update(Digest, digest.pk, {column: getattr(digest, column) for column in AS_PUBLISHED})
    if outcome == Outcome.CHANGED:
        history.finish(digest, history.Action.IMPORTED, by=None)
        if digest.status == Digest.Status.PUBLISHED and not present.is_sample:
            was_public = present.status == Digest.Status.PUBLISHED
            kind = PublicEvent.Kind.CORRECTED if was_public else PublicEvent.Kind.PUBLISHED
            make_public(digest, PublicEvent(kind=kind, at=clock.now(), note=IMPORTED_AGAIN if was_public else ""))
    return outcome


def _has_editors_work(digest: Digest) -> bool:
    """What no post prints, and an import would lose."""
    worked_on = Q(is_pinned=True) | Q(moves__gt=0) | ~Q(note="")
    return digest.publish_at is not None or digest.entries.filter(worked_on).exists()


def _clear(digest: Digest) -> None:
    """Take the digest's entries out, with the counts that the last import read from its post and no other day prints."""
    read_from_post = PaperMeasurement.objects.filter(
        provenance=Provenance.POST, paper__entries__digest=digest, read_at=F("paper__entries__read_at")
    )
    others = Entry.objects.filter(paper=OuterRef("paper"), read_at=OuterRef("read_at")).exclude(digest=digest)
    PaperMeasurement.objects.filter(pk__in=list(read_from_post.exclude(Exists(others)).values_list("pk", flat=True))).delete()
    digest.entries.all().delete()


def _store_entries(digest: Digest, posted: tuple[PostPaper, ...]) -> None:
    papers = _store_papers(digest, posted)
    records = [papers[paper.arxiv_id] for paper in posted]
    entries = insert(
        Entry,
        ["digest", "position", "paper", "printed_otherwise", "provenance", "retweets", "favorites", "read_at"],
        [
            (
                digest.pk,
                position,
                record.pk,
                record.otherwise(_printed_paper(paper)),
                POST,
                paper.retweets,
                paper.favorites,
                paper.read_at,
            )
            for position, (paper, record) in enumerate(zip(posted, records, strict=True), 1)
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
    tweets = _store_tweets(digest, [tweet for paper in posted for tweet in paper.tweets])
    insert(
        ShownTweet,
        ["entry", "position", "tweet", "printed_otherwise"],
        [
            (entry, position, tweets[tweet.status_id].pk, tweets[tweet.status_id].otherwise(_printed_tweet(tweet)))
            for (entry,), paper in zip(entries, posted, strict=True)
            for position, tweet in enumerate(paper.tweets, 1)
        ],
    )
    insert(
        Mention,
        ["tweet", "paper"],
        {
            (tweets[tweet.status_id].pk, record.pk)
            for record, paper in zip(records, posted, strict=True)
            for tweet in paper.tweets
        },
        on_conflict="(paper_id, tweet_id) DO NOTHING",
    )


@dataclass(frozen=True, slots=True)
class Record:
    """A paper's or tweet's row: its key, and what a post would print from it."""

    pk: int
    prints: dict[str, Any]

    def otherwise(self, printed: dict[str, Any]) -> dict[str, Any] | None:
        """What a post prints otherwise than the record says; None where that is nothing."""
        if printed == self.prints:
            return None
        return {key: value for key, value in printed.items() if value != self.prints[key]}


def _printed_paper(paper: PostPaper) -> dict[str, Any]:
    return {
        "title": paper.title,
        "authors": list(paper.authors),
        "categories": list(paper.categories),
        "abstract": paper.abstract,
    }


def _store_papers(digest: Digest, posted: Iterable[PostPaper]) -> dict[str, Record]:
    """The records of the post's papers, by arXiv id; made, or corrected where no other day and no one but posts made them."""
    printed = {paper.arxiv_id: _printed_paper(paper) for paper in posted}
    made = insert(
        Paper,
        ["arxiv_id", "title", "abstract", "authors", "listing_date", "listing_source", "is_sample", "is_settled"],
        [
            (arxiv_id, prints["title"], prints["abstract"], prints["authors"],
             digest.date, Paper.ListingSource.POST.value, digest.is_sample, digest.status == Digest.Status.PUBLISHED)
            for arxiv_id, prints in sorted(printed.items())  # one order for all: two imports never wait for each other
        ],
        on_conflict="(arxiv_id) DO NOTHING",
        returning=["id", "arxiv_id"],
    )  # fmt: skip
    records = {arxiv_id: Record(pk, printed[arxiv_id]) for pk, arxiv_id in made}
    _insert_categories((record.pk, record.prints["categories"]) for record in records.values())
    return records | _known_papers(digest, {key: prints for key, prints in printed.items() if key not in records})


def _known_papers(digest: Digest, printed: dict[str, dict[str, Any]]) -> dict[str, Record]:
    """The records that were there before, corrected where they may be."""
    if not printed:
        return {}
    columns = ["id", "arxiv_id", "title", "authors", "abstract", "listing_date", "listing_source", "is_sample", "is_settled"]
    records, late, samples, unsettled = {}, [], [], []
    for pk, arxiv_id, title, authors, abstract, listing_date, source, is_sample, is_settled in select(
        Paper, columns, "arxiv_id", printed
    ):
        records[pk] = arxiv_id, Record(pk, {"title": title, "authors": authors, "categories": [], "abstract": abstract})
        if source == Paper.ListingSource.POST and listing_date > digest.date and digest.status != Digest.Status.DRAFT:
            late.append(pk)
        if is_sample and not digest.is_sample:
            samples.append(pk)
        if not is_settled and digest.status == Digest.Status.PUBLISHED:
            unsettled.append(pk)
    for paper_id, _, code in sorted(select(PaperCategory, ["paper", "position", "code"], "paper", records)):
        records[paper_id][1].prints["categories"].append(code)
    if different := [pk for pk, (arxiv_id, record) in records.items() if record.prints != printed[arxiv_id]]:
        for paper in Paper.objects.filter(pk__in=different):
            _correct_paper(digest, paper, records[paper.pk][1].prints, printed[paper.arxiv_id])
    if late:
        Paper.objects.filter(pk__in=late).update(listing_date=digest.date)
    if samples:
        Paper.objects.filter(pk__in=samples).update(is_sample=False)
    if unsettled:  # published now: arXiv's newer versions wait for an editor
        Paper.objects.filter(pk__in=unsettled).update(is_settled=True)
    return dict(records.values())


def _correct_paper(digest: Digest, paper: Paper, prints: dict[str, Any], printed: dict[str, Any]) -> None:
    """Make the record say what the post prints, where it may; `prints` follows."""
    ours = paper.is_sample or (
        paper.listing_source == Paper.ListingSource.POST and not paper.entries.exclude(digest=digest).exists()
    )
    if ours:
        if printed["categories"] != prints["categories"]:
            replace_categories({paper.pk: printed["categories"]})
        prints |= printed
    elif printed["abstract"] and not prints["abstract"]:
        # The days that print it without an abstract go on doing so.
        for entry in paper.entries.exclude(digest=digest):
            entry.printed_otherwise = {"abstract": ""} | (entry.printed_otherwise or {})
            entry.save(update_fields=["printed_otherwise"])
        prints["abstract"] = printed["abstract"]
    else:
        return
    paper.title, paper.authors, paper.abstract = prints["title"], prints["authors"], prints["abstract"]
    paper.save(update_fields=["title", "authors", "abstract"])


def _insert_categories(codes: Iterable[tuple[int, list[str]]]) -> None:
    rows = [(pk, position, code) for pk, one in codes for position, code in enumerate(one)]
    insert(PaperCategory, ["paper", "position", "code"], rows)


def _printed_tweet(tweet: PostTweet) -> dict[str, Any]:
    return {
        "language": tweet.language,
        "direction": tweet.direction,
        "body": tweet.body,
        "name": tweet.name,
        "handle": tweet.handle,
        "day": tweet.day.isoformat(),
    }


def _store_tweets(digest: Digest, posted: Iterable[PostTweet]) -> dict[str, Record]:
    """The records of the post's tweets, by status id; made, or filled in or corrected where no other day shows them."""
    printed: dict[str, dict[str, Any]] = {}
    for one in posted:
        printed.setdefault(one.status_id, _printed_tweet(one))
    posted_at = {status_id: snowflake_moment(status_id) for status_id in printed}
    made = insert(
        Tweet,
        ["network", "status_id", "posted_at", "state", "is_sample", *TWEET_TEXTS],
        [
            (Tweet.Network.X.value, status_id, posted_at[status_id], Tweet.State.LIVE.value, digest.is_sample,
             *_tweet_texts(prints))
            for status_id, prints in sorted(printed.items())
        ],
        on_conflict="(network, status_id) DO NOTHING",
        returning=["id", "status_id"],
    )  # fmt: skip
    records = {
        status_id: Record(pk, _printed_after(printed[status_id], posted_at[status_id].date().isoformat()))
        for pk, status_id in made
    }
    return records | _known_tweets(digest, {key: prints for key, prints in printed.items() if key not in records})


def _known_tweets(digest: Digest, printed: dict[str, dict[str, Any]]) -> dict[str, Record]:
    """The records that were there before, filled in or corrected where they may be."""
    if not printed:
        return {}
    records, samples = {}, []
    columns = ["id", "network", "status_id", "state", "is_sample", "posted_at", "embedded_at", *TWEET_TEXTS]
    for pk, network, status_id, state, is_sample, posted_at, embedded_at, *texts in select(Tweet, columns, "status_id", printed):
        if network != Tweet.Network.X:
            continue
        language, direction, body, name, handle = texts
        day = posted_at.date().isoformat()
        prints = {"language": language, "direction": direction, "body": body, "name": escape(name), "handle": handle, "day": day}
        wanted = printed[status_id]
        if state != Tweet.State.LIVE:
            # The text of a tweet that is gone is not stored again, here or as what the day prints otherwise.
            prints = wanted
        elif prints != wanted and (is_sample or _is_posts_alone(pk, body and embedded_at, digest)):
            Tweet.objects.filter(pk=pk).update(**dict(zip(TWEET_TEXTS, _tweet_texts(wanted), strict=True)))
            prints = _printed_after(wanted, day)
        if is_sample and not digest.is_sample:
            samples.append(pk)
        records[status_id] = Record(pk, prints)
    if samples:
        Tweet.objects.filter(pk__in=samples).update(is_sample=False)
    return records


def _is_posts_alone(tweet: int, read_at: datetime | None, digest: Digest) -> bool:
    """Whether the tweet's text is neither as the network gave it (at that moment) nor shown by another day."""
    return not (read_at or ShownTweet.objects.filter(tweet=tweet).exclude(entry__digest=digest).exists())


def _printed_after(prints: dict[str, Any], day: str) -> dict[str, Any]:
    """What a post prints from a record that was made from `prints`; `day` is that of the status id."""
    return prints | {"name": escape(unescape(prints["name"])), "day": day}


def _tweet_texts(prints: dict[str, Any]) -> tuple[str, ...]:
    """The values of the columns TWEET_TEXTS."""
    return prints["language"], prints["direction"], prints["body"], unescape(prints["name"]), prints["handle"]
