"""The editor's actions on many papers of a day at once: each is one change in the history, and can be undone as one.

All raise Refused if it cannot be done, and Conflict if somebody else changed the same thing since the editor saw it.
"""

from collections.abc import Sequence
from datetime import date, datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F

from digests.desk.actions import GOES_WITH_PAPER, MOVES, insert_new, put_aside, undismiss
from digests.desk.changing import REMOVALS, Action, AsWanted, by_others, editing
from digests.desk.state import digests_of
from digests.editing.conflicts import Conflict
from digests.editing.positions import renumber
from digests.editing.sentences import told
from digests.models import Digest, Dismissal, Entry, ListChange
from papers.models import Paper
from papers.plurals import counted
from papers.ranking.candidates import announced_on, ranked
from papers.ranking.ranking import Rules


@transaction.atomic
def remove_several(day: date, papers: Sequence[Paper], seen: int, *, by: User, now: datetime) -> int:
    """Remove these papers from the day's list and stop suggesting them; return how many were on it.

    `seen` as for `actions.remove`.
    """
    removed = 0
    with editing(day, Action.REMOVED_SEVERAL, by=by, papers=papers) as digest:
        listed = digest.entries.filter(paper__in=papers).select_related("paper")
        still = [entry.paper for entry in listed]
        if not (removed := len(still)):
            raise AsWanted
        _ask(digest, seen, by, still, (*GOES_WITH_PAPER, *MOVES), mine=f"remove {counted(removed, 'paper')}")
        listed.delete()
        renumber(digest.entries.all(), [])
    put_aside(day, papers, by=by, now=now)
    return removed


@transaction.atomic
def add_several(day: date, papers: Sequence[Paper], *, by: User, now: datetime) -> int:
    """List these papers at the end, in this order; return how many were not on the list."""
    new: list[Paper] = []
    with editing(day, Action.ADDED_SEVERAL, by=by, papers=papers) as digest:
        listed = set(digest.entries.filter(paper__in=papers).values_list("paper", flat=True))
        new = [paper for paper in papers if paper.pk not in listed]
        if not new:
            raise AsWanted
        insert_new(digest, new, now)
    undismiss(day, papers)
    return len(new)


def move_to_top(day: date, papers: Sequence[Paper], seen: int, *, by: User) -> None:
    """Move these papers to the top, in this order."""
    with editing(day, Action.MOVED_SEVERAL, by=by, papers=papers) as digest:
        keys = dict(digest.entries.filter(paper__in=papers).values_list("paper", "pk"))
        wanted = [keys[paper.pk] for paper in papers if paper.pk in keys]
        order = list(digest.entries.order_by("position").values_list("pk", flat=True))
        is_so = order[: len(wanted)] == wanted
        if is_so and len(wanted) == len(papers):
            raise AsWanted
        mine = f"move {counted(len(papers), 'paper')} to the top"
        _ask(digest, seen, by, papers, (*MOVES, *REMOVALS), mine=mine, is_left=bool(wanted))
        if is_so:
            raise AsWanted
        renumber(digest.entries.all(), wanted)
        digest.entries.filter(pk__in=wanted).update(moves=F("moves") + 1)


def dismiss_several(day: date, papers: Sequence[Paper], *, by: User, now: datetime) -> int:
    """Dismiss these papers for this day, except those on the list; return how many were undecided."""
    digest = digests_of(day)[1]
    listed = set(digest.entries.filter(paper__in=papers).values_list("paper", flat=True)) if digest else set()
    return put_aside(day, [paper for paper in papers if paper.pk not in listed], by=by, now=now)


def accept_all(day: date, wanted: Sequence[tuple[Paper, int]], seen: int, *, by: User, now: datetime) -> int:
    """Follow all suggestions that the editor saw, each paper at its position; return how many."""
    papers = [paper for paper, _ in wanted]
    with editing(day, Action.ACCEPTED_ALL, by=by, papers=papers) as digest:
        mine = f"accept {counted(len(wanted), 'suggestion')}"
        _ask(digest, seen, by, papers, (*GOES_WITH_PAPER, *MOVES, Action.PINNED), mine=mine)
        keys = dict(digest.entries.order_by("position").values_list("paper", "pk"))
        before = list(keys.values())
        order = list(before)
        new = [paper for paper in papers if paper.pk not in keys]
        keys |= {entry.paper_id: entry.pk for entry in insert_new(digest, new, now)}
        moved = []
        for paper, position in sorted(wanted, key=lambda one: one[1]):
            if (pk := keys[paper.pk]) in order and order.index(pk) != position - 1:
                moved.append(pk)
                order.remove(pk)
            if pk not in order:
                order.insert(position - 1, pk)
        if order == before:
            raise AsWanted
        renumber(digest.entries.all(), order)
        digest.entries.filter(pk__in=moved).update(moves=F("moves") + 1)
        undismiss(day, new)
    return len(wanted)


def apply_rules(day: date, rules: Rules, seen: int, *, by: User, now: datetime) -> tuple[int, int]:
    """Make this day's list what these rules find hot; return how many papers were added and removed.

    Papers that an editor pinned or wrote a note on stay, and so do papers of other days. Papers that stay keep their order.
    """
    papers = {paper.pk: paper for paper in Paper.objects.filter(announced_on(day)).order_by().defer("abstract")}
    hot = [one.arxiv_id for one in ranked({pk: paper.arxiv_id for pk, paper in papers.items()}, rules) if one.hot]
    by_number = {paper.arxiv_id: paper for paper in papers.values()}
    dismissed = set(Dismissal.objects.filter(day=day).values_list("paper__arxiv_id", flat=True))
    added: list[Paper] = []
    removed: list[Entry] = []
    with editing(day, Action.THRESHOLD, by=by, details={"score": rules.hot_score}) as digest:
        listed = {entry.paper_id: entry for entry in digest.entries.all()}
        removed = [
            entry
            for pk, entry in listed.items()
            if pk in papers and papers[pk].arxiv_id not in hot and not entry.is_pinned and not entry.note
        ]
        added = [by_number[number] for number in hot if number not in dismissed and by_number[number].pk not in listed]
        if not added and not removed:
            raise AsWanted
        concerned = [*added, *(papers[entry.paper_id] for entry in removed)]
        _ask(digest, seen, by, concerned, GOES_WITH_PAPER, mine=f"apply the threshold {rules.hot_score} to this day")
        digest.entries.filter(pk__in=[entry.pk for entry in removed]).delete()
        renumber(digest.entries.all(), [])
        insert_new(digest, added, now)
    return len(added), len(removed)


def _ask(
    digest: Digest,
    seen: int,
    by: User,
    papers: Sequence[Paper],
    actions: Sequence[ListChange.Action],
    *,
    mine: str,
    is_left: bool = True,
) -> None:
    """Raise Conflict if somebody else did one of these actions to one of the papers since the revision `seen`.

    It cannot be done anyway where nothing `is_left` to do it to.
    """
    if others := by_others(digest, seen, by, papers, actions):
        overrule = {"revision": digest.revision} if is_left else None
        raise Conflict("the list", mine=mine, theirs=told(others), last=others[0], overrule=overrule)
