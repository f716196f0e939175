"""Tells editors of what happened: in the transaction in which it happens, so that none is lost and none is told of nothing."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, User
from django.db import transaction

from digests.models import Comment, Digest, Notice, NoticesByMail, PublicEvent, Received
from digests.models.editors import name_of
from digests.notices.recipients import EDIT, PUBLISH, who_may, who_worked_on

Kind = Notice.Kind
MADE = {PublicEvent.Kind.PUBLISHED, PublicEvent.Kind.CORRECTED}


def tell(
    kind: str,
    key: str,
    to: Iterable[User],
    *,
    at: datetime,
    day: date | None = None,
    by: AbstractBaseUser | None = None,
    comment: Comment | None = None,
    **details: Any,
) -> None:
    """Tell each of these editors but `by`, once for each key. Three statements; editors who want mail get one soon."""
    author = name_of(by)
    told = {"kind": kind, "day": day, "by": by, "author": author, "at": at, "comment": comment, "details": details}
    with transaction.atomic():
        notice, _ = Notice.objects.get_or_create(key=key, defaults=told)
        mailed = set(NoticesByMail.objects.values_list("editor", flat=True))
        rows = [Received(notice=notice, editor=one, is_mail_due=one.pk in mailed) for one in to if by is None or one.pk != by.pk]
        Received.objects.bulk_create(rows, ignore_conflicts=True)


def mentioned(comment: Comment, editors: list[User], *, by: User, at: datetime) -> None:
    """Tell each editor once, however often the comment is edited; the notice names all who were mentioned."""
    names = [name_of(one) for one in editors if one.pk != by.pk]
    if not names:
        return
    key = f"comment {comment.pk}"
    with transaction.atomic():
        if before := Notice.objects.select_for_update().filter(key=key).first():
            before.details["names"] = list(dict.fromkeys([*before.details["names"], *names]))
            before.save(update_fields=["details"])
        tell(Kind.MENTIONED, key, editors, at=at, day=comment.day, by=by, comment=comment, names=names)


def review_wanted(digest: Digest, *, by: User, at: datetime) -> None:
    key = f"review {digest.pk} {digest.revision}"
    tell(Kind.REVIEW_WANTED, key, who_may(PUBLISH), at=at, day=digest.date, by=by)


def changes_wanted(digest: Digest, *, by: User, at: datetime) -> None:
    key = f"changes {digest.pk} {digest.revision}"
    tell(Kind.CHANGES_WANTED, key, who_worked_on(digest), at=at, day=digest.date, by=by)


def published(digest: Digest, event: PublicEvent, *, by: AbstractBaseUser | None) -> None:
    """Tell of a publication or a correction; nobody is told of counts that were refreshed."""
    if event.kind in MADE:
        is_correction = event.kind == PublicEvent.Kind.CORRECTED
        key = f"event {event.pk}"
        tell(Kind.PUBLISHED, key, who_may(EDIT), at=event.at, day=digest.date, by=by, is_correction=is_correction)


def not_published(digest: Digest, *, at: datetime, key: str) -> None:
    why = "the check found unresolved problems, or changes are wanted"
    tell(Kind.FAILED, f"not published {digest.pk} {key}", who_may(PUBLISH), at=at, day=digest.date, what="published", why=why)
