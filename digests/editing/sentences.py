"""Sentences about a list's changes, for people. Nothing else depends on them: behaviour reads the typed change."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from digests.editing.columns import MARKS, TEXTS
from digests.editing.conflicts import MACHINE
from digests.models import ListChange
from papers.models import Paper
from papers.rendered.stored import set_plain_titles

Action = ListChange.Action
Titles = Mapping[str, str]
SENTENCES: dict[str, str] = {
    Action.BEFORE: "as it was before the first change",
    Action.PROPOSED: "proposed again after new counts",
    Action.IMPORTED: "imported again",
    Action.ADDED: "added {papers}",
    Action.REMOVED: "removed {papers}",
    Action.MOVED: "moved {papers}",
    Action.ADDED_SEVERAL: "added {papers}",
    Action.REMOVED_SEVERAL: "removed {papers}",
    Action.MOVED_SEVERAL: "moved {papers} to the top",
    Action.ACCEPTED_ALL: "accepted the suggestions for {papers}",
    Action.THRESHOLD: "applied the threshold {score} to this day",
    Action.INTRO: "edited the intro",
    Action.TWEETS_CHOSEN: "chose the posts shown for {papers}",
    Action.TWEET_ADDED: "added a post to {papers}",
    Action.TWEET_DIRECTION: "changed the text direction of a post about {papers}",
    Action.FORM: "edited the list in the admin’s form",
    Action.PUBLISHED: "published",
    Action.WITHDRAWN: "withdrawn",
    Action.SCHEDULED: "scheduled for {at} {zone}",
    Action.UNSCHEDULED: "no longer scheduled; waits for an editor",
    Action.STOPPED: "not published on time: the check found unresolved problems",
    Action.REVIEW_WANTED: "said that the list is ready for review",
    Action.REVIEW_TAKEN_BACK: "took the list back from review",
    Action.CHANGES_WANTED: "asked for changes",
    Action.CORRECTION_BEGUN: "started a correction",
    Action.CORRECTION_PUBLISHED: "published a correction: {note}",
    Action.CORRECTION_DROPPED: "discarded the correction",
    Action.RESTORED: "restored the list of {at}, {of}",
    Action.UNDONE: "undid: {of}",
    Action.OTHER: "{said}",
    **{action: f"{action.label} {{papers}}" for mark in MARKS for action in mark.actions},
    **{text.action: f"edited the {text.of} {{papers}}" for text in TEXTS},
}
ON_TIME = "published as scheduled"
MOVED_TO = "moved {papers} to {to}"
COUNTS = "counts refreshed"
GONE = "a paper that is no longer known"
NAMED = 3
"""So many papers of a change are named, and the others counted."""


@dataclass(frozen=True, slots=True)
class Run:
    """Consecutive changes of one kind by one editor, newest first, and one sentence for all of them."""

    changes: list[ListChange]
    said: str

    @property
    def newest(self) -> ListChange:
        return self.changes[0]


def said(change: ListChange) -> str:
    """The change in words; the editor's name stands before or beside it. At most two queries more."""
    return said_of([change])[0]


def said_of(changes: Iterable[ListChange]) -> list[str]:
    """Each change in words; one query for titles, and one more if one of them undid or restored another."""
    changes = list(changes)
    titles = _titles(changes)
    return [_said(one.action, _papers(one, titles), one.details, titles) for one in changes]


def runs(changes: Iterable[ListChange]) -> list[Run]:
    """The changes grouped into runs; both newest first."""
    changes = list(changes)
    titles = _titles(changes)
    found = []
    for _, group in groupby(changes, key=_kind):
        run = list(group)
        papers = list(dict.fromkeys(title for one in reversed(run) for title in _papers(one, titles)))
        found.append(Run(run, _said(run[0].action, papers, run[0].details, titles)))
    return found


def told(since: Iterable[ListChange]) -> str:
    """Who did what and when, a line for each run, oldest first; `since` has the newest first."""
    return "\n".join(f"{run.newest.editor or MACHINE}, {run.newest.at:%H:%M} UTC: {run.said}" for run in reversed(runs(since)))


def _kind(change: ListChange) -> tuple[Any, ...]:
    """Changes of papers are grouped; those of the day, which have details of their own, are not."""
    own = None if change.paper_id and change.action in ABOUT_PAPERS else change.pk
    return change.action, change.by_id, own


ABOUT_PAPERS = {action for action, sentence in SENTENCES.items() if "{papers}" in sentence}


def _said(action: str, papers: list[str], details: Mapping[str, Any], titles: Titles) -> str:
    sentence = SENTENCES.get(action, action)
    words: dict[str, Any] = dict(details) | {"papers": _named(papers)}
    if action == Action.PUBLISHED and details.get("is_scheduled"):
        sentence = ON_TIME
    if action == Action.MOVED and len(papers) == 1 and "to" in details:
        sentence = MOVED_TO
    if action == Action.CORRECTION_PUBLISHED:
        words["note"] = details.get("note") or COUNTS
    if action == Action.SCHEDULED:
        words["at"] = clock_text(details["at"])
    if of := details.get("of"):
        words["of"] = _said(of["action"], _ids_in(of, titles), of["details"], titles)
        words["at"] = f"{clock_text(of['at'])} UTC" if of["at"] else "an earlier time"
    return sentence.format_map(words)


def clock_text(at: str) -> str:
    """A moment of the details, as people read it: `24 Nov 2026, 09:00`."""
    return f"{datetime.fromisoformat(at):%-d %b %Y, %H:%M}"


def _named(papers: list[str]) -> str:
    """`“A”, “B”, “C” and 41 more papers`."""
    more = len(papers) - NAMED
    if more <= 1:
        return ", ".join(f"“{title}”" for title in papers)
    return f"{', '.join(f'“{title}”' for title in papers[:NAMED])} and {more} more papers"


def _papers(change: ListChange, titles: Titles) -> list[str]:
    """The titles of the papers that the change is about, in plain text."""
    if several := change.details.get("papers"):
        return [titles.get(number, GONE) for number in several]
    return [change.paper.plain_title if change.paper else GONE]


def _ids_in(of: Mapping[str, Any], titles: Titles) -> list[str]:
    several = of["details"].get("papers") or [of["paper"] or ""]
    return [titles.get(number, GONE) for number in several]


def _titles(changes: list[ListChange]) -> Titles:
    """The titles of the papers named in the details, by arXiv id. Those of the changes' own papers are fetched with them."""
    wanted: set[str] = set()
    for change in changes:
        wanted.update(change.details.get("papers", ()))
        of = change.details.get("of")
        while of:
            wanted.update(of["details"].get("papers") or filter(None, [of["paper"]]))
            of = of["details"].get("of")
    named = list(Paper.objects.filter(arxiv_id__in=wanted).only("arxiv_id", "title")) if wanted else []
    set_plain_titles([*named, *(one.paper for one in changes if one.paper)])
    return {paper.arxiv_id: paper.plain_title for paper in named}
