"""The budget for the network that charges for every post it returns: limits for the UTC day and month, and a ledger.

Reads are reserved before a call, for the most posts it could return, and settled after it. A call that was cut off by a crash
or a broken connection stays counted in full, so the budget is never exceeded.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import httpx
from django.conf import settings
from django.db import transaction
from django.db.models import F

from papers import rows
from papers.models import PaidRead, ReadBudget
from papers.networks.registry import PAID
from papers.sources.http import ServiceRefused, SourceError


class BudgetSpent(ServiceRefused):
    """The budget of paid reads does not allow the call. Names the setting."""


class Limit(NamedTuple):
    period: str
    setting: str
    reads: int


@dataclass(frozen=True)
class Reservation:
    """Reads set aside for one call. Call exactly one of its methods afterwards."""

    paid_read: PaidRead
    periods: tuple[str, ...]

    def settle(self, reads: int) -> None:
        """Record how many posts the call returned, and give back the rest of the reservation."""
        with transaction.atomic():
            given_back = self.paid_read.reserved - reads
            for period in self.periods:
                ReadBudget.objects.filter(period=period).update(reads=F("reads") - given_back)
            PaidRead.objects.filter(pk=self.paid_read.pk).update(reads=reads, cost_microdollars=reads * PAID.microdollars)

    def failed(self, error: SourceError) -> None:
        """Record that the call failed. The reads are given back only if it certainly charged nothing: an answer that broke off
        may have been charged."""
        if error.status not in (None, 200) or isinstance(error.__cause__, httpx.ConnectError):
            self.settle(0)


def reserve(reads: int, purpose: PaidRead.Purpose, *, now: datetime) -> Reservation:
    """Set reads aside for one call, in the day and the month together. Raises BudgetSpent if the budget doesn't allow it."""
    day_and_month = limits(now)
    with transaction.atomic():
        rows.insert(ReadBudget, ["period"], [[limit.period] for limit in day_and_month], on_conflict="DO NOTHING")
        for limit in day_and_month:
            # One statement decides and takes: no number of workers takes more than there is.
            allowed = ReadBudget.objects.filter(period=limit.period, reads__lte=limit.reads - reads)
            if not allowed.update(reads=F("reads") + reads):
                raise _refusal(limit)
        paid_read = PaidRead.objects.create(at=now, purpose=purpose, reserved=reads)
    return Reservation(paid_read, tuple(limit.period for limit in day_and_month))


def refusal(now: datetime) -> BudgetSpent:
    """The sentence shown when fewer reads are left than one call needs."""
    limit, _ = min(spent(now), key=lambda one: one[0].reads - one[1])
    return _refusal(limit)


def left(now: datetime) -> int:
    """How many posts may still be read today and this month."""
    return max(0, min(limit.reads - used for limit, used in spent(now)))


def spent(now: datetime) -> list[tuple[Limit, int]]:
    """The limits of the day and the month, each with the reads already used or reserved."""
    day_and_month = limits(now)
    used = dict(ReadBudget.objects.filter(period__in=[limit.period for limit in day_and_month]).values_list("period", "reads"))
    return [(limit, used.get(limit.period, 0)) for limit in day_and_month]


def limits(now: datetime) -> tuple[Limit, Limit]:
    """The limits for the UTC day and month of `now`."""
    day, month = PAID.limits(settings)
    return Limit(f"{now:%Y-%m-%d}", *day), Limit(f"{now:%Y-%m}", *month)


def _refusal(limit: Limit) -> BudgetSpent:
    next_one = "day" if limit.setting == PAID.limits(settings).day.setting else "month"
    return BudgetSpent(
        f"The budget of {limit.reads:,} paid reads for {limit.period} (UTC) is used up. Wait for the next {next_one}, or raise "
        f"{limit.setting}.",
        setting=limit.setting,
    )
