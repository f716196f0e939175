"""A broker for each of several test processes: a database of its own in the Redis server that `tests.servers` started.

A plugin that pyproject.toml names, since it must come before the settings are read.
"""

import os

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw")
DATABASES = 16
"""A Redis server has so many; the first is for tests that run in one process."""

if WORKER and os.environ.get("REDIS_URL", "").endswith("/0"):
    os.environ["REDIS_URL"] = f"{os.environ['REDIS_URL'][:-1]}{1 + int(WORKER) % (DATABASES - 1)}"
