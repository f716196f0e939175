"""How many listed papers a category had month by month, and its hottest ones, over the last two years: so no page costs more
the longer the archive is."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, QuerySet

from digests.models import SCORE, Digest, Entry
from papers.models import PaperCategory

MONTHS = 24
WIDTH, HEIGHT, GAP = 480, 60, 4
TOP = 5
HOTTEST_FIRST = ("provenance", SCORE.desc(), "-pk")
"""Orders entries: counts from the network ("network") before old ones ("post")."""


@dataclass(frozen=True, slots=True)
class Bar:
    month: date
    """The first day of the month."""
    papers: int
    x: int
    height: int


@dataclass(frozen=True, slots=True)
class Activity:
    """Papers by month, oldest month first, including months without papers."""

    bars: Sequence[Bar]

    @property
    def papers(self) -> int:
        return sum(bar.papers for bar in self.bars)

    @property
    def most(self) -> Bar:
        return max(self.bars, key=lambda bar: bar.papers)

    @property
    def path(self) -> str:
        """Return vertical strokes in a box of WIDTH by HEIGHT, one for each month."""
        return "".join(f"M{bar.x} {HEIGHT}v-{bar.height}" for bar in self.bars if bar.height)


def activity_of_category(code: str, newest: date) -> Activity:
    """Return the activity up to the month of `newest`; one query."""
    months = months_before(newest, MONTHS)
    by_day = _entries(code, months[0]).order_by().values_list("digest__date").annotate(Count("pk"))
    counted = Counter[date]()
    for day, papers in by_day:  # SQLite would call Python for the month of each paper's day
        counted[day.replace(day=1)] += papers
    return drawn(counted, months)


def top_of_category(code: str, newest: date) -> list[Entry]:
    """Return its hottest papers of that time, each once, by one kind of counts: the network's if there are any. One query."""
    first = _entries(code, months_before(newest, MONTHS)[0]).order_by(*HOTTEST_FIRST)[: TOP * 3]
    rows = Entry.objects.filter(pk__in=first.values("pk"))  # so that only these are sorted as whole rows
    return best_of(rows.select_related("paper", "digest").order_by(*HOTTEST_FIRST))


def best_of(hottest_first: Iterable[Entry]) -> list[Entry]:
    """Return the first entries by one kind of counts, each paper once."""
    first: dict[int, Entry] = {}
    for entry in hottest_first:
        if not first or entry.provenance == next(iter(first.values())).provenance:
            first.setdefault(entry.paper_id, entry)
    return list(first.values())[:TOP]


def _entries(code: str, since: date) -> QuerySet[Entry]:
    of_category = PaperCategory.objects.filter(paper=OuterRef("paper"), code=code)
    return Entry.objects.filter(Exists(of_category), digest__in=Digest.objects.published().between(since, None))


def activity_by_month(days: Iterable[date], newest: date) -> Activity:
    """Return the activity of papers that were announced on these days."""
    months = months_before(newest, MONTHS)
    counted = dict.fromkeys(months, 0)
    for day in days:
        if (month := day.replace(day=1)) in counted:
            counted[month] += 1
    return drawn(counted, months)


def months_before(newest: date, count: int) -> list[date]:
    """Return the first days of that many months, the last one being that of `newest`."""
    last = newest.year * 12 + newest.month - 1
    return [date(number // 12, number % 12 + 1, 1) for number in range(max(last - count + 1, 12), last + 1)]


def drawn(counted: Mapping[date, int], months: Sequence[date]) -> Activity:
    most = max([*counted.values(), 1])
    step = WIDTH // len(months)
    return Activity(
        [
            Bar(month, papers := counted.get(month, 0), step // 2 + n * step, round(papers * (HEIGHT - 2) / most))
            for n, month in enumerate(months)
        ]
    )
