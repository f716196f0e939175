"""The site. Importing it makes the Celery app known to `@shared_task`, in every process that may queue a task."""

import gc

# Until all is imported (apps.py): all of it stays, and to look through it again and again, and once more at the end, was half of
# what it took to start a process and to end it.
gc.disable()

from hotpapers_site.celery import app as celery_app  # noqa: E402

__all__ = ["celery_app"]
