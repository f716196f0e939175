"""The left side of the desk: the day's candidates, ranked."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import cached_property
from itertools import pairwise
from typing import Any

from django.db.models import F, Max, Q
from django.db.models.functions import TruncDate

from digests.desk.context.covered import Covered, marks
from digests.desk.filters import SHOWN, Filters
from digests.desk.rows.changed import version_of
from digests.desk.suggestions import Suggestion
from papers.models import Paper, PaperMeasurement, Provenance
from papers.ranking.ranking import RankedPaper
from papers.rendered.kinds import Kind, Text, names_source
from papers.rendered.stored import Texts

SPARK_DAYS = 7
VANISHED = "post gone"


@dataclass(frozen=True)
class CandidateRow:
    paper: Paper
    rank: int
    score: int
    counts: Mapping[str, Mapping[str, int]]
    """By network and its own names."""
    read_at: datetime | None
    hot: bool
    in_list: bool
    dismissed: bool
    age_hours: int
    """Hours since arXiv received it; if that is unknown, since its listing day began."""
    spark: list[int]
    """The highest score of each of the last days on which it was measured, oldest first."""
    flags: list[str]
    suggestion: str
    """What is suggested, in words; empty for nothing."""
    suggested_position: int | None
    title: str
    """Plain text; so are the authors' names."""
    authors: list[str]
    categories: list[str]
    can_add: bool
    """There is a list, and the editor may change it."""
    comments: int
    """The number of unresolved comments."""
    covered: list[Covered]
    """Coverage in past lists that no editor ignores."""
    is_new: bool
    """Whether it came, or got its first post, since the editor's last visit."""

    @property
    def is_rising(self) -> bool:
        """Say whether its last day brought more than any day before."""
        gains = [after - before for before, after in pairwise(self.spark)]
        return len(gains) > 1 and gains[-1] > max(0, *gains[:-1])

    @cached_property
    def version(self) -> str:
        """Return the version of what the row shows, except its age, which changes every hour."""
        shown = self.title, self.authors[:1], len(self.authors), self.categories[:1], self.score, self.counts, self.spark
        state = self.hot, self.in_list, self.dismissed, self.flags, self.suggestion, self.suggested_position, self.can_add
        return version_of(shown, state, self.covered, self.is_new, self.comments)


def chosen_candidates(
    ranked: Iterable[RankedPaper],
    papers: Mapping[str, Any],
    filters: Filters,
    *,
    listed: Collection[str],
    dismissed: Collection[str],
) -> tuple[list[RankedPaper], int]:
    """Return the candidates to show, and how many more fit the filters."""
    shown = (heat for heat in ranked if filters.shows(heat.arxiv_id, listed, dismissed))
    admitted = [heat for heat in shown if filters.admit(papers[heat.arxiv_id], papers[heat.arxiv_id].codes, heat)]
    chosen = [heat for place, heat in enumerate(admitted) if filters.all or heat.hot or place < SHOWN]
    return chosen, len(admitted) - len(chosen)


def candidate_rows(
    chosen: Collection[RankedPaper],
    papers: Mapping[str, Any],
    *,
    listed: Collection[str],
    dismissed: Collection[str],
    suggested: Mapping[str, Suggestion],
    covered: Mapping[int, list[Covered]],
    new: Collection[int],
    now: datetime,
    can_add: bool,
    comments: Mapping[str, int],
) -> list[CandidateRow]:
    """Return the rows; two queries. The papers must be read by `state`."""
    spark = sparks([papers[heat.arxiv_id].pk for heat in chosen if heat.tweets], now)
    texts = Texts(text for heat in chosen for text in _texts(papers[heat.arxiv_id]))
    rows = []
    for heat in chosen:
        paper = papers[heat.arxiv_id]
        suggestion = None if heat.arxiv_id in listed else suggested.get(heat.arxiv_id)
        flags = paper_flags(paper)
        if any(line.state != "live" for line in heat.tweets):
            flags.append(VANISHED)
        rows.append(
            CandidateRow(
                paper=paper,
                rank=heat.rank,
                score=heat.score,
                counts=heat.counts,
                read_at=max((line.read_at for line in heat.tweets if line.read_at), default=None),
                hot=heat.hot,
                in_list=heat.arxiv_id in listed,
                dismissed=heat.arxiv_id in dismissed,
                age_hours=age_hours(paper, now),
                spark=spark.get(paper.pk, []),
                flags=flags,
                suggestion=suggestion.text if suggestion else "",
                suggested_position=suggestion.position if suggestion else None,
                title=texts.line_text(paper.title),
                authors=texts.names(paper.authors),
                categories=paper.codes,
                can_add=can_add,
                comments=comments.get(heat.arxiv_id, 0),
                covered=marks(covered, paper.pk),
                is_new=paper.pk in new,
            )
        )
    return rows


def _texts(paper: Paper) -> list[Text]:
    return [(Kind.LINE, paper.title), (Kind.NAMES, names_source(paper.authors))]


def paper_flags(paper: Any) -> list[str]:
    """Return what an editor should know about a paper before listing it, apart from its coverage in past lists."""
    flags = []
    if paper.newer:
        flags.append(f"version {paper.newer['version']} available")
    if not paper.has_abstract:
        flags.append("no abstract")
    if paper.announced_as == Paper.AnnouncedAs.CROSS:
        flags.append("cross-listed")
    return flags


def sparks(papers: Collection[int], now: datetime) -> dict[int, list[int]]:
    """Return the sparklines; one query."""
    recent = Q(paper__in=papers, provenance=Provenance.NETWORK, read_at__gt=now - timedelta(days=SPARK_DAYS))
    daily = (
        PaperMeasurement.objects.filter(recent)
        .order_by()
        .values("paper", day=TruncDate("read_at", tzinfo=UTC))
        .annotate(score=Max(F("retweets") + F("favorites") + F("extra_points")))
        .order_by("paper", "day")
    )
    found: defaultdict[int, list[int]] = defaultdict(list)
    for row in daily:
        found[row["paper"]].append(row["score"])
    return found


def age_hours(paper: Paper, now: datetime) -> int:
    since = paper.submitted_at or datetime.combine(paper.listing_date, time(), UTC)
    return max(0, int((now - since).total_seconds() // 3600))
