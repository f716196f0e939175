"""What an editor does to a day's list. Each is one change in its history, or none where all is as wanted already.

All raise Refused where it cannot be done, and Conflict where somebody else changed the same thing since the editor saw it: what
the editor saw comes along as `base`. No HTTP here.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db.models import Max

from digests.admin.ordered_rows import renumber
from digests.desk.state import digests_of, is_editable
from digests.desk.undoing import TAKEN_OUT, taken_out
from digests.editing import history
from digests.editing.conflicts import Conflict, Refused
from digests.editing.curation import keys_of_shown, new_entry, shown_tweets, take_live_counts
from digests.models import Digest, Dismissal, Entry, ShownTweet
from papers.editing import LINE_END, refuse_control_characters
from papers.models import Mention, Paper, Provenance, SavedRules, Tweet
from papers.ranking.candidates import ranked, rules
from papers.ranking.ranking import Rules

OF_ENTRY = (
    *("note of {}", "title of {}", "tweets of {}", "tweet added to {}", "direction of a tweet of {}"),
    *("{} added", TAKEN_OUT),  # which may be undone
)
"""So end the history's lines about what goes with a paper that is taken out."""
OF_ALL = (history.RESTORED, history.IN_FORM)
"""So begin those that may be about anything in the list."""
LONGEST_TEXT = 20_000
LONGEST_TITLE = 1_000


class _AsWanted(Exception):
    """There is nothing to change."""


@contextmanager
def editing(day: date, *, by: User, what: str) -> Iterator[Digest]:
    """A change of the day's list, which is locked meanwhile; none where the block finds all as wanted."""
    digest = digests_of(day)[1]
    if digest is None:
        raise Refused("This day has no list yet. Start one first.")
    try:
        with history.change(digest.pk, by=by, what=what) as locked:
            if not is_editable(locked):
                raise Refused("This day is published. Correct it: the correction is edited, and then published in its turn.")
            yield locked
    except _AsWanted:
        pass
    except Digest.DoesNotExist:
        raise Refused("This correction has been closed by somebody else. Load the page again.") from None


def add(day: date, paper: Paper, position: int | None = None, *, by: User, now: datetime) -> None:
    """List the paper at the position, or at the end, with its counts and the tweets that the rules show.

    What was taken out of this list before returns with its note, title and tweets.
    """
    with editing(day, by=by, what=f"{paper.arxiv_id} added") as digest:
        Dismissal.objects.filter(day=day, paper=paper).delete()
        if digest.entries.filter(paper=paper).exists():
            raise _AsWanted
        entry, shown = _new(digest, paper, now)
        _insert(digest, entry, shown, position)


def take_out(day: date, paper: Paper, seen: int, *, by: User, now: datetime) -> None:
    """Not in this day's list, and not to be suggested for it.

    `seen` is the revision of the list that the editor saw: with the paper go its note, title and tweets, which another editor
    may have changed since.
    """
    number = paper.arxiv_id
    with editing(day, by=by, what=TAKEN_OUT.format(number)) as digest:
        _dismiss(day, paper, by, now)
        if not (entry := digest.entries.select_related("paper").filter(paper=paper).first()):
            raise _AsWanted
        if others := _changed_by_others(digest, seen, by, [words.format(number) for words in OF_ENTRY]):
            words = [history.told(others), entry.otherwise.get("title"), entry.note]
            last, overrule = others[0], {"revision": digest.revision}
            theirs = [line for line in words if line]
            raise Conflict(number, base=None, mine="take it out", theirs=theirs, by=last.by, at=last.at, overrule=overrule)
        entry.delete()
        renumber(digest.entries.all(), [])


def dismiss(day: date, paper: Paper, *, by: User, now: datetime) -> None:
    digest = digests_of(day)[1]
    if digest and digest.entries.filter(paper=paper).exists():
        raise Refused(f"{paper.arxiv_id} is in the list by now. Take it out there if it is to go.")
    _dismiss(day, paper, by, now)


def undismiss(day: date, paper: Paper) -> None:
    Dismissal.objects.filter(day=day, paper=paper).delete()


def move(day: date, paper: Paper, position: int, base: int | None, *, by: User) -> None:
    """Give the paper the position; beyond the end it gets the last one.

    `base` is how often it had been moved when the editor saw it; None to move it whatever others did.
    """
    with editing(day, by=by, what=f"{paper.arxiv_id} moved to {position}") as digest:
        entry = _entry(digest, paper, mine=position)
        wanted = max(1, min(position, digest.entries.count()))
        if entry.position == wanted:
            raise _AsWanted
        if base is not None and entry.moves != base:
            what, overrule = f"place of {paper.arxiv_id}", {"moves": entry.moves}
            since = f"{paper.arxiv_id} moved"
            raise _conflict(digest, what, base=None, mine=wanted, theirs=entry.position, overrule=overrule, since=since)
        _place(digest, entry, wanted)
        _save(entry, moves=entry.moves + 1)


