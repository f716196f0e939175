"""Restores an earlier list, or one entry of it."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser

from digests.editing import documents, history
from digests.editing.conflicts import Refused
from digests.editing.sentences import said
from digests.models import Digest, Entry, ListChange, ShownTweet


def restore(
    digest_id: int, version: ListChange, *, by: AbstractBaseUser | None, undone: ListChange | None = None, seen: int | None = None
) -> Digest:
    """Make the list what it was after the change `version`; a new change, and the later ones stay. `undone` names the change
    that this takes back.

    A correction may become what its original was. Words and rows come back; status, schedule and times of publication stay as
    they are. Papers and tweets that no longer exist are left out. Raises UnknownVersion; Refused if the list is published; and
    Conflict if `seen` is given and the digest's revision is another one meanwhile.
    """
    action, of = (history.Action.UNDONE, undone) if undone else (history.Action.RESTORED, version)
    with history.change(digest_id, action, by=by, paper=of.paper, details={"of": of.as_details}) as digest:
        if digest.status == Digest.Status.PUBLISHED:
            raise Refused("This day has been published. Reload the page, then restore the list in a correction.")
        if seen is not None and digest.revision != seen:
            raise history.conflict(digest, seen, mine=f"restore the list after “{said(version)}”")
        document = history.document_after(digest, version.pk)
        digest.intro = document["intro"]
        digest.written_at = datetime.fromisoformat(document["settings"]["written_at"])
        _replace_rows(digest, document)
    return digest


def _replace_rows(digest: Digest, document: documents.Document) -> None:
    moves = dict(digest.entries.values_list("paper_id", "moves"))
    printed = {one.tweet_id: one.otherwise for one in ShownTweet.objects.filter(entry__digest=digest)}
    rows = documents.rows_of(document)
    digest.entries.all().delete()
    for position, (entry, tweets) in enumerate(rows, 1):
        entry.digest, entry.position = digest, position
        # Anew; what an editor saw of its moves before is out of date.
        entry.moves = max(moves.get(entry.paper_id, 0), entry.moves) + 1
        for one in tweets:
            one.printed_otherwise = _with_texts(one.printed_otherwise, printed.get(one.tweet_id))
    Entry.objects.bulk_create(entry for entry, _ in rows)
    for entry, tweets in rows:
        for one in tweets:
            one.entry = entry
    ShownTweet.objects.bulk_create(one for _, tweets in rows for one in tweets)


def _with_texts(kept: dict[str, Any] | None, printed: dict[str, Any] | None) -> dict[str, Any] | None:
    """What a document kept, with the tweet's text as the list prints it now, if it does."""
    texts = {key: value for key, value in (printed or {}).items() if key in documents.TEXTS}
    return {**(kept or {}), **texts} or None


def entries_after(digest: Digest, version: ListChange, papers: Collection[int]) -> dict[int, tuple[Entry, list[ShownTweet]]]:
    """Those papers' entries as that change left them, by paper, with their tweets, not saved; without those that were not in the
    list.

    Raises UnknownVersion. Tweets that no longer exist are left out.
    """
    found = {}
    for entry, tweets in documents.rows_of(history.document_after(digest, version.pk), papers):
        entry.digest, entry.moves = digest, entry.moves + 1
        found[entry.paper_id] = entry, tweets
    return found
