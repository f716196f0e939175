"""Tasks for lists, started by the timetable or by a publication."""

import logging
from datetime import timedelta

from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded
from django.db.models import F

from digests.editing import curation
from digests.markdown import samples
from digests.mirror import running
from digests.mirror.disk import FolderInUse
from digests.mirror.targets import Target
from digests.models import Digest
from digests.page_cache import log
from digests.publishing import grace, scheduling
from papers import clock
from papers.plurals import counted

DAYS = 7
"""Older days are proposed only by hand."""

logger = logging.getLogger(__name__)


@shared_task
def propose_drafts() -> None:
    """Propose the last days' lists once collected, again as long as nobody touched them; the others get new counts."""
    now = clock.now()
    if gone := samples.step_aside():
        logger.info("Removed %s of sample data, because real papers have arrived", counted(gone, "day"))
    first = now.date() - timedelta(days=DAYS)
    for age in range(DAYS + 1):
        if digest := curation.propose(first + timedelta(days=age), now=now):
            logger.info("%s: proposed a draft", digest)
    for digest in Digest.objects.filter(date__gte=first, status=Digest.Status.DRAFT, revision__gt=F("proposed")):
        if changed := curation.take_counts(digest):
            logger.info("%s: updated the counts of %s", digest, counted(changed, "entry", "entries"))


@shared_task
def publish_due() -> None:
    """Publish what is scheduled for now or before, what the site's own rule publishes, and what can no longer be taken back."""
    for digest in [*grace.release_all(clock.now()), *scheduling.publish_due(clock.now())]:
        logger.info("%s: published automatically", digest)


@shared_task(autoretry_for=(FolderInUse,), retry_backoff=True, max_retries=5)
def mirror_one(name: str) -> None:
    """Bring the target up to date, after a publication, a correction or a withdrawal."""
    if target := running.targets().get(name):
        _mirror(target)


@shared_task
def mirror_all() -> None:
    """Bring all targets up to date, whatever became of the queue; nearly always they are. What waits for others is last."""
    log.prune(clock.now())
    failed = []
    for target in sorted(running.targets().values(), key=lambda one: one.waits_for_others):
        try:
            _mirror(target)
        except FolderInUse:  # the next tick comes within a minute
            continue
        except SoftTimeLimitExceeded:
            raise
        except Exception as error:  # noqa: BLE001 - told below, when the others have their files
            failed.append(error)
    if failed:
        raise failed[0]


def _mirror(target: Target) -> None:
    try:
        report = running.run(target, clock.now())
    except running.TROUBLES as error:
        logger.error("mirror %s: %s", target.name, error)
        return
    for sentence in (*report.theirs, *report.unmade):
        logger.warning("mirror %s: %s", target.name, sentence)
