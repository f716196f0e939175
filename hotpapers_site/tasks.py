"""What runs by itself for the site as a whole."""

from celery import shared_task
from django.core.management import call_command
from django.utils import timezone

from hotpapers_site import password_tries


@shared_task
def clear_sessions() -> None:
    """Forget the sessions that have ended, and how often passwords were tried before the present span of time."""
    call_command("clearsessions")
    password_tries.forget_old(timezone.now())
