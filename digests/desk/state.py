"""The current state of a day's desk: everything that its page shows, in a constant number of queries."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from operator import attrgetter
from statistics import median
from typing import Any

from django.contrib.auth.models import User
from django.db.models import BooleanField, Case, Count, Q, When

from digests.desk.calendar_strip import StripDay, strip
from digests.desk.comments import Open, open_comments
from digests.desk.context import visits
from digests.desk.context.covered import covered, ignored_on
from digests.desk.filters import Filters
from digests.desk.next_step import NextStep, next_step
from digests.desk.pulse import pulse_of
from digests.desk.rows.candidates import CandidateRow, candidate_rows, chosen_candidates
from digests.desk.rows.entries import EntryRow, list_rows
from digests.desk.suggestions import Place, Suggestion, suggestions
from digests.editing import presence
from digests.models import Digest, Dismissal, Entry
from digests.publishing.scheduling import rule_publishes_at
from papers import network_words
from papers.models import CollectionDay, Paper, PaperCategory
from papers.ranking.candidates import announced_on, rules, tweets_on
from papers.ranking.ranking import MentionedPaper, RankedPaper, Rules, rank
from papers.rows import fetch, objects, select

INCOMPLETE = (CollectionDay.State.COLLECTING, CollectionDay.State.PARTIAL, CollectionDay.State.FAILED)
LAST_LISTS = 7
USUAL_LENGTH = 12
"""The usual length of a list if there are no earlier lists."""


@dataclass(frozen=True)
class Desk:
    day: date
    day_state: CollectionDay | None
    """None if nobody has looked at the day yet."""
    digest: Digest | None
    """The list that is shown and edited: the open correction, otherwise the day's own list."""
    published: Digest | None
    """The list that readers see now."""
    is_correction: bool
    is_overdue: bool
    """Its time has come, and it is not published: the check stops it, or the next tick will publish it."""
    rule_at: datetime | None
    """When the site's own rule will publish it."""
    rows: list[EntryRow]
    candidates: list[CandidateRow]
    more_candidates: int
    """How many candidates fit the filters and are left out of the page; `?all=1` shows them."""
    suggestions: list[Suggestion]
    rules: Rules
    strip: list[StripDay]
    editors: list[presence.Other]
    """The other editors who have this day's desk open."""
    unread: int
    """Notices that the editor has not read."""
    can_edit: bool
    """The user has the right to edit, and the list is not published."""
    can_ignore: bool
    """The user may ignore earlier coverage of a paper."""
    can_publish: bool
    can_save_rules: bool
    comments: Open
    filters: Filters
    next_step: NextStep
    has_candidates: bool
    dismissed: int
    """Dismissed candidates."""
    networks: Mapping[str, str]
    """Their names and titles, for the filter."""
    grace_left: float
    """Seconds until a day that an editor published becomes public; 0 if there is none."""
    pulse: str
    """Changes whenever another editor or a reading changes something; the page sends it with the next poll."""

    @property
    def here(self) -> str:
        """Return the version of who is here and where; the page sends it with the next poll."""
        return presence.version(self.editors, self.unread)

    @property
    def number_shown(self) -> int:
        """Return how many candidates fit the filters."""
        return len(self.candidates) + self.more_candidates

    @property
    def opens_on_candidates(self) -> bool:
        """Say whether a narrow screen, which shows one column, shows the candidates first: they wait, and nothing is listed."""
        return bool(self.candidates) and not self.rows

    @property
    def is_incomplete(self) -> bool:
        """Say whether there is a draft to which more papers or posts may still come."""
        is_draft = self.digest is not None and self.digest.status == Digest.Status.DRAFT and not self.is_correction
        return bool(is_draft and self.day_state and self.day_state.state in INCOMPLETE)

    @property
    def why_not(self) -> str:
        """Return why the list cannot be changed, and what to do; empty if it can."""
        if self.can_edit:
            return "" if self.digest else "This day has no list yet. Start it first."
        if self.digest and self.digest.goes_out_at:
            return "This day is being published. Undo that first, or start a correction once it is out."
        if self.published and not self.is_correction:
            who = "start" if self.can_publish else "somebody who may publish has to start"
            return f"This day is published. To change it, {who} a correction."
        return "You can read this list, but not change it. Ask an administrator for the role Curator or Editor."

    @property
    def revision(self) -> int:
        return self.digest.revision if self.digest else 0


