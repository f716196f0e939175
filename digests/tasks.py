"""Tasks for lists, started by the timetable or by a publication."""

import logging
from datetime import date, timedelta
from pathlib import Path

from celery import shared_task
from django.conf import settings
from django.db.models import F

from digests.editing import curation
from digests.markdown import samples
from digests.mirror import folder
from digests.models import Digest
from digests.publishing import scheduling
from papers import clock

DAYS = 7
"""Older days are proposed only by hand."""

logger = logging.getLogger(__name__)


@shared_task
def propose_drafts() -> None:
    """Propose the last days' lists once collected, again as long as nobody touched them; the others get new counts."""
    now = clock.now()
    if gone := samples.step_aside():
        logger.info("Removed %s days of sample data, because real papers have arrived", gone)
    first = now.date() - timedelta(days=DAYS)
    for age in range(DAYS + 1):
        if digest := curation.propose(first + timedelta(days=age), now=now):
            logger.info("%s: proposed a draft", digest)
    for digest in Digest.objects.filter(date__gte=first, status=Digest.Status.DRAFT, revision__gt=F("proposed")):
        if changed := curation.take_counts(digest):
            logger.info("%s: updated the counts of %s entries", digest, changed)


@shared_task
def publish_due() -> None:
    """Publish what is scheduled for now or before, and what the site's own rule publishes."""
    for digest in scheduling.publish_due(clock.now()):
        logger.info("%s: published automatically", digest)


@shared_task(autoretry_for=(folder.FolderInUse, OSError), retry_backoff=True, max_retries=5)
def mirror_day(iso_day: str) -> None:
    """Make the mirror's file of the day (YYYY-MM-DD) what readers see: written, or removed."""
    day = date.fromisoformat(iso_day)
    _mirror(day, day)


@shared_task
def mirror_all() -> None:
    """Bring the whole mirror up to date; nearly always it is."""
    _mirror()


def _mirror(since: date | None = None, until: date | None = None) -> None:
    if settings.MIRROR_DIR:
        for name, state in folder.write(Path(settings.MIRROR_DIR), since=since, until=until):
            if state != folder.FileState.SAME:
                logger.info("mirror: %s %s", name, state)
