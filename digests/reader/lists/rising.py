"""The papers whose counts grow fastest now, by readings from the network alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Exists, OuterRef, Subquery
from django.db.models.functions import Coalesce

from digests.models import Digest, DigestQuerySet, Entry
from digests.reader.lists.listing import fetched
from papers.counts.due import HORIZON
from papers.models import Paper, PaperMeasurement, Provenance
from papers.networks.registry import OLD_NETWORK


@dataclass(frozen=True, slots=True)
class RisingPaper:
    entry: Entry
    """As the newest day that lists the paper printed it; with paper, categories and digest."""
    now: PaperMeasurement
    before: PaperMeasurement
    """The reading for comparison: the newest one older than the window, otherwise the oldest within it."""

    @property
    def gain(self) -> int:
        """Return the gain of its score, which weighs what each network counts."""
        return _score(self.now) - _score(self.before)

    @property
    def gained(self) -> dict[str, dict[str, int]]:
        """Return what grew, by network and its own names."""
        grown = {
            network: _grown(counts, _counted(self.before).get(network, {})) for network, counts in _counted(self.now).items()
        }
        return {network: counts for network, counts in grown.items() if counts}


def rising(now: datetime, window: timedelta = timedelta(hours=24), limit: int = 30) -> Sequence[RisingPaper]:
    """Return the papers that gained most since `window` ago, without those that gained nothing. Four queries.

    Considered are papers of published days whose posts are still read. If a paper was not read within the window, or only once
    in twice the window, its gain is unknown.
    """
    days = _days(now)
    later = Entry.objects.filter(paper=OuterRef("paper"), digest__in=days, digest__date__gt=OuterRef("digest__date"))
    readings = PaperMeasurement.objects.filter(paper=OuterRef("paper"), provenance=Provenance.NETWORK, read_at__lte=now)
    within = readings.filter(read_at__gt=now - window)
    before = readings.filter(read_at__lte=now - window, read_at__gt=now - 2 * window)
    newest = Subquery(within.order_by("-read_at").values("pk")[:1])
    oldest = Subquery(within.order_by("read_at").values("pk")[:1])
    rows = Entry.objects.filter(Exists(within), ~Exists(later), digest__in=days)
    rows_with_readings = rows.values_list("pk", newest, Coalesce(Subquery(before.order_by("-read_at").values("pk")[:1]), oldest))
    pairs = list(rows_with_readings)
    found = PaperMeasurement.objects.in_bulk({reading for _, *readings in pairs for reading in readings})
    known = {pk: (found[new], found[old]) for pk, new, old in pairs if new in found and old in found}
    gains = {pk: _score(new) - _score(old) for pk, (new, old) in known.items()}
    best = sorted((pk for pk, gain in gains.items() if gain > 0), key=lambda pk: (-gains[pk], pk))
    return [RisingPaper(entry, *known[entry.pk]) for entry in fetched(best[:limit])]


def may_rise(now: datetime) -> list[Paper]:
    """Return the papers for which a reading may change the result of `rising`, with their keys alone; one query."""
    return [Paper(pk) for pk in Entry.objects.filter(digest__in=_days(now)).values_list("paper", flat=True)]


def _days(now: datetime) -> DigestQuerySet:
    """Return the published days whose posts are still read."""
    return Digest.objects.published().between((now - HORIZON).astimezone(UTC).date(), None)


def _score(reading: PaperMeasurement) -> int:
    return reading.retweets + reading.favorites + reading.extra_points


def _counted(reading: PaperMeasurement) -> dict[str, dict[str, int]]:
    return {OLD_NETWORK: {"retweets": reading.retweets, "favorites": reading.favorites}, **reading.counts}


def _grown(now: Mapping[str, int], before: Mapping[str, int]) -> dict[str, int]:
    return {name: grown for name, count in now.items() if (grown := count - before.get(name, 0)) > 0}
