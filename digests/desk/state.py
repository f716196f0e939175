"""A day's desk as it stands: everything that its page shows, in a constant number of queries."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Count, Max
from django.utils import timezone

from digests.desk import presence
from digests.desk.candidate_rows import CandidateRow, candidate_rows
from digests.desk.filters import Filters
from digests.desk.list_rows import ListRow, entries_of, list_rows, live_counts
from digests.desk.strip import StripDay, strip
from digests.desk.suggestions import Listed, Suggestion, suggestions
from digests.models import Digest, Dismissal
from papers.candidates import candidates, rules
from papers.models import CollectionDay, Tweet
from papers.ranking import Rules


@dataclass(frozen=True)
class Desk:
    day: date
    day_state: CollectionDay | None
    """None where nobody looked at the day yet."""
    digest: Digest | None
    """The list that is shown and edited: the correction where one is open, else the day's own."""
    published: Digest | None
    """What readers see now."""
    is_correction: bool
    rows: list[ListRow]
    candidates: list[CandidateRow]
    more_candidates: int
    """Those that the filters admit and the page leaves out: `?all=1` shows them."""
    left_to_decide: int
    """Hot candidates that are neither in the list nor dismissed."""
    suggestions: list[Suggestion]
    rules: Rules
    strip: list[StripDay]
    editors: list[str]
    """The others who have this day's desk open."""
    can_edit: bool
    """The user may, and the list is not published."""
    can_publish: bool
    can_save_rules: bool
    filters: Filters
    pulse: str
    """Changes with whatever another editor or a reading changes; to be sent with the next poll."""

    @property
    def revision(self) -> int:
        return self.digest.revision if self.digest else 0


def read_desk(day: date, user: "User | AnonymousUser", filters: Filters, *, now: datetime) -> Desk:
    """`now` by the collector's clock."""
    own, digest = digests_of(day)
    ranking_rules = rules()
    ranked = candidates(day, ranking_rules)
    entries = entries_of(digest) if digest else []
    live = live_counts(digest, ranked, ranking_rules)
    dismissed = set(Dismissal.objects.filter(day=day).values_list("paper__arxiv_id", flat=True))
    is_open = is_editable(digest)
    listed = [Listed(entry.paper.arxiv_id, entry.position, entry.is_pinned or entry.moves > 0) for entry in entries]
    in_list = {entry.arxiv_id for entry in listed}
    suggested = suggestions(ranked, listed, live, dismissed) if is_open else []
    said = {one.arxiv_id: (one.position, one.text) for one in suggested}
    rows, more = candidate_rows(day, ranked, filters, listed=in_list, dismissed=dismissed, suggested=said, now=now)
    return Desk(
        day=day,
        day_state=CollectionDay.objects.filter(date=day).first(),
        digest=digest,
        published=own if own and own.status == Digest.Status.PUBLISHED else None,
        is_correction=bool(digest and digest.corrects_id),
        rows=list_rows(day, entries, live, said),
        candidates=rows,
        more_candidates=more,
        left_to_decide=sum(paper.hot and paper.arxiv_id not in in_list and paper.arxiv_id not in dismissed for paper in ranked),
        suggestions=suggested,
        rules=ranking_rules,
        strip=strip(day, now.astimezone(UTC).date()),
        editors=presence.others(day, user, now=timezone.now()) if isinstance(user, User) else [],
        can_edit=user.has_perm("digests.change_digest") and (digest is None or is_open),
        can_publish=user.has_perm("digests.publish_digest"),
        can_save_rules=user.has_perm("papers.change_savedrules"),
        filters=filters,
        pulse=pulse(day, digest),
    )


def digests_of(day: date) -> tuple[Digest | None, Digest | None]:
    """The day's own digest, and the list that the desk edits: its correction where one is open, else itself; one query."""
    found = {bool(digest.corrects_id): digest for digest in Digest.all_drafts.filter(date=day)}
    return found.get(False), found.get(True) or found.get(False)


def is_editable(digest: Digest | None) -> bool:
    """Readers see a published list as it is: it is corrected on a copy."""
    return digest is not None and digest.status != Digest.Status.PUBLISHED


def pulse(day: date, digest: Digest | None) -> str:
    """Two queries."""
    dismissed = Dismissal.objects.filter(day=day).aggregate(number=Count("pk"), last=Max("pk"))
    read = Tweet.objects.filter(mentions__paper__listing_date=day).aggregate(last=Max("read_at"))["last"]
    list_ = f"{digest.pk}.{digest.revision}.{digest.status}.{digest.changed_at.timestamp()}" if digest else "0"
    return f"{list_}-{dismissed['number']}.{dismissed['last'] or 0}-{read.timestamp() if read else 0}"


def newest_day(today: date) -> date:
    """The last day of which something is here; today where nothing is."""
    state = CollectionDay.State
    collected = CollectionDay.objects.exclude(state__in=[state.NOT_ANNOUNCED, state.QUIET]).order_by("-date")
    digests = Digest.objects.filter(date__lte=today).order_by("-date")
    days = [query.values_list("date", flat=True).first() for query in (collected, digests)]
    return max((day for day in days if day), default=today)
