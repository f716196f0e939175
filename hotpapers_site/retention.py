"""How long rows are kept that only grow in number: rows that no page shows are deleted after the days of a setting.

Papers, posts that mention them, their counts, lists and their history are kept for ever; histories of counts become coarser
with age (papers/counts/thinning.py).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from axes.models import AccessAttempt, AccessLog
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.db import transaction
from django.db.models import QuerySet

from digests.models import Notice, ShownTweet
from hotpapers_site.models import SecurityEvent
from papers.counts.mentions import match_left
from papers.models import PaidRead, Tweet

BATCH = 2_000
"""Rows deleted in one transaction, so that no other writer waits long."""


@dataclass(frozen=True)
class Kept:
    what: str
    setting: str
    """In days; 0 for ever."""
    older: Callable[[datetime], QuerySet[Any]]
    """Return the rows from before a moment."""


def _posts_of_no_paper(before: datetime) -> QuerySet[Tweet]:
    waiting = Tweet.objects.filter(posted_at__lt=before, unmatched_mentions__isnull=False, mentions__isnull=True)
    return waiting.exclude(pk__in=ShownTweet.objects.values("tweet")).distinct()


KEPT = (
    Kept("entries in the ledger of paid reads", "KEEP_PAID_READS_DAYS", lambda before: PaidRead.objects.filter(at__lt=before)),
    Kept("entries in the admin's log", "KEEP_ADMIN_LOG_DAYS", lambda before: LogEntry.objects.filter(action_time__lt=before)),
    Kept("security events", "KEEP_SIGN_INS_DAYS", lambda before: SecurityEvent.objects.filter(at__lt=before)),
    Kept("sign-ins", "KEEP_SIGN_INS_DAYS", lambda before: AccessLog.objects.filter(attempt_time__lt=before)),
    Kept("failed sign-ins", "KEEP_SIGN_INS_DAYS", lambda before: AccessAttempt.objects.filter(attempt_time__lt=before)),
    Kept("notices to editors", "KEEP_NOTICES_DAYS", lambda before: Notice.objects.filter(at__lt=before)),
    Kept("posts about papers that never came", "KEEP_UNMATCHED_DAYS", _posts_of_no_paper),
)


def forget(now: datetime, *, dry_run: bool = False) -> Iterator[tuple[Kept, int]]:
    """Delete what is older than its setting allows, and yield how many rows of each kind were deleted; with `dry_run`, how many
    would be."""
    if not dry_run:
        match_left()  # else a post whose paper is here could be taken for one whose paper never came
    for kept in KEPT:
        if days := getattr(settings, kept.setting):
            older = kept.older(now - timedelta(days=days))
            yield kept, older.count() if dry_run else _delete(older)


def _delete(older: QuerySet[Any]) -> int:
    deleted = 0
    while keys := list(older.order_by("pk").values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            older.model._default_manager.filter(pk__in=keys).delete()
        deleted += len(keys)
    return deleted