def read_desk(day: date, user: User, filters: Filters, *, now: datetime) -> Desk:
    """Read the desk. `now` is by the collector's clock. Twenty-three queries; fewer if the day is empty, one more for who reviews
    it."""
    own, digest = digests_of(day)
    site_rules = rules()
    entries = _entries(digest)
    papers = _papers(day, entries)
    candidates, live = _ranked(papers, site_rules)
    by_number = {paper.arxiv_id: paper for paper in papers.values()}
    dismissals = dict(select(Dismissal, ("paper__arxiv_id", "id"), "day", [str(day)]))
    listed = [Place(entry.paper.arxiv_id, entry.position, entry.is_pinned or entry.moves > 0) for entry in entries]
    in_list = {entry.arxiv_id for entry in listed}
    is_open = digest is not None and digest.is_editable
    can_edit = user.has_perm("digests.change_digest") and (digest is None or is_open)
    found = suggestions(candidates, listed, live, dismissals) if is_open else []
    suggested = {suggestion.arxiv_id: suggestion for suggestion in found}
    chosen, more = chosen_candidates(candidates, by_number, filters, listed=in_list, dismissed=dismissals)
    told = {by_number[number].pk: by_number[number] for number in [*in_list, *(heat.arxiv_id for heat in chosen)]}
    ignored = ignored_on(day)
    comments = open_comments(day)
    repeats = covered(told, day, entries, ignored)
    rows = candidate_rows(
        chosen,
        by_number,
        listed=in_list,
        dismissed=dismissals,
        suggested=suggested,
        covered=repeats,
        new=visits.new_papers(day, user, told),
        now=now,
        can_add=digest is not None and can_edit,
        comments=comments.by_paper,
    )
    editors, unread = presence.others_and_unread(day, user)
    days, day_state = strip(day, now.astimezone(UTC).date())
    last_read = max((line.read_at for heat in candidates for line in heat.tweets if line.read_at), default=None)
    return Desk(
        day=day,
        day_state=day_state,
        digest=digest,
        published=own if own and own.status == Digest.Status.PUBLISHED else None,
        is_correction=bool(digest and digest.corrects_id),
        is_overdue=bool(digest and digest.publish_at and digest.publish_at <= now),
        rule_at=rule_publishes_at(digest, now) if digest else None,
        rows=list_rows(entries, live, suggested=suggested, covered=repeats, can_edit=can_edit, comments=comments.by_paper),
        candidates=rows,
        more_candidates=more,
        suggestions=found,
        rules=site_rules,
        strip=days,
        editors=editors,
        unread=unread,
        can_edit=can_edit,
        can_ignore=user.has_perm("digests.change_digest"),
        can_publish=user.has_perm("digests.publish_digest"),
        can_save_rules=user.has_perm("papers.change_savedrules"),
        comments=comments,
        filters=filters,
        next_step=next_step(
            digest,
            len(entries),
            sum(heat.hot for heat in candidates),
            usual_length(day),
            can_edit=can_edit,
            can_publish=user.has_perm("digests.publish_digest"),
            is_correction=bool(digest and digest.corrects_id),
            published=len(entries),
        ),
        has_candidates=bool(candidates),
        grace_left=max(0.1, (digest.goes_out_at - now).total_seconds()) if digest and digest.goes_out_at else 0,
        dismissed=len(dismissals),
        networks=network_words.titles(),
        pulse=pulse_of(
            digest, [*dismissals.values()], [*ignored.values()], comments.pulse, last_read, day_state, site_rules.saved_at
        ),
    )


def usual_length(day: date) -> int:
    """Return how many papers a list usually has: the median of the last seven before the day; one query."""
    last = Digest.objects.published().filter(date__lt=day, is_sample=False).order_by("-date")[:LAST_LISTS]
    lengths = [number for number in last.annotate(papers_in=Count("entries")).values_list("papers_in", flat=True) if number]
    return int(median(lengths)) if lengths else USUAL_LENGTH


def _entries(digest: Digest | None) -> list[Entry]:
    """Return the entries in order, with their shown posts; two queries."""
    if digest is None:
        return []
    entries = sorted(objects(Entry, "digest", [digest.pk]), key=attrgetter("position"))
    for entry in entries:
        entry.digest = digest
    fetch(entries, "shown_tweets", joined="tweet")
    return entries


def _papers(day: date, entries: list[Entry]) -> dict[int, Any]:
    """Return the day's candidates and the papers on the list, which may be of other days, by primary key.

    Each has `is_candidate`, `has_abstract` and `codes` (its categories), but no abstract, which the desk does not show. The
    entries get their papers. Two queries.
    """
    announced = announced_on(day)
    papers = (
        Paper.objects.filter(announced | Q(pk__in=[entry.paper_id for entry in entries]))
        .order_by()
        .only("arxiv_id", "title", "authors", "listing_date", "announced_as", "submitted_at", "newer")
        .annotate(is_candidate=_whether(announced), has_abstract=_whether(~Q(abstract="")))
    )
    found: dict[int, Any] = {paper.pk: paper for paper in papers}
    codes: defaultdict[int, list[str]] = defaultdict(list)
    for _, pk, code in sorted(select(PaperCategory, ("position", "paper", "code"), "paper", found)):
        codes[pk].append(code)
    for pk, paper in found.items():
        paper.codes = codes[pk]
    for entry in entries:
        entry.paper = found[entry.paper_id]
    return found


def _ranked(papers: Mapping[int, Any], site_rules: Rules) -> tuple[list[RankedPaper], dict[str, RankedPaper]]:
    """Return the day's candidates, ranked, and what all these papers have now, by arXiv id; one query."""
    tweets = tweets_on(papers)
    ranked = {
        is_candidate: rank(
            (MentionedPaper(paper.arxiv_id, tweets[pk]) for pk, paper in papers.items() if paper.is_candidate == is_candidate),
            site_rules,
        )
        for is_candidate in (True, False)
    }
    return ranked[True], {heat.arxiv_id: heat for heat in [*ranked[False], *ranked[True]]}


def _whether(condition: Q) -> Case:
    return Case(When(condition, then=True), default=False, output_field=BooleanField())


def digests_of(day: date) -> tuple[Digest | None, Digest | None]:
    """Return the day's own digest, and the list that the desk edits: the open correction, otherwise the digest itself; one
    query."""
    found = {bool(digest.corrects_id): digest for digest in objects(Digest, "date", [str(day)])}
    return found.get(False), found.get(True) or found.get(False)


def newest_day(today: date) -> date:
    """Return the last day of which we have anything; today if there is none."""
    state = CollectionDay.State
    collected = CollectionDay.objects.exclude(state__in=[state.NOT_ANNOUNCED, state.QUIET]).order_by("-date")
    digests = Digest.objects.filter(date__lte=today).order_by("-date")
    papers = Paper.objects.filter(listing_date__lte=today).order_by("-listing_date")
    days = [query.values_list("date", flat=True).first() for query in (collected, digests)]
    days.append(papers.values_list("listing_date", flat=True).first())
    return max((day for day in days if day), default=today)