def pin(day: date, paper: Paper, pinned: bool, seen: int | None, *, by: User) -> None:
    """`seen` is the revision of the list that the editor saw; None to pin it whatever others did.

    A pin is set or not, so only the history tells whether another editor changed it since.
    """
    words = [f"{paper.arxiv_id} no longer pinned", f"{paper.arxiv_id} pinned"]
    with editing(day, by=by, what=words[pinned]) as digest:
        entry = _entry(digest, paper, mine=words[pinned])
        if entry.is_pinned == pinned:
            raise _AsWanted
        if seen is not None and (others := _changed_by_others(digest, seen, by, words)):
            what, overrule = f"pin of {paper.arxiv_id}", {"revision": digest.revision}
            base, last = words[not pinned], others[0]
            raise Conflict(what, base=base, mine=words[pinned], theirs=last.what, by=last.by, at=last.at, overrule=overrule)
        _save(entry, is_pinned=pinned)


def note(day: date, paper: Paper, text: str, base: str, *, by: User) -> None:
    """The editors' word on the paper, in Markdown."""
    mine = _clean(text, longest=LONGEST_TEXT)
    with editing(day, by=by, what=f"note of {paper.arxiv_id}") as digest:
        entry = _entry(digest, paper, mine=mine)
        _compare(digest, f"note of {paper.arxiv_id}", base=_lines(base), mine=mine, theirs=entry.note)
        _save(entry, note=mine)


def title(day: date, paper: Paper, text: str, base: str, *, by: User) -> None:
    """What the day prints as the paper's title; empty for the paper's own."""
    mine = " ".join(_clean(text, longest=LONGEST_TITLE).split("\n")).strip()
    if mine == paper.title:
        mine = ""
    with editing(day, by=by, what=f"title of {paper.arxiv_id}") as digest:
        entry = _entry(digest, paper, mine=mine)
        theirs = str(entry.otherwise.get("title", ""))
        base = "" if base == paper.title else base
        _compare(digest, f"title of {paper.arxiv_id}", base=base, mine=mine, theirs=theirs)
        others = {key: value for key, value in entry.otherwise.items() if key != "title"}
        _save(entry, printed_otherwise=(others | ({"title": mine} if mine else {})) or None)


def intro(day: date, text: str, base: str, *, by: User) -> None:
    """The editors' words on the day, in Markdown."""
    mine = _clean(text, longest=LONGEST_TEXT)
    with editing(day, by=by, what="intro") as digest:
        _compare(digest, "intro", base=_lines(base), mine=mine, theirs=digest.intro)
        digest.intro = mine


def show_tweets(day: date, paper: Paper, status_ids: Sequence[str], base: Sequence[str], *, by: User) -> None:
    """Show these tweets under the paper, in this order; each of them mentions it, or stands there already."""
    mine = list(dict.fromkeys(status_ids))
    with editing(day, by=by, what=f"tweets of {paper.arxiv_id}") as digest:
        entry = _entry(digest, paper, mine=mine)
        shown: dict[str, int] = {}
        for row in entry.shown_tweets.select_related("tweet"):
            shown.setdefault(row.tweet.status_id, row.pk)
        _compare(digest, f"tweets of {paper.arxiv_id}", base=list(base), mine=mine, theirs=list(shown))
        _show(entry, mine, shown)


def show_tweet(day: date, paper: Paper, tweet: Tweet, *, by: User) -> None:
    """Show one more tweet under the paper, behind the others."""
    with editing(day, by=by, what=f"tweet added to {paper.arxiv_id}") as digest:
        entry = _entry(digest, paper, mine=tweet.status_id)
        if entry.shown_tweets.filter(tweet=tweet).exists():
            raise _AsWanted
        last = entry.shown_tweets.aggregate(last=Max("position"))["last"] or 0
        ShownTweet.objects.create(entry=entry, tweet=tweet, position=last + 1)


def accept(day: date, paper: Paper, position: int, base: int | None, *, by: User, now: datetime) -> None:
    """Do what the machine suggests: list the paper there, or move it there."""
    digest = digests_of(day)[1]
    if digest and digest.entries.filter(paper=paper).exists():
        move(day, paper, position, base, by=by)
    else:
        add(day, paper, position, by=by, now=now)


def ignore(day: date, paper: Paper, *, by: User, now: datetime) -> None:
    """Let the machine not suggest it again: an entry stays where it is, another paper is not for this day."""
    digest = digests_of(day)[1]
    if digest and digest.entries.filter(paper=paper).exists():
        pin(day, paper, True, None, by=by)
    else:
        dismiss(day, paper, by=by, now=now)


def save_rules(wanted: Rules) -> None:
    """For the whole site, from now on."""
    SavedRules.objects.update_or_create(
        only=True,
        defaults={
            "hot_score": wanted.hot_score,
            "shown_tweet_score": wanted.shown_tweet_score,
            "shown_tweets": wanted.shown_tweets,
            "one_tweet_per_author": wanted.one_tweet_per_author,
        },
    )


def _dismiss(day: date, paper: Paper, by: User, now: datetime) -> None:
    Dismissal.objects.get_or_create(day=day, paper=paper, defaults={"by": by, "at": now})


