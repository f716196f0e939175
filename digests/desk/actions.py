"""The editor's actions on a day's list. Each is one change in the list's history; if the list is already as wanted, nothing is
written.

Every action raises Refused if it cannot be done, and Conflict if somebody else changed the same thing since the editor saw it;
`base` is what the editor saw. Nothing here knows HTTP.
"""

from collections.abc import Sequence
from datetime import date, datetime
from functools import partial

from django.contrib.auth.models import User
from django.db import transaction

from digests.desk.changing import Action, AsWanted, by_others, conflict, editing, entry_of, is_own, save
from digests.desk.state import digests_of
from digests.desk.undoing import removed
from digests.editing.columns import PIN, TEXTS, Mark
from digests.editing.conflicts import Conflict, Refused
from digests.editing.curation import keys_of_shown, new_entry, shown_tweets, take_live_counts
from digests.editing.positions import next_position, renumber
from digests.editing.sentences import said, told
from digests.models import Digest, Dismissal, Entry, ShownTweet
from papers.models import Paper, Provenance
from papers.ranking.candidates import ranked, rules

GOES_WITH_PAPER = (
    *(text.action for text in TEXTS),
    *(Action.TWEETS_CHOSEN, Action.TWEET_ADDED, Action.TWEET_DIRECTION),
    *(Action.ADDED, Action.REMOVED, Action.ADDED_SEVERAL, Action.REMOVED_SEVERAL, Action.ACCEPTED_ALL),
)
"""Changes that are lost when a paper is removed: its texts, its posts, and another editor's decision to list it."""

MOVES = (Action.MOVED, Action.MOVED_SEVERAL, Action.ACCEPTED_ALL)


@transaction.atomic
def add(day: date, paper: Paper, position: int | None = None, *, by: User, now: datetime) -> None:
    """List the paper at the position, or at the end, with its counts and the posts that the rules show.

    A paper that was removed from this list before comes back with its note, title and posts.
    """
    with editing(day, Action.ADDED, by=by, paper=paper) as digest:
        if digest.entries.filter(paper=paper).exists():
            raise AsWanted
        [entry] = insert_new(digest, [paper], now)
        if position is not None and position < entry.position:
            set_place(digest, entry, position)
    undismiss(day, [paper])


@transaction.atomic
def remove(day: date, paper: Paper, seen: int, *, by: User, now: datetime) -> None:
    """Remove the paper from this day's list, and stop suggesting it.

    Its note, title and posts go with it, and another editor may have changed these: `seen` is the revision of the list that the
    editor saw.
    """
    with editing(day, Action.REMOVED, by=by, paper=paper) as digest:
        if not (entry := digest.entries.select_related("paper").filter(paper=paper).first()):
            raise AsWanted
        if others := by_others(digest, seen, by, [paper], GOES_WITH_PAPER):
            words = [told(others), entry.otherwise.get("title"), entry.note]
            what, theirs = f"“{paper.plain_title}”", [line for line in words if line]
            overrule = {"revision": digest.revision}
            raise Conflict(what, mine="remove it", theirs=theirs, last=others[0], overrule=overrule)
        entry.delete()
        renumber(digest.entries.all(), [])
    put_aside(day, [paper], by=by, now=now)


def dismiss(day: date, paper: Paper, *, by: User, now: datetime) -> None:
    if is_listed(day, paper):
        raise Refused(f"“{paper.plain_title}” is already in the list. Remove it there if you don’t want it.")
    put_aside(day, [paper], by=by, now=now)


def put_aside(day: date, papers: Sequence[Paper], *, by: User, now: datetime) -> int:
    """Stop suggesting these papers on this day; return how many were undecided."""
    there = set(Dismissal.objects.filter(day=day, paper__in=papers).values_list("paper", flat=True))
    new = [Dismissal(day=day, paper=paper, by=by, at=now) for paper in papers if paper.pk not in there]
    Dismissal.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def undismiss(day: date, papers: Sequence[Paper]) -> None:
    Dismissal.objects.filter(day=day, paper__in=papers).delete()


def is_listed(day: date, paper: Paper) -> bool:
    digest = digests_of(day)[1]
    return digest is not None and digest.entries.filter(paper=paper).exists()


