"""Workers, beats and followers report that they run as soon as they are ready."""

from typing import Any

from celery import signals
from django.dispatch import receiver

from hotpapers_site.health import heartbeat_thread
from hotpapers_site.serving.leftovers import end_with_parent
from papers.management.signals import follower_begins, follower_ends


@signals.worker_ready.connect
def worker_begins(sender: Any, **_: Any) -> None:
    """Runs in the process that takes messages; those that run tasks are its children."""
    heartbeat_thread.start("worker", queues=",".join(sorted(sender.app.amqp.queues.consume_from)))


@signals.worker_process_init.connect
def child_begins(**_: Any) -> None:
    """Have a process that runs tasks end with its worker: the broker then gives the task to another one."""
    end_with_parent()


@signals.worker_shutting_down.connect
def worker_ends(**_: Any) -> None:
    heartbeat_thread.stop()


@signals.beat_init.connect
def beat_begins(**_: Any) -> None:
    heartbeat_thread.start("beat")


@receiver(follower_begins)
def follower_begins_to_follow(**_: Any) -> None:
    heartbeat_thread.start("follower")


@receiver(follower_ends)
def follower_stops(**_: Any) -> None:
    heartbeat_thread.stop()
