"""Every change of a digest: who, when, what; kept by django-reversion, a version of the whole list for each.

A digest is registered with its entries and their shown tweets: each revision holds all rows of the list as they were. The
versions of a correction become those of the digest that it corrects when it ends (`hand_over`).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any

import reversion
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Prefetch
from reversion.models import Revision
from reversion.models import Version as KeptRow

from digests.editing.comparing import Contents, Listed
from digests.editing.conflicts import Conflict, Refused
from digests.models import Digest, Entry, ShownTweet
from papers.models import Paper, Tweet

reversion.register(ShownTweet)
reversion.register(Entry, follow=["shown_tweets"])
reversion.register(Digest, follow=["entries"])

BEFORE = "before its first change here"
IN_FORM = "changed in the admin’s form"
RESTORED = "restored: "
TEXTS = ("body", "name", "handle")
"""What a day prints of a tweet. It has to go where the tweet goes, so no version keeps it."""
GONE = Paper(arxiv_id="?", title="a paper that is no longer known")


@dataclass(frozen=True, slots=True)
class Version:
    """A digest after one change. `by` is empty for the machine's own, `by_id` None."""

    revision: int
    at: datetime
    by: str
    what: str
    by_id: int | None = None


@contextmanager
def change(digest_id: int, *, by: AbstractBaseUser | None, what: str) -> Iterator[Digest]:
    """One change of a digest, `what` in a few words for its history, `by` None for the machine's own.

    The digest's row is locked, so changes come one after the other; when the block ends, `revision` has grown by one and the
    history has a version. Where the block raises, nothing happened.
    """
    with transaction.atomic():
        digest = begin(digest_id)
        yield digest
        finish(digest, by=by, what=what)


def begin(digest_id: int) -> Digest:
    """The first half of a `change`, for code that cannot be a block; in a transaction. The digest, locked."""
    digest = Digest.all_drafts.select_for_update().get(pk=digest_id)
    if (
        digest.revision == digest.proposed and not _kept(digest.pk).exists()
    ):  # made by an import or a proposal, which write no history
        _keep(digest, by=None, what=BEFORE, at=digest.changed_at)
    return digest


def finish(digest: Digest, *, by: AbstractBaseUser | None, what: str) -> None:
    """The second half."""
    digest.revision += 1
    digest.save()
    _keep(digest, by=by, what=what)


def _keep(digest: Digest, *, by: AbstractBaseUser | None, what: str, at: datetime | None = None) -> None:
    """A version of the digest as it is now; as many queries however long the list."""
    shown = ShownTweet.objects.select_related("tweet").defer("tweet__body_html")
    entries = Entry.objects.select_related("paper").defer("paper__abstract", "paper__authors")
    prefetched = Digest.all_drafts.prefetch_related(Prefetch("entries", entries), Prefetch("entries__shown_tweets", shown))
    whole = prefetched.get(pk=digest.pk)
    for entry in whole.entries.all():
        for one in entry.shown_tweets.all():
            one.printed_otherwise = {key: value for key, value in one.otherwise.items() if key not in TEXTS} or None
            one.tweet.author_handle = ""  # which the row's description would name
    # By hand: else each row that is saved meanwhile would be followed, with queries of its own.
    with reversion.create_revision(manage_manually=True):
        if by:
            reversion.set_user(by)
        if at:
            reversion.set_date_created(at)
        reversion.set_comment(what)
        reversion.add_to_revision(whole)


def versions(digest: Digest) -> list[Version]:
    """What became of the digest, the newest first; one query."""
    revisions = Revision.objects.filter(version__in=_kept(digest.pk)).select_related("user").order_by("-pk")
    return [
        Version(
            one.pk,
            one.date_created,
            one.user.get_full_name() or one.user.get_username() if one.user else "",
            one.comment,
            one.user_id,
        )
        for one in revisions
    ]


def conflict(digest: Digest, seen: int, *, mine: str) -> Conflict:
    """To raise where somebody wants to do something to the list who saw its revision `seen` only."""
    since = versions(digest)[: max(digest.revision - seen, 1)]
    if digest.revision == digest.proposed:  # which writes no history
        since = [Version(0, digest.changed_at, "The machine", "proposed anew after new readings")]
    last = since[0] if since else None
    return Conflict(
        "the list",
        base=f"revision {seen}",
        mine=mine,
        theirs=told(since),
        by=last.by if last else "",
        at=last.at if last else None,
        overrule={"revision": digest.revision},
    )


def told(since: Iterable[Version]) -> str:
    """Who did what and when, a line each; `since` has the newest first."""
    return "\n".join(f"{one.by or 'The machine'}, {one.at:%H:%M} UTC: {one.what}" for one in reversed([*since]))


def _kept(digest_id: int) -> Any:
    return KeptRow.objects.get_for_object_reference(Digest, digest_id)


def hand_over(correction: Digest) -> None:
    """Make the versions of a correction those of the digest that it corrects."""
    _kept(correction.pk).update(object_id=correction.corrects_id)


class NoSuchVersion(Exception):
    """The history of the digest has no such version."""


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows of a revision, as values by column, in order."""

    digest: dict[str, Any]
    entries: list[dict[str, Any]]
    shown_tweets: dict[int, list[dict[str, Any]]]
    """By the entry's key of then."""


