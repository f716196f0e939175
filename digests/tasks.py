"""What runs by itself for editors."""

import logging
from datetime import timedelta

from celery import shared_task

from digests import curation
from digests.models import Digest
from papers import clock

DAYS = 7
"""Older days are proposed by hand only."""

logger = logging.getLogger(__name__)


@shared_task
def propose_drafts() -> None:
    """Propose the last days' lists where they are collected, anew as long as nobody touched them; the others get new counts."""
    now = clock.now()
    first = now.date() - timedelta(days=DAYS)
    for age in range(DAYS + 1):
        if digest := curation.propose(first + timedelta(days=age), now=now):
            logger.info("%s: a draft is proposed", digest)
    for digest in Digest.objects.filter(date__gte=first, status=Digest.Status.DRAFT, revision__gt=0):
        if changed := curation.take_counts(digest):
            logger.info("%s: %s entries show new counts", digest, changed)
