"""A generated arXiv: papers, when each was announced, replaced and cross-listed. The same for the same seed and size."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Literal

from papers.sources.arxiv.calendar import AnnouncementCalendar

Kind = Literal["new", "cross", "replace", "replace-cross"]
CATEGORIES = ("cs.LG", "cs.CL", "cs.CV", "cs.AI", "cs.RO", "cs.CR", "stat.ML", "cs.IT", "cs.DS", "cs.HC")
ELSEWHERE = ("math.OC", "eess.AS", "cond-mat.mtrl-sci", "quant-ph", "physics.soc-ph")
WORDS = ("Sparse", "Robust", "Scaling *down*", "Which *BERT?", "Private", "Equivariant", "Causal", "Tiny", "Lazy", "Federated")
THINGS = (
    "Transformers",
    "$Q$-Learning",
    "R\\'enyi Bounds",
    "Graph Kernels",
    "$128 \\times 128$ Images",
    "Erd\\H{o}s Graphs",
    "Q&A",
    "Speech",
)
SENTENCES = (
    "We show that synthetic papers have synthetic abstracts.",
    "Our bound holds for $n/3<f<n/2$ and \\emph{every} $\\epsilon > 0$.",
    "It costs \\$410 & runs in ``minutes''.",
    "Results on 3 datasets: +0.5% — naïve baselines lose.",
)
FORENAMES = ("Ada", "Bob", "Čeněk", "Dōgen", "Élodie", "Fatma", "玲", "José María")
SURNAMES = ("Example", "Sämple", "O'Specimen", "Größe", "Núñez", "van der Test", "Ødegård", "Instance")
AFFILIATIONS = ("Example Lab", "Example Lab, Example Town", "Univ. of Samples, Dept. A, B & C")


@dataclass(frozen=True, slots=True)
class WorldPaper:
    arxiv_id: str
    title: str
    abstract: str
    """With the line breaks and leading spaces that authors leave in."""
    authors: tuple[tuple[str, str], ...]
    """Name and affiliation; the latter may be empty."""
    categories: tuple[str, ...]
    listed_on: date
    submitted: tuple[datetime, ...]
    """Of each version, UTC."""
    replaced_on: tuple[date, ...]
    """The listing dates of version 2 and on."""
    added: tuple[str, date] | None
    """A category that was added later, and the listing date on which that was announced."""
    comment: str

    def version_at(self, day: date) -> int:
        return 1 + sum(replaced <= day for replaced in self.replaced_on)

    def categories_at(self, day: date) -> tuple[str, ...]:
        return (*self.categories, self.added[0]) if self.added and self.added[1] <= day else self.categories

    def kind_on(self, day: date, sets: Sequence[str]) -> Kind | None:
        """How the listing of `day` announces the paper within the archives and classes; None where it does not."""
        inside = [is_within(category, sets) for category in self.categories_at(day)]
        if not any(inside):
            return None
        if self.listed_on == day:
            return "new" if inside[0] else "cross"
        if self.added and self.added[1] == day and is_within(self.added[0], sets):
            return "cross"
        if day in self.replaced_on:
            return "replace" if inside[0] else "replace-cross"
        return None


def is_within(category: str, sets: Sequence[str]) -> bool:
    return category in sets or category.partition(".")[0] in sets


class World:
    """`papers_a_day` counts the papers that cs and stat.ML announce as new on each of the listing days; there are as many
    older ones, which are replaced or cross-listed now and then, and a tenth from elsewhere.

    `now` may be set at will: a stand-in shows what arXiv shows at that moment.
    """

    def __init__(
        self,
        *,
        first_day: date = date(2026, 10, 12),
        days: int = 5,
        papers_a_day: int = 30,
        seed: int = 1,
        calendar: AnnouncementCalendar | None = None,
    ) -> None:
        self.calendar = calendar or AnnouncementCalendar()
        every_day = (first_day + timedelta(days=n) for n in range(days * 3 + 30))
        self.days = [day for day in every_day if self.calendar.is_listing_day(day)][:days]
        self._random = random.Random(seed)
        self._numbers: dict[str, int] = {}
        self._papers_a_day = papers_a_day
        self.papers = {paper.arxiv_id: paper for paper in self._generate()}
        self.now = self.calendar.expected_at(self.days[-1])

    def newest_day(self) -> date | None:
        """The last listing day that arXiv has announced by now."""
        return max((day for day in self.days if self.calendar.expected_at(day) <= self.now), default=None)

    def announced(self, day: date, sets: Sequence[str]) -> dict[Kind, list[WorldPaper]]:
        """By kind, in the order of their ids."""
        found: dict[Kind, list[WorldPaper]] = {"new": [], "cross": [], "replace": [], "replace-cross": []}
        for paper in self._events.get(day, []):
            if kind := paper.kind_on(day, sets):
                found[kind].append(paper)
        return found

    @cached_property
    def _events(self) -> dict[date, list[WorldPaper]]:
        events: dict[date, list[WorldPaper]] = {}
        for _, paper in sorted(self.papers.items()):
            for day in {paper.listed_on, *paper.replaced_on, *([paper.added[1]] if paper.added else [])}:
                events.setdefault(day, []).append(paper)
        return events

    def _generate(self) -> list[WorldPaper]:
        before = self.calendar.previous_listing_day(self.days[0])
        old = [self._paper(before, CATEGORIES if n % 10 else ELSEWHERE) for n in range(self._papers_a_day)]
        old.append(self._paper(before, CATEGORIES, arxiv_id="cs/0112017"))
        fresh = [
            self._paper(day, CATEGORIES if n < self._papers_a_day else ELSEWHERE)
            for day in self.days
            for n in range(self._papers_a_day + max(3, self._papers_a_day // 10))
        ]
        return old + fresh

    def _paper(self, day: date, primaries: Sequence[str], *, arxiv_id: str = "") -> WorldPaper:
        chance = self._random
        start, end = self.calendar.submission_window(day)
        submitted = start + timedelta(seconds=chance.randrange(int((end - start).total_seconds())))
        later = [other for other in self.days if other > day]
        replaced_on = tuple(sorted(chance.sample(later, min(len(later), chance.choice((0, 0, 0, 1, 2))))))
        if arxiv_id:
            replaced_on = tuple(later[:1])
        categories = (chance.choice(primaries), *chance.sample(CATEGORIES, chance.choice((0, 1, 1, 2))))
        categories = tuple(dict.fromkeys(categories))
        spare = [category for category in CATEGORIES if category not in categories]
        people = chance.sample([f"{first} {last}" for first in FORENAMES for last in SURNAMES], chance.randint(1, 6))
        return WorldPaper(
            arxiv_id=arxiv_id or self._next_id(day),
            title=f"{chance.choice(WORDS)} {chance.choice(THINGS)} for {chance.choice(WORDS)} {chance.choice(THINGS)}",
            abstract=f"  {chance.choice(SENTENCES)}\n{chance.choice(SENTENCES)}\n  {chance.choice(SENTENCES)}",
            authors=tuple((name, chance.choice(("", *AFFILIATIONS))) for name in people),
            categories=categories,
            listed_on=day,
            submitted=(submitted, *(self.calendar.submission_window(other)[0] + timedelta(hours=3) for other in replaced_on)),
            replaced_on=replaced_on,
            added=(chance.choice(spare), chance.choice(later)) if later and chance.random() < 0.1 else None,
            comment=chance.choice(("", "9 pages, 3 figures", "Accepted at SYNTH'26 <https://example.org>")),
        )

    def _next_id(self, day: date) -> str:
        month = f"{day:%y%m}"
        self._numbers[month] = self._numbers.get(month, 90000) + 1
        return f"{month}.{self._numbers[month]}"