def _rows(digest: Digest, revision: int) -> _Rows:
    """The rows of a revision of the digest, or of the one that it corrects; two queries. Raises NoSuchVersion."""
    kept: dict[Any, list[dict[str, Any]]] = defaultdict(list)
    for row in KeptRow.objects.filter(revision_id=revision).order_by():
        model = ContentType.objects.get_for_id(row.content_type_id).model_class()
        if model is not Digest or row.object_id in {str(digest.pk), str(digest.corrects_id)}:
            kept[model].append(row.field_dict)
    if not kept[Digest]:
        raise NoSuchVersion(f"There is no version {revision} of this day.")
    shown = defaultdict(list)
    for one in sorted(kept[ShownTweet], key=itemgetter("position")):
        shown[one["entry_id"]].append(one)
    return _Rows(kept[Digest][0], sorted(kept[Entry], key=itemgetter("position")), shown)


def then(digest: Digest, revision: int) -> Contents:
    """The list as it was at that revision; four queries. Titles are those of today where the day prints the paper's own."""
    rows = _rows(digest, revision)
    papers = Paper.objects.only("arxiv_id", "title").in_bulk([row["paper_id"] for row in rows.entries])
    shown = {row["tweet_id"] for tweets in rows.shown_tweets.values() for row in tweets}
    tweets = Tweet.objects.only("author_handle", "status_id").in_bulk(shown)
    for row in rows.entries:
        row["paper"] = papers.get(row.pop("paper_id"), GONE)
    return Contents(
        rows.digest["intro"],
        tuple(
            _listed(Entry(**row), [str(tweets.get(one["tweet_id"], "a tweet")) for one in rows.shown_tweets[row["id"]]])
            for row in rows.entries
        ),
    )


def now(digest: Digest) -> Contents:
    """The list as it is; two queries."""
    entries = digest.entries.select_related("paper").defer("paper__abstract").prefetch_related("shown_tweets__tweet")
    return Contents(
        digest.intro, tuple(_listed(entry, [str(shown.tweet) for shown in entry.shown_tweets.all()]) for entry in entries)
    )


def _listed(entry: Entry, tweets: list[str]) -> Listed:
    return Listed(entry.paper.arxiv_id, entry.title, entry.note, entry.retweets, entry.favorites, entry.is_pinned, tuple(tweets))


def restore(digest_id: int, revision: int, *, by: AbstractBaseUser | None, what: str, seen: int | None = None) -> Digest:
    """Make the list what it was at that revision; a new version, the later ones stay.

    A correction may become what its original was. Words and rows come back; status, schedule and times of publication stay as
    they are. Papers and tweets that are no longer known are left out. Raises NoSuchVersion; Refused where the list is published;
    with `seen`, the number of the digest's revision that the editor saw, Conflict where it is another one meanwhile.
    """
    with change(digest_id, by=by, what=what) as digest:
        if digest.status == Digest.Status.PUBLISHED:
            raise Refused("This day was published meanwhile. Load the page again: what readers see is restored in a correction.")
        if seen is not None and digest.revision != seen:
            raise conflict(digest, seen, mine=what)
        kept = _rows(digest, revision)
        digest.intro, digest.written_at = kept.digest["intro"], kept.digest["written_at"]
        moves = dict(digest.entries.values_list("paper_id", "moves"))
        printed = {one.tweet_id: one.otherwise for one in ShownTweet.objects.filter(entry__digest=digest)}
        digest.entries.all().delete()
        known = set(Paper.objects.filter(pk__in=[row["paper_id"] for row in kept.entries]).values_list("pk", flat=True))
        rows = [row for row in kept.entries if row["paper_id"] in known]
        entries = Entry.objects.bulk_create(
            # Anew; what an editor saw of its moves before is out of date.
            Entry(**row | {"id": None, "digest_id": digest.pk, "position": position,
                           "moves": max(moves.get(row["paper_id"], 0), row["moves"]) + 1})
            for position, row in enumerate(rows, 1)
        )  # fmt: skip
        shown = [one for row in rows for one in kept.shown_tweets[row["id"]]]
        tweets = set(Tweet.objects.filter(pk__in=[one["tweet_id"] for one in shown]).values_list("pk", flat=True))
        ShownTweet.objects.bulk_create(
            ShownTweet(**one | {"id": None, "entry_id": entry.pk, "position": position,
                                "printed_otherwise": _with_texts(one["printed_otherwise"], printed.get(one["tweet_id"]))})
            for entry, row in zip(entries, rows, strict=True)
            for position, one in enumerate((one for one in kept.shown_tweets[row["id"]] if one["tweet_id"] in tweets), 1)
        )  # fmt: skip
    return digest


def _with_texts(kept: dict[str, Any] | None, printed: dict[str, Any] | None) -> dict[str, Any] | None:
    """What a version kept, with the tweet's text as the day prints it now, if it does."""
    texts = {key: value for key, value in (printed or {}).items() if key in TEXTS}
    return {**(kept or {}), **texts} or None


def entry_then(digest: Digest, revision: int, paper_id: int) -> tuple[Entry, list[ShownTweet]] | None:
    """The paper's entry as it was at that revision, and the tweets under it, not saved; None where it was not in the list.

    Raises NoSuchVersion. Tweets that are no longer known are left out.
    """
    kept = _rows(digest, revision)
    for row in kept.entries:
        if row["paper_id"] == paper_id:
            entry = Entry(**row | {"id": None, "digest_id": digest.pk, "moves": row["moves"] + 1})
            shown = kept.shown_tweets[row["id"]]
            known = set(Tweet.objects.filter(pk__in=[one["tweet_id"] for one in shown]).values_list("pk", flat=True))
            still = [one for one in shown if one["tweet_id"] in known]
            return entry, [
                ShownTweet(**one | {"id": None, "entry_id": None, "position": place}) for place, one in enumerate(still, 1)
            ]
    return None