def _entry(digest: Digest, paper: Paper, *, mine: Any) -> Entry:
    """The paper's entry. Where somebody took it out, what the editor wanted of it is not lost."""
    entry = digest.entries.select_related("paper").filter(paper=paper).first()
    if entry is None:
        what, since = f"{paper.arxiv_id}, which is no longer in the list", TAKEN_OUT.format(paper.arxiv_id)
        raise _conflict(digest, what, base=None, mine=mine, theirs=None, since=since)
    return entry


def _end(digest: Digest) -> int:
    return int(digest.entries.aggregate(last=Max("position"))["last"] or 0) + 1


def _new(digest: Digest, paper: Paper, now: datetime) -> tuple[Entry, list[ShownTweet]]:
    """With the counts as last read, and the tweets that the rules show or those that it had when it was taken out; not saved."""
    [live] = ranked({paper.pk: paper.arxiv_id}, rules())
    if before := taken_out(digest, paper):
        if before[0].provenance == Provenance.NETWORK:
            take_live_counts(before[0], live)
        return before
    entry = new_entry(digest, paper.pk, 0, live, now)
    return entry, shown_tweets(entry, live, keys_of_shown([live]))


def _insert(digest: Digest, entry: Entry, shown: list[ShownTweet], position: int | None) -> None:
    entry.position = end = _end(digest)
    entry.save()
    for row in shown:
        row.entry = entry
    ShownTweet.objects.bulk_create(shown)
    if position is not None and position < end:
        _place(digest, entry, position)


def _place(digest: Digest, entry: Entry, position: int) -> None:
    """Give the entry the position; the others keep their order."""
    order = [pk for pk in digest.entries.order_by("position").values_list("pk", flat=True) if pk != entry.pk]
    order.insert(max(position, 1) - 1, entry.pk)
    renumber(digest.entries.all(), order)


def _show(entry: Entry, wanted: list[str], shown: dict[str, int]) -> None:
    """`shown`: rows that are there, by status id."""
    entry.shown_tweets.exclude(pk__in=[pk for status_id, pk in shown.items() if status_id in wanted]).delete()
    known = Mention.objects.filter(paper=entry.paper_id, tweet__status_id__in=wanted)
    tweets = dict(known.values_list("tweet__status_id", "tweet"))
    if unknown := [status_id for status_id in wanted if status_id not in shown and status_id not in tweets]:
        raise Refused(f"The tweet {unknown[0]} does not mention this paper. Add it by its link.")
    last = entry.shown_tweets.aggregate(last=Max("position"))["last"] or 0
    new = [status_id for status_id in wanted if status_id not in shown]
    made = ShownTweet.objects.bulk_create(
        ShownTweet(entry=entry, tweet_id=tweets[status_id], position=last + place) for place, status_id in enumerate(new, 1)
    )
    keys = shown | {status_id: row.pk for status_id, row in zip(new, made, strict=True)}
    renumber(entry.shown_tweets.all(), [keys[status_id] for status_id in wanted])


def _save(entry: Entry, **values: Any) -> None:
    Entry.objects.filter(pk=entry.pk).update(**values)


def _compare(digest: Digest, what: str, *, base: Any, mine: Any, theirs: Any) -> None:
    """Go on only where the editor saw what is there, and wants something else."""
    if theirs == mine:
        raise _AsWanted
    if theirs != base:
        raise _conflict(digest, what, base=base, mine=mine, theirs=theirs, overrule={"base": theirs})


def _conflict(
    digest: Digest, what: str, *, base: Any, mine: Any, theirs: Any, overrule: dict[str, Any] | None = None, since: str = ""
) -> Conflict:
    """`since`: how the history's line about it begins, where that is not `what`."""
    versions = history.versions(digest)
    last = next((version for version in versions if version.what.startswith(since or what)), versions[0] if versions else None)
    by, at = (last.by, last.at) if last else ("", None)
    return Conflict(what, base=base, mine=mine, theirs=theirs, by=by, at=at, overrule=overrule)


def _changed_by_others(digest: Digest, seen: int, by: User, endings: Sequence[str]) -> list[history.Version]:
    """What others than `by` did since the revision `seen` and the history tells in lines that end so, or that may be about
    anything in the list; the newest first."""
    since = [one for one in history.versions(digest)[: max(digest.revision - seen, 0)] if one.by_id != by.pk]
    return [one for one in since if one.what.endswith(tuple(endings)) or one.what.startswith(OF_ALL)]


def _lines(text: str) -> str:
    return LINE_END.sub("\n", text)


def _clean(text: str, *, longest: int) -> str:
    text = _lines(text)
    if len(text) > longest:
        raise Refused(f"This text is too long: {len(text):,} characters, where {longest:,} are allowed.")
    try:
        refuse_control_characters(text)
        text.encode()
    except ValidationError as error:
        raise Refused(error.messages[0]) from None
    except UnicodeEncodeError:
        raise Refused("This text holds half of a character, which cannot be saved. Write it anew.") from None
    return text
