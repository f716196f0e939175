"""A thread in each long-lived process: it reports that the process runs, and one of them all looks for troubles."""

import atexit
import logging
import threading
from collections.abc import Callable

from django.db import Error, connection

from hotpapers_site.health import heartbeats, watching
from hotpapers_site.health.heartbeats import Process

EVERY_S = 10.0
END_WITHIN_S = 3.0
logger = logging.getLogger(__name__)
running: "list[HeartbeatThread]" = []
ended = threading.Event()
"""Set once this process was asked to end, which may be before it has begun."""


class HeartbeatThread(threading.Thread):
    def __init__(self, process: Process, also: Callable[[], object] = lambda: None) -> None:
        """`also` is called each time."""
        super().__init__(name="heartbeat", daemon=True)
        self._process = process
        self._also = also
        self._ended = threading.Event()
        self._at_it = threading.Lock()
        self._watch = watching.Watch()

    def run(self) -> None:
        while True:
            self.round()
            if self._ended.wait(EVERY_S):
                return

    def round(self) -> None:
        with self._at_it:
            if not self._ended.is_set():
                try:
                    self._round()
                except Exception:  # whatever it is, the next round is due
                    logger.exception("A heartbeat failed")

    def _round(self) -> None:
        try:
            heartbeats.beat(self._process)
            if self._ended.is_set():
                return
            self._also()
        except Error as error:
            self._watch.database_failed(error)
        else:
            self._watch.round()
        finally:
            if self._ended.is_set():  # meanwhile, and waited no longer: the row that was just written must go
                self._take_leave()
            connection.close()  # the next round may be with another server

    def end(self) -> None:
        """Report that the process ends in order."""
        self._ended.set()
        if not self._at_it.acquire(timeout=END_WITHIN_S) and self.is_alive():  # it might write the row again after what follows
            atexit.register(self.join, END_WITHIN_S)  # and takes leave itself then
        self._take_leave()
        connection.close()

    def _take_leave(self) -> None:
        try:
            heartbeats.end(self._process)
            self._watch.end()
        except Error:
            logger.info("The database does not answer, so this process is missed for a while")


def start(kind: str, queues: str = "", also: Callable[[], object] = lambda: None) -> None:
    """Start it once in each process, after any fork."""
    thread = HeartbeatThread(Process(kind, queues), also)
    running.append(thread)
    if not ended.is_set():
        thread.start()


def stop() -> None:
    ended.set()
    while running:
        running.pop().end()
