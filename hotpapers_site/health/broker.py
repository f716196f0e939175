"""What waits in the queues, according to the broker itself."""

import json
import time
from dataclasses import dataclass

import redis
from django.conf import settings

from hotpapers_site.queues import QUEUES

TIMEOUT_S = 2.0


@dataclass(frozen=True)
class Waiting:
    """Messages in a queue that no worker has taken."""

    number: int
    oldest_s: float
    """How long the oldest has waited; 0 if none waits."""


def client() -> redis.Redis:
    """Return a connection of its own, to the server of REDIS_URL or to the embedded one."""
    if settings.REDIS_URL:
        return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=TIMEOUT_S, socket_connect_timeout=TIMEOUT_S)
    return redis.Redis(unix_socket_path=str(settings.REDIS_SOCKET), socket_timeout=TIMEOUT_S, socket_connect_timeout=TIMEOUT_S)


def waiting() -> dict[str, Waiting]:
    """Return what waits, by queue. Raises redis.RedisError if the broker does not answer."""
    with client() as server, server.pipeline(transaction=False) as pipe:
        for queue in QUEUES:
            pipe.llen(queue)
            pipe.lindex(queue, -1)
        answers = pipe.execute()
    now = time.time()
    return {queue: Waiting(int(answers[2 * n]), _age_s(answers[2 * n + 1], now)) for n, queue in enumerate(QUEUES)}


def _age_s(message: bytes | None, now: float) -> float:
    """Return the seconds since it was queued (task_runs.py adds the moment to each message)."""
    try:
        queued_at = float(json.loads(message or b"{}")["headers"]["queued_at"])
    except (ValueError, KeyError, TypeError):
        return 0.0
    return max(0.0, now - queued_at)
