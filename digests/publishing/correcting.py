"""Corrects a published day on a copy of its list, which readers don't see until it is published in turn."""

from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from digests.editing import history
from digests.editing.comparing import difference
from digests.editing.conflicts import Conflict, Refused
from digests.editing.history import Action
from digests.editing.sentences import told
from digests.models import Digest, Entry, ListChange, PublicEvent, ShownTweet
from digests.notices import telling
from digests.publishing.status import PUBLISHED, make_public


def open_correction(digest: Digest, *, by: AbstractBaseUser | None) -> Digest:
    """The copy to edit, made if there is none. Its revisions continue the digest's. Raises Refused."""
    with transaction.atomic():
        original = Digest.objects.select_for_update().get(pk=digest.pk)
        if found := Digest.all_drafts.filter(corrects=original).first():
            return found
        if original.status != PUBLISHED:
            raise Refused("Only a published day can be corrected. Edit this one directly.")
        correction = Digest.objects.create(
            date=original.date,
            corrects=original,
            written_at=original.written_at,
            intro=original.intro,
            is_sample=original.is_sample,
            revision=original.revision,
        )
        _copy_rows(original, correction)
        with history.change(correction.pk, Action.CORRECTION_BEGUN, by=by) as changed:
            pass
    return changed


def _copy_rows(original: Digest, correction: Digest) -> None:
    rows = list(original.entries.prefetch_related("shown_tweets"))
    shown = [list(entry.shown_tweets.all()) for entry in rows]
    for entry in rows:
        entry.pk, entry.digest = None, correction
    Entry.objects.bulk_create(rows)
    for entry, tweets in zip(rows, shown, strict=True):
        for tweet in tweets:
            tweet.pk, tweet.entry = None, entry
    ShownTweet.objects.bulk_create(tweet for tweets in shown for tweet in tweets)


def publish_correction(
    correction: Digest,
    *,
    by: AbstractBaseUser | None,
    note: str,
    now: datetime,
    seen: int | None = None,
    replaces: int | None = None,
    after_grace: bool = False,
) -> bool:
    """Show readers the correction in place of the list, and its note with it. False where that is done, or it was dropped.

    Where nothing but counts changed, readers are told so, and a note is not needed. Raises Refused and, with `seen` (see
    `publishing.publish`), Conflict; also where the published list was changed since the correction was begun, unless
    `replaces` is its revision. With `after_grace` it is published only if nobody took that back (digests/publishing/grace.py).
    """
    note = note.strip()
    with transaction.atomic():
        held = locked_correction(correction, seen, mine="publish the correction")
        if not held or (after_grace and (held.goes_out_at is None or held.goes_out_at > now)):
            return False
        original, counts_alone = expect_publishable(held, note=note, replaces=replaces)
        original.entries.all().delete()
        held.entries.update(digest=original)
        _close(held, original, intro=held.intro, written_at=held.written_at)
        details = {"note": note, "is_counts_alone": counts_alone}
        kind = PublicEvent.Kind.COUNTS if counts_alone else PublicEvent.Kind.CORRECTED
        with history.change(original.pk, Action.CORRECTION_PUBLISHED, by=by, details=details) as changed:
            event = PublicEvent(kind=kind, at=now, note=note)
            make_public(changed, event)
            telling.published(changed, event, by=by)
    return True


def expect_publishable(held: Digest, *, note: str, replaces: int | None) -> tuple[Digest, bool]:
    """The list that the locked correction corrects, and whether nothing but counts changed. Raises as `publish_correction`."""
    original = Digest.objects.get(correction=held)
    counts_alone = difference(history.now(original), history.now(held)).is_counts_alone
    if not note and not counts_alone:
        raise Refused("Tell readers in a few words what was corrected. They see it under the list.")
    if original.status != PUBLISHED:
        raise Refused("The day has been withdrawn. Publish it again first, or discard the correction.")
    if (since := _since_begun(held, original)) and original.revision != replaces:
        raise Conflict(
            "the published list",
            base="as it was when the correction started",
            mine="publish the correction, which undoes these changes",
            theirs=told(since),
            last=since[0],
            overrule={"revision": held.revision, "replaces": original.revision},
        )
    return original, counts_alone


def drop_correction(correction: Digest, *, by: AbstractBaseUser | None, seen: int | None = None) -> bool:
    """Let the published list stay as it is. False where the correction is gone already; with `seen` raises Conflict.

    Its versions stay in the history of the day.
    """
    with transaction.atomic():
        if not (held := locked_correction(correction, seen, mine="discard the correction")):
            return False
        if held.goes_out_at:
            raise Refused("This correction is being published. Undo that first, then discard it.")
        original = Digest.objects.get(correction=held)
        _close(held, original)
        with history.change(original.pk, Action.CORRECTION_DROPPED, by=by):
            pass
    return True


def locked_correction(correction: Digest, seen: int | None, *, mine: str) -> Digest | None:
    """The locked correction, and the digest that it corrects; None if it is gone."""
    Digest.objects.select_for_update().filter(correction=correction.pk).first()
    held = Digest.all_drafts.select_for_update().filter(pk=correction.pk).first()
    if held and seen is not None and held.revision != seen:
        raise history.conflict(held, seen, mine=mine)
    return held


def _since_begun(correction: Digest, original: Digest) -> list[ListChange]:
    """What happened to the published list since it was copied, newest first."""
    begun = min((one.pk for one in history.changes(correction)), default=0)
    return [one for one in history.changes(original) if one.pk > begun and one.action != Action.BEFORE]


def _close(correction: Digest, original: Digest, **values: object) -> None:
    """Remove the copy. Its history becomes that of the digest that it corrects, whose revision never goes back."""
    history.hand_over(correction)
    last = max(correction.revision, original.revision)
    Digest.objects.filter(pk=original.pk).update(revision=last, **values)
    Digest.all_drafts.filter(pk=correction.pk).delete()
