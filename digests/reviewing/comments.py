"""Comments on a day's list and on its papers. Each step is one statement on one row, so editors at once lose nothing.

All raise Refused.
"""

from datetime import date, datetime

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from digests.editing.cleaning import clean, seen
from digests.editing.conflicts import Refused
from digests.models import Comment
from digests.models.editors import name_of
from digests.notices import telling
from digests.reviewing.mentions import mentioned
from papers.models import Paper
from papers.rendered.queueing import render_after_commit

LONGEST = 5_000
"""Characters."""
MOST = 1_000
"""Comments of a day."""
GONE = "This comment no longer exists."


def write(day: date, paper: Paper | None, text: str, *, by: User, now: datetime, token: str) -> Comment:
    """Store a comment. The page makes the `token`: a comment that is sent twice is stored once."""
    text = _said(text)
    if not token or len(token) > 40:
        raise Refused("The request doesn’t say which comment it is. Reload the page.")
    if Comment.objects.filter(day=day).count() >= MOST:
        raise Refused(f"This day has {MOST:,} comments, which is the limit. Delete some of yours first.")
    try:
        with transaction.atomic():
            render_after_commit()
            told = {"day": day, "paper": paper, "text": text, "author": name_of(by)}
            written = Comment.objects.create(**told, by=by, at=now, changed_at=now, token=token)
            telling.mentioned(written, mentioned(text), by=by, at=now)
            return written
    except IntegrityError:
        if found := Comment.objects.filter(by=by, token=token).first():
            return found
        raise


def edit(comment: Comment, text: str, base: str, *, by: User, now: datetime) -> None:
    """Change one's own comment. `base` is the text that the editor saw."""
    text = _said(text)
    with transaction.atomic():
        render_after_commit()
        held = _own(comment, by).filter(text=seen(base))
        if held.update(text=text, edited_at=now, changed_at=now):
            telling.mentioned(comment, mentioned(text), by=by, at=now)
            return
    found = Comment.objects.filter(pk=comment.pk).first()
    if found is None:
        raise Refused(GONE)
    if found.by_id != by.pk:
        raise Refused("Only its author can edit a comment. Write one of your own.")
    if found.text != text:
        raise Refused("You changed this comment in another window. Copy your text, then reload the page.")


def delete(comment: Comment, *, by: User) -> None:
    """Delete one's own comment. Deleting it again does nothing."""
    if not _own(comment, by).delete()[0] and Comment.objects.filter(pk=comment.pk).exists():
        raise Refused("Only its author can delete a comment. You can resolve it.")


def resolve(comment: Comment, *, by: User, now: datetime) -> None:
    """Mark the comment as resolved; the first who did stays recorded."""
    Comment.objects.filter(pk=comment.pk, resolved_at=None).update(resolved_at=now, resolved_by=by, changed_at=now)


def reopen(comment: Comment, *, now: datetime) -> None:
    Comment.objects.filter(pk=comment.pk, resolved_at__isnull=False).update(resolved_at=None, resolved_by=None, changed_at=now)


def _own(comment: Comment, by: User) -> "QuerySet[Comment]":
    return Comment.objects.filter(pk=comment.pk, by=by)


def _said(text: str) -> str:
    text = clean(text, longest=LONGEST).strip()
    if not text:
        raise Refused("Write something first.")
    return text
