"""The site. Importing it makes the Celery app known to `@shared_task`, in every process that may queue a task."""

from hotpapers_site.celery import app as celery_app

__all__ = ["celery_app"]
