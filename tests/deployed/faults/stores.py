"""Redis and PostgreSQL away, killed, lost and empty."""

import shutil
import subprocess
import time
from contextlib import suppress

from tests.deployed.faults.suffering import Faults


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
    alert = "The database does not answer"
    on.suffer("PostgreSQL stopped", lambda: on.on.postgres.stop("fast"), alert=alert, recover=on.on.postgres.start)

    def kill() -> None:
        on.on.postgres.kill()
        for _ in range(20):  # what it left ends by and by
            time.sleep(1)
            with suppress(subprocess.CalledProcessError):
                on.on.postgres.start()
                return

    on.suffer("kill -9 of PostgreSQL, started again", kill)
