"""Every change of a list: who, when, what, and the whole list as it became. Conflicts are decided on these rows.

A burst of saves of one text is one change: the row grows, and the list's revision grows with each save. When a correction ends,
its changes become those of the digest that it corrects (`hand_over`).
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Prefetch
from django.utils import timezone

from digests.editing import documents, sentences
from digests.editing.columns import TEXTS
from digests.editing.comparing import Contents
from digests.editing.conflicts import Conflict
from digests.models import Digest, ListChange, ShownTweet
from papers.models import Paper
from papers.rendered.queueing import render_after_commit

Action = ListChange.Action
TYPED = (*(text.action for text in TEXTS), Action.INTRO)
"""Texts that the desk saves while they are typed."""
PAUSE = timedelta(minutes=5)
"""After a longer pause, the next save of the same text is a new change."""
OF_PUBLICATION = (
    *(Action.PUBLISHED, Action.WITHDRAWN, Action.SCHEDULED, Action.UNSCHEDULED, Action.STOPPED),
    *(Action.CORRECTION_BEGUN, Action.CORRECTION_PUBLISHED, Action.CORRECTION_DROPPED),
)
"""Actions that concern what readers see, and when."""
OF_REVIEW = (Action.REVIEW_WANTED, Action.REVIEW_TAKEN_BACK, Action.CHANGES_WANTED)
"""Actions that change nothing in the list."""


@contextmanager
def change(
    digest: int | Digest,
    action: Action,
    *,
    by: AbstractBaseUser | None,
    paper: Paper | None = None,
    details: Mapping[str, Any] | None = None,
) -> Iterator[Digest]:
    """Make one change of a list, given by its primary key or its already locked row; `by` is None for the site's own changes.

    The row is locked, so changes come one after the other. When the block ends, `revision` has grown by one and the history has
    the change. If the block raises, nothing happened.
    """
    with transaction.atomic(savepoint=not isinstance(digest, Digest)):
        locked = digest if isinstance(digest, Digest) else _locked(digest)
        before = _before(locked)
        yield locked
        _finish(locked, action, by=by, paper=paper, details=details, before=before)


def begin(digest_id: int) -> Digest:
    """The first half of a `change`, for code that cannot be a block; call it in a transaction. Returns the locked digest."""
    digest = _locked(digest_id)
    if before := _before(digest):
        before.save()
    return digest


def finish(digest: Digest, action: Action, *, by: AbstractBaseUser | None) -> None:
    """The second half of a `change`."""
    _finish(digest, action, by=by, paper=None, details=None, before=None)


def _locked(digest_id: int) -> Digest:
    return Digest.all_drafts.select_for_update().get(pk=digest_id)


def _before(digest: Digest) -> ListChange | None:
    """The list as an import or a proposal left it, since these write no history; not saved. None once it was changed."""
    if digest.revision != digest.proposed:
        return None
    return _row(digest, Action.BEFORE, at=digest.changed_at)


def _row(digest: Digest, action: Action, **columns: Any) -> ListChange:
    """The current list as a change that is not saved."""
    document = documents.document_of(digest)
    return ListChange(digest=digest, day=digest.date, revision=digest.revision, action=action, document=document, **columns)


def _finish(
    digest: Digest,
    action: Action,
    *,
    by: AbstractBaseUser | None,
    paper: Paper | None,
    details: Mapping[str, Any] | None,
    before: ListChange | None,
) -> None:
    now = timezone.now()
    digest.revision += 1
    digest.save()
    row = _row(digest, action, by=by, paper=paper, at=now, details=dict(details or {}))
    if before or action not in TYPED or not _grows(row):
        ListChange.objects.bulk_create([one for one in (before, row) if one])
    if by:  # imports and the machine leave it to the next tick
        render_after_commit()


def _grows(row: ListChange) -> bool:
    """Extend the last change, if it is the same editor's save of the same text a moment ago."""
    last = ListChange.objects.filter(digest=row.digest, revision=row.revision - 1, at__gte=row.at - PAUSE)
    same = last.filter(action=row.action, paper=row.paper, by=row.by)
    return same.update(revision=row.revision, at=row.at, document=row.document) == 1


def changes(digest: Digest) -> list[ListChange]:
    """The list's changes, newest first, without documents; one query."""
    kept = ListChange.objects.filter(digest=digest).select_related("by", "paper")
    return list(kept.defer("document", "paper__abstract", "paper__authors").order_by("-pk"))


def since(digest: Digest, seen: int) -> list[ListChange]:
    """What was done to the list after revision `seen`, newest first."""
    return [one for one in changes(digest) if one.revision > seen]


def conflict(digest: Digest, seen: int, *, mine: str) -> Conflict:
    """The conflict to raise when an editor who saw only revision `seen` wants to change the list."""
    found = since(digest, seen) or changes(digest)[:1]
    if digest.revision == digest.proposed:  # which writes no history
        found = [ListChange(action=Action.PROPOSED, at=digest.changed_at)]
    return Conflict(
        "the list",
        base=f"version {seen}, as you saw it",
        mine=mine,
        theirs=sentences.told(found),
        last=found[0] if found else None,
        overrule={"revision": digest.revision},
    )


def hand_over(correction: Digest) -> None:
    """Make a correction's changes those of the digest that it corrects."""
    ListChange.objects.filter(digest=correction).update(digest=correction.corrects_id)


class UnknownVersion(Exception):
    """The digest's history has no such change."""


def document_after(digest: Digest, change_id: int) -> documents.Document:
    """The list as that change of the digest, or of the one that it corrects, left it. Raises UnknownVersion."""
    own: Iterable[int | None] = {digest.pk, digest.corrects_id} - {None}
    document: documents.Document | None = (
        ListChange.objects.filter(pk=change_id, digest__in=own).values_list("document", flat=True).first()
    )
    if document is None:
        raise UnknownVersion(f"There is no version {change_id} of this day.")
    return document


def then(digest: Digest, change_id: int) -> Contents:
    """The list as that change left it; three queries. Raises UnknownVersion."""
    return documents.contents(document_after(digest, change_id))


def now(digest: Digest) -> Contents:
    """The current list; two queries."""
    shown = Prefetch("shown_tweets", ShownTweet.objects.select_related("tweet"))
    entries = digest.entries.select_related("paper").defer("paper__abstract").prefetch_related(shown)
    return Contents(
        digest.intro,
        tuple(documents.listed(entry, entry.shown_tweets.all()) for entry in entries),
        digest.written_at,
    )
