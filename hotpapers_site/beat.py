"""Celery beat on any number of machines: one leads and gives the ticks, the others wait to succeed it."""

import logging
import time
from datetime import timedelta
from typing import Any

from celery.beat import Scheduler
from django.db import Error, connection

from hotpapers_site import leases
from hotpapers_site.health import heartbeat_thread

LEASE = "beat"
LASTS = timedelta(seconds=20)
RENEW_EVERY_S, LOOK_EVERY_S = 5, 1
LONG_AGO = timedelta(days=30)
SET_BACK_S = 5
"""A clock that is adjusted goes back by less."""
logger = logging.getLogger(__name__)


class LeadingScheduler(Scheduler):
    """Gives ticks while it holds the lease. It keeps no file: a new leader gives every tick at once, and each task finds out
    from the database whether anything is due."""

    max_interval = LOOK_EVERY_S

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._me = leases.new_holder()
        self._leads = self._is_away = False
        self._looked_at = self._began = float("-inf")
        super().__init__(*args, **kwargs)

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Return the seconds until the next call."""
        self._notice_set_back()
        return super().tick(*args, **kwargs) if self.leads() else LOOK_EVERY_S

    def _notice_set_back(self) -> None:
        """Give every tick at once if the clock was set back: Celery would give none until it is there again."""
        before, self._began = self._began, time.time() - time.monotonic()
        if self._began < before - SET_BACK_S:
            logger.warning("The clock was set back by %.0f s: all work is looked for at once", before - self._began)
            self._make_all_due()

    def leads(self) -> bool:
        """Say whether this process leads; asks the database every few seconds."""
        now = time.monotonic()
        if now - self._looked_at < (RENEW_EVERY_S if self._leads else LOOK_EVERY_S):
            return self._leads
        self._looked_at = now
        led, self._leads = self._leads, self._take()
        if self._leads and not led:
            logger.info("This beat leads")
            self._make_all_due()
        return self._leads

    def _take(self) -> bool:
        was_away = self._is_away
        try:
            taken = leases.take(LEASE, self._me, LASTS)
        except Error as error:
            self._is_away = True
            if not was_away:  # once, however long it lasts
                logger.warning("The database does not answer; no ticks meanwhile: %s", str(error).partition("\n")[0])
            connection.close()
            return False
        self._is_away = False
        if was_away:
            logger.info("The database answers again")
        return taken

    def _make_all_due(self) -> None:
        for entry in self.schedule.values():
            entry.last_run_at = entry.default_now() - LONG_AGO
        self._heap = None

    def close(self) -> None:
        super().close()
        heartbeat_thread.stop()
        try:
            leases.give_up(LEASE, self._me)
        except Error:
            connection.close()  # the lease runs out by itself
