"""Redis and PostgreSQL away, killed, lost and empty."""

import shutil
import subprocess
import time
from contextlib import suppress

from tests.deployed.faults.suffering import Faults, NotSurvived

DATABASE = "The database does not answer"


def redis_away(on: Faults) -> None:
    def stop() -> None:
        on.on.kill("redis", down=True)

    def start_empty() -> None:
        shutil.rmtree(on.on.folder / "redis")
        (on.on.folder / "redis").mkdir()
        on.on.start("redis")

    alert = "Redis (REDIS_URL) does not answer"
    on.suffer("Redis away, back with what it held", stop, alert=alert, recover=lambda: on.on.start("redis"))
    on.suffer("Redis away, back empty", stop, alert=alert, recover=start_empty)


def postgres_away(on: Faults) -> None:
    on.suffer("PostgreSQL stopped", lambda: stop(on), alert=DATABASE, recover=on.on.postgres.start)

    def kill() -> None:
        on.on.postgres.kill()
        for _ in range(20):  # what it left ends by and by
            time.sleep(1)
            with suppress(subprocess.CalledProcessError):
                on.on.postgres.start()
                return

    on.suffer("kill -9 of PostgreSQL, started again", kill)


def stop(on: Faults) -> None:
    """Stop PostgreSQL, and ask the web server itself: it knows the pages that it had, and says when to ask again for others."""
    before = {page: on.on.ask(page) for page in ("/archive", on.page)}
    on.on.postgres.stop("fast")
    for page, was in before.items():
        now = on.on.ask(page)
        if (now.status_code, now.content) != (200, was.content):
            raise NotSurvived(f"{page} of a web server without a database: {now.status_code}")
    unknown = on.on.ask("/papers?q=nobody+asked+this+before")
    if (unknown.status_code, unknown.headers.get("Retry-After")) != (503, "30"):
        raise NotSurvived(f"a page that no web server had: {unknown.status_code}, and no 503 with Retry-After")


def failover(on: Faults) -> None:
    """PostgreSQL's first server is lost for good, and the second, which followed it, takes its place."""
    first, second = on.on.postgres, on.on.second
    second.copy(first)
    on.suffer("PostgreSQL's first server lost, the second promoted", first.kill, alert=DATABASE, recover=second.promote)
    on.on.postgres, on.on.second = second, first
    shutil.rmtree(first.folder)
