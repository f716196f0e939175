"""What runs by itself for editors."""

import logging
from datetime import timedelta

from celery import shared_task

from digests import curation
from papers import clock

DAYS = 7
"""Older days are proposed by hand only."""

logger = logging.getLogger(__name__)


@shared_task
def propose_drafts() -> None:
    """Propose the last days' lists where they are collected and nobody has begun one."""
    now = clock.now()
    for age in range(DAYS, -1, -1):
        if digest := curation.propose(now.date() - timedelta(days=age), now=now):
            logger.info("%s: a draft is proposed", digest)
