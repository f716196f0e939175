"""Compares a day with the listing day before it and with the same weekday a week before: figures, and papers on both lists."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median

from django.db.models import Count

from digests.models import Digest, Entry, ListChange
from papers import network_words
from papers.models import Paper, RulesChange
from papers.ranking.candidates import includes, rules
from papers.rendered.kinds import Kind
from papers.rendered.stored import Texts

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Figures:
    """The figures of one day, with the scores and counts that its list prints."""

    day: date
    label: str
    status: str
    """The state of its list, in words."""
    candidates: int
    threshold: int
    """The score from which papers were hot when the list was made."""
    listed: int
    top: int | None
    """The highest score on the list; None if the list is empty."""
    median: int | None
    counts: Mapping[str, Mapping[str, int]]
    """The sum over all papers on the list, by network and its own names."""


@dataclass(frozen=True)
class InBoth:
    arxiv_id: str
    title: str
    """Plain text."""
    position: int
    """Its position on the day's list."""
    other: date
    other_position: int


@dataclass(frozen=True)
class Comparison:
    days: list[Figures]
    """The day, the listing day before, and the same weekday of the week before; the last two may be the same day."""
    in_both: list[InBoth]

    @property
    def networks(self) -> list[str]:
        """Return the networks that counted something on one of the days, in our order."""
        return [name for name in network_words.titles() if any(name in one.counts for one in self.days)]


def compare(day: date, now: datetime) -> Comparison:
    """Compare the days; nine queries."""
    before = _day_before(day)
    labels = {
        day: "This day",
        before: "The listing day before",
        **({day - WEEK: "A week before"} if before != day - WEEK else {}),
    }
    digests = _digests(day, labels)
    entries: defaultdict[date, list[Entry]] = defaultdict(list)
    found = Entry.objects.filter(digest__in=[one.pk for one in digests.values()]).select_related("paper")
    for entry in found.defer("paper__abstract", "paper__authors").order_by("position"):
        entries[next(one for one, digest in digests.items() if digest.pk == entry.digest_id)].append(entry)
    announced = Paper.objects.filter(includes(), listing_date__in=labels).order_by().values("listing_date")
    candidates = dict(announced.annotate(number=Count("pk")).values_list("listing_date", "number"))
    thresholds = _thresholds(digests, labels, now)
    figures = [
        _figures(one, label, digests.get(one), candidates.get(one, 0), thresholds[one], entries[one])
        for one, label in labels.items()
    ]
    return Comparison(figures, _in_both(day, entries))


def _day_before(day: date) -> date:
    """Return the last earlier day on which arXiv announced papers or a list was made; otherwise yesterday."""
    papers = Paper.objects.filter(listing_date__lt=day, is_sample=False).order_by("-listing_date")
    lists = Digest.objects.filter(date__lt=day).order_by("-date")
    days = [papers.values_list("listing_date", flat=True).first(), lists.values_list("date", flat=True).first()]
    yesterday = day - timedelta(days=1) if day > date.min else day
    return max((one for one in days if one), default=yesterday)


def _digests(day: date, days: Collection[date]) -> dict[date, Digest]:
    """Return the list of each day; for the day itself, the one that the desk shows."""
    found: dict[date, Digest] = {}
    for digest in Digest.all_drafts.filter(date__in=list(days)).order_by("pk"):
        if not digest.corrects_id or digest.date == day:
            found[digest.date] = digest
    return found


def _thresholds(digests: Mapping[date, Digest], days: Iterable[date], now: datetime) -> dict[date, int]:
    """Return the score that was applied to a day's list, otherwise the site's when it was published."""
    applied: dict[date, int] = {}
    changes = ListChange.objects.filter(digest__in=[one.pk for one in digests.values()], action=ListChange.Action.THRESHOLD)
    for one, details in changes.order_by("pk").values_list("day", "details"):
        applied[one] = details.get("score", 0)
    moments = {one: digests[one].published_at or now if one in digests else now for one in days}
    later = RulesChange.objects.filter(at__gt=min(moments.values())).order_by("at", "pk")
    steps = [(change.at, before) for change in later for rule, before, _ in change.changes if rule == "hot_score"]
    current = rules().hot_score
    site = {one: next((before for at, before in steps if at > moment), current) for one, moment in moments.items()}
    return site | applied


def _figures(day: date, label: str, digest: Digest | None, candidates: int, threshold: int, entries: list[Entry]) -> Figures:
    scores = [entry.retweets + entry.favorites + entry.extra_points for entry in entries]
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for entry in entries:
        for network, counted in entry.counted.items():
            counts[network].update(counted)
    return Figures(
        day=day,
        label=label,
        status=str(digest.get_status_display()) if digest else "no list",
        candidates=candidates,
        threshold=threshold,
        listed=len(entries),
        top=max(scores, default=None),
        median=round(median(scores)) if scores else None,
        counts={network: dict(counted) for network, counted in counts.items()},
    )


def _in_both(day: date, entries: Mapping[date, list[Entry]]) -> list[InBoth]:
    own = {entry.paper_id: entry for entry in entries.get(day, ())}
    others = [(one, entry) for one, listed in entries.items() if one != day for entry in listed if entry.paper_id in own]
    texts = Texts((Kind.LINE, own[entry.paper_id].title) for _, entry in others)
    return [
        InBoth(
            entry.paper.arxiv_id,
            texts.line_text(own[entry.paper_id].title),
            own[entry.paper_id].position,
            other,
            entry.position,
        )
        for other, entry in sorted(others, key=lambda one: own[one[1].paper_id].position)
    ]
