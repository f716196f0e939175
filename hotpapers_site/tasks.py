"""Tasks that run by themselves for the site as a whole."""

from celery import shared_task
from celery.utils.log import get_task_logger
from django.core.management import call_command
from django.utils import timezone

from digests.notices import finding
from hotpapers_site import password_tries, sending_notices
from hotpapers_site.retention import forget
from papers import clock

logger = get_task_logger(__name__)


@shared_task
def clear_sessions() -> None:
    """Delete the sessions that have ended, and the tries of passwords from before the present span of time."""
    call_command("clearsessions")
    password_tries.forget_old(timezone.now())


@shared_task
def tell_editors() -> None:
    """Record what editors are to be told, and send what is due by mail and webhook."""
    finding.find(clock.now())
    sending_notices.send(clock.now())


@shared_task
def forget_old() -> None:
    """Delete what is older than the settings allow."""
    for kept, rows in forget(clock.now()):
        if rows:
            logger.info("Deleted %s %s (%s)", rows, kept.what, kept.setting)