def move(day: date, paper: Paper, position: int, base: int | None, *, by: User) -> None:
    """Move the paper to the position; a position beyond the end means the last one.

    `base` says how often the paper had been moved when the editor saw it. None moves it whatever others did.
    """
    with editing(day, Action.MOVED, by=by, paper=paper, details={"to": position}) as digest:
        entry = entry_of(digest, paper, mine=f"move it to place {position}", by=by)
        wanted = max(1, min(position, digest.entries.count()))
        if entry.position == wanted:
            raise AsWanted
        if base is not None and entry.moves != base and not any(is_own(digest, paper, one, by) for one in MOVES):
            what, overrule = f"place of “{paper.plain_title}”", {"moves": entry.moves}
            mine, theirs = f"place {wanted}", f"place {entry.position}"
            raise conflict(digest, what, mine=mine, theirs=theirs, paper=paper, actions=MOVES, overrule=overrule)
        set_place(digest, entry, wanted)
        save(entry, moves=entry.moves + 1)


def mark(column: Mark, day: date, paper: Paper, is_set: bool, seen: int | None, *, by: User) -> None:
    """Set this mark on the paper, or take it away. `seen` is the revision of the list that the editor saw. None does it whatever
    others did.

    A mark is either set or not, so only the history tells whether another editor changed it since.
    """
    actions = column.actions
    words = [f"not {actions[True].label}", str(actions[True].label)]
    with editing(day, actions[is_set], by=by, paper=paper) as digest:
        entry = entry_of(digest, paper, mine=words[is_set], by=by)
        if column.read(entry) == is_set:
            raise AsWanted
        if seen is not None and (others := by_others(digest, seen, by, [paper], actions)):
            what, overrule = f"{column.name} of “{paper.plain_title}”", {"revision": digest.revision}
            base, last = words[not is_set], others[0]
            theirs = base if last.action == actions[not is_set] else said(last)
            raise Conflict(what, base=base, mine=words[is_set], theirs=theirs, last=last, overrule=overrule)
        save(entry, **{column.field: is_set})


pin = partial(mark, PIN)


def accept(day: date, paper: Paper, position: int, base: int | None, *, by: User, now: datetime) -> None:
    """Follow a suggestion: list the paper at that position, or move it there."""
    if is_listed(day, paper):
        move(day, paper, position, base, by=by)
    else:
        add(day, paper, position, by=by, now=now)


def ignore(day: date, paper: Paper, *, by: User, now: datetime) -> None:
    """Stop suggesting this: an entry stays where it is; any other paper is dismissed for this day."""
    if is_listed(day, paper):
        pin(day, paper, True, None, by=by)
    else:
        dismiss(day, paper, by=by, now=now)


def insert_new(digest: Digest, papers: Sequence[Paper], now: datetime) -> list[Entry]:
    """Add the papers as entries at the end, in this order. A paper that was removed before comes back as it was.

    With the latest counts; a constant number of queries where none was removed. To be called within a change.
    """
    live = {one.arxiv_id: one for one in ranked({paper.pk: paper.arxiv_id for paper in papers}, rules())}
    before = removed(digest, papers)
    tweets = keys_of_shown(live[paper.arxiv_id] for paper in papers if paper.pk not in before)
    made: list[tuple[Entry, list[ShownTweet]]] = []
    for position, paper in enumerate(papers, next_position(digest.entries.all())):
        heat = live[paper.arxiv_id]
        if paper.pk in before:
            entry, shown = before[paper.pk]
            if entry.provenance == Provenance.NETWORK:
                take_live_counts(entry, heat)
        else:
            entry = new_entry(digest, paper.pk, 0, heat, now)
            shown = shown_tweets(entry, heat, tweets)
        entry.position = position
        made.append((entry, shown))
    entries = Entry.objects.bulk_create(entry for entry, _ in made)
    for entry, shown in made:
        for row in shown:
            row.entry = entry
    ShownTweet.objects.bulk_create(row for _, shown in made for row in shown)
    return entries


def set_place(digest: Digest, entry: Entry, position: int) -> None:
    """Move the entry to the position; the others keep their order."""
    order = [pk for pk in digest.entries.order_by("position").values_list("pk", flat=True) if pk != entry.pk]
    order.insert(max(position, 1) - 1, entry.pk)
    renumber(digest.entries.all(), order)
