"""The queues of tasks. Each has its own consumers, so that publishing and the mirror never wait for a slow source."""

from dataclasses import dataclass

DEFAULT = "upkeep"


@dataclass(frozen=True)
class Queue:
    name: str
    what: str
    """What its tasks do, for people."""
    processes: int
    """Processes of its worker in `manage.py serve`."""
    within_s: int
    """After this many seconds a task is asked to end; what is cut off is found due again."""

    @property
    def killed_after_s(self) -> int:
        return self.within_s + 60


COLLECTING = Queue("collecting", "asks arXiv and the networks", processes=2, within_s=13 * 60)
PUBLISHING = Queue("publishing", "publishes what is due", processes=1, within_s=4 * 60)
MIRROR = Queue("mirror", "writes the static copies", processes=2, within_s=13 * 60)  # the second while one waits for a remote
UPKEEP = Queue(DEFAULT, "proposes drafts, renders and indexes texts, thins the history", processes=1, within_s=13 * 60)
QUEUES = {queue.name: queue for queue in (COLLECTING, PUBLISHING, MIRROR, UPKEEP)}

ASK_SOURCES = ("catch_up", "collect_*", "refresh_*", "embed_*")
ROUTES = {
    **{f"papers.tasks.{name}": {"queue": COLLECTING.name} for name in ASK_SOURCES},
    "digests.tasks.publish_*": {"queue": PUBLISHING.name},
    "digests.tasks.mirror_*": {"queue": MIRROR.name},
}
"""By the task's name; every other task belongs to upkeep."""
