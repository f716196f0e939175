"""What was saved is rendered at once, where a worker runs; where none does, or the queue is down, by the next tick."""

import logging

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from papers.models import UnrenderedRow

logger = logging.getLogger(__name__)
EXPIRES_S = 5.0
"""The period of the tick, which does the same: no queue grows by what an editor types."""


def render_after_commit() -> None:
    """Have what this transaction changed rendered, once it is done. Whatever becomes of the queue, the change is stored."""
    transaction.on_commit(_queue, robust=True)


def _queue() -> None:
    if UnrenderedRow.objects.filter(claimed_until=None).exists():
        try:
            current_app.send_task("papers.tasks.render_texts", expires=EXPIRES_S, retry=False)
        except OperationalError as error:
            logger.warning("What was saved is rendered later, since the queue does not answer: %s", error)
