"""Compares two versions of a day's list. Pure functions."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from difflib import SequenceMatcher
from typing import Any

from digests.editing.columns import MARKS, TEXTS, Column
from papers import network_words
from papers.plurals import counted

MOST_PAIRS = 20_000
"""The most pairs of words that are compared: words of one text times words of the other, without equal words at both ends."""


@dataclass(frozen=True, slots=True)
class ComparedEntry:
    """One paper of a list, with all that readers see of it; posts by handle and id, in order."""

    arxiv_id: str
    title: str
    note: str = ""
    retweets: int = 0
    favorites: int = 0
    is_pinned: bool = False
    tweets: tuple[str, ...] = ()
    printed: str = ""
    """What the list prints instead of the paper's record, beside the title."""
    others: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """What other networks than X counted."""
    read_at: datetime | None = None
    """When the counts were read."""
    provenance: str = ""
    """Who counted."""
    looks: tuple[tuple[str, ...], ...] = ()
    """How each post is shown: its direction first."""
    columns: Mapping[str, Any] = field(default_factory=dict)
    """What editors set in other columns (digests/editing/columns.py), by field."""

    @property
    def counts(self) -> str:
        of_x = f"{counted(self.retweets, 'repost')}, {counted(self.favorites, 'like')}"
        others = (
            f"{network_words.title(name)}: {', '.join(network_words.in_words(of, name))}" for name, of in self.others.items()
        )
        return "; ".join([of_x, *others])

    @property
    def without_counts(self) -> "ComparedEntry":
        return replace(self, retweets=0, favorites=0, others={}, read_at=None, provenance="")


@dataclass(frozen=True, slots=True)
class Contents:
    """The parts of a day's list that editors make, in order."""

    intro: str
    papers: tuple[ComparedEntry, ...]
    written_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """A piece of a text, which may differ from the other version's."""

    text: str
    differs: bool


@dataclass(frozen=True, slots=True)
class TextDifference:
    """What became of a text, word by word."""

    name: str
    before: tuple[Words, ...]
    after: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class EntryChange:
    """A paper in both versions; one is None if that list doesn't have it. Numbers count from 1."""

    before: ComparedEntry | None
    after: ComparedEntry | None
    before_number: int | None
    after_number: int | None
    moved: bool
    texts: tuple[TextDifference, ...]

    @property
    def arxiv_id(self) -> str:
        one = self.after or self.before
        return one.arxiv_id if one else ""

    @property
    def title(self) -> str:
        one = self.after or self.before
        return one.title if one else ""

    @property
    def note(self) -> TextDifference | None:
        return next((text for text in self.texts if text.name == "note"), None)

    @property
    def is_same_but_for_counts(self) -> bool:
        if self.before is None or self.after is None or self.moved:
            return False
        return self.before.without_counts == self.after.without_counts

    @property
    def said(self) -> tuple[str, ...]:
        """What happened to the paper, in words."""
        if self.before is None:
            return (f"added as number {self.after_number}",)
        if self.after is None:
            return (f"removed, was number {self.before_number}",)
        said = [f"moved from {self.before_number} to {self.after_number}"] if self.moved else []
        said += [f"{text.name} changed" for text in self.texts]
        if self.before.printed != self.after.printed:
            said.append("abstract, authors or categories changed")
        if self.before.counts != self.after.counts:
            said.append(f"counts: {self.before.counts}, now {self.after.counts}")
        elif (self.before.read_at, self.before.provenance) != (self.after.read_at, self.after.provenance):
            said.append("counts read again, unchanged")
        if self.before.tweets != self.after.tweets:
            said.append(_tweets_said(self.before.tweets, self.after.tweets))
        said += _looks_said(self.before, self.after)
        changed = [mark for mark in MARKS if _in(self.before, mark) != _in(self.after, mark)]
        said += [mark.actions[_in(self.after, mark)].label for mark in changed]
        return tuple(said)


@dataclass(frozen=True, slots=True)
class Difference:
    """The difference between two versions of a list: all papers of both, and what changed."""

    intro: TextDifference | None
    lines: tuple[EntryChange, ...]
    written: str = ""
    """What the time of the list became, in a sentence."""

    @property
    def is_counts_alone(self) -> bool:
        """Whether something changed, and only counts did."""
        is_same = not self.intro and not self.written and all(line.is_same_but_for_counts for line in self.lines)
        return is_same and bool(self.said)

    @property
    def of_list(self) -> tuple[str, ...]:
        """What changed beside the papers, in sentences."""
        return (*(["The intro changed."] if self.intro else []), *([self.written] if self.written else []))

    @property
    def said(self) -> tuple[str, ...]:
        """All changes as sentences."""
        return self.of_list + tuple(f"{line.arxiv_id}: {'; '.join(line.said)}." for line in self.lines if line.said)


def _in(paper: ComparedEntry, column: Column) -> Any:
    return getattr(paper, column.field) if hasattr(paper, column.field) else paper.columns.get(column.field)


def difference(before: Contents, after: Contents) -> Difference:
    """What changed. As few papers as possible are said to have moved; the others gave way."""
    old = {paper.arxiv_id: number for number, paper in enumerate(before.papers, 1)}
    new = {paper.arxiv_id: number for number, paper in enumerate(after.papers, 1)}
    lines = []
    for kind, i, j, k, m in SequenceMatcher(None, [*old], [*new], autojunk=False).get_opcodes():
        if kind != "equal":
            lines += [_line(before, after, old[id_], None, moved=False) for id_ in [*old][i:j] if id_ not in new]
        lines += [_line(before, after, old.get(id_), new[id_], moved=kind != "equal") for id_ in [*new][k:m]]
    return Difference(_text("intro", before.intro, after.intro), tuple(lines), _written_said(before.written_at, after.written_at))


def _line(before: Contents, after: Contents, old: int | None, new: int | None, *, moved: bool) -> EntryChange:
    left = before.papers[old - 1] if old else None
    right = after.papers[new - 1] if new else None
    texts = [_text(one.name, _in(left, one), _in(right, one)) for one in TEXTS] if left and right else []
    return EntryChange(left, right, old, new, moved and bool(left and right), tuple(text for text in texts if text))


def _text(name: str, before: str, after: str) -> TextDifference | None:
    if before == after:
        return None
    # By words; where those would be too many, by lines; and where even those are, all between the two ends differs.
    for separator in (" ", "\n"):
        left, right = before.split(separator), after.split(separator)
        start, end = _ends(left, right)
        middles = [text[start : len(text) - end] for text in (left, right)]
        if is_short := len(middles[0]) * len(middles[1]) <= MOST_PAIRS:
            break
    blocks = SequenceMatcher(None, middles[0], middles[1], autojunk=False).get_matching_blocks() if is_short else []
    same = [(0, 0, start), *((start + at.a, start + at.b, at.size) for at in blocks), (len(left) - end, len(right) - end, end)]
    return TextDifference(
        name,
        _marked(left, [(at, size) for at, _, size in same], separator),
        _marked(right, [(at, size) for _, at, size in same], separator),
    )


def _ends(left: list[str], right: list[str]) -> tuple[int, int]:
    """How many pieces are the same at the beginning and at the end."""
    shorter = min(len(left), len(right))
    start = next((n for n in range(shorter) if left[n] != right[n]), shorter)
    end = next((n for n in range(shorter - start) if left[-1 - n] != right[-1 - n]), shorter - start)
    return start, end


def _marked(pieces: list[str], same: list[tuple[int, int]], separator: str) -> tuple[Words, ...]:
    """The text in parts: those that the other text has too, and those between them."""
    parts: list[Words] = []
    done = 0
    for start, size in [*same, (len(pieces), 0)]:
        parts += [Words(separator.join(pieces[done:start]), True), Words(separator.join(pieces[start : start + size]), False)]
        done = start + size
    return tuple(part for part in parts if part.text)


def _tweets_said(before: tuple[str, ...], after: tuple[str, ...]) -> str:
    came = [tweet for tweet in after if tweet not in before]
    went = [tweet for tweet in before if tweet not in after]
    said = [f"{verb} {', '.join(tweets)}" for verb, tweets in (("shown", came), ("no longer shown", went)) if tweets]
    return f"posts: {'; '.join(said) or 'reordered'}"


def _looks_said(before: ComparedEntry, after: ComparedEntry) -> list[str]:
    """Of tweets that both show."""
    old = dict(zip(before.tweets, before.looks, strict=False))
    said = []
    for tweet, looks in zip(after.tweets, after.looks, strict=False):
        if (was := old.get(tweet, looks)) != looks:
            said.append(f"{tweet} is shown {looks[0]}" if was[0] != looks[0] else f"{tweet} is shown differently")
    return said


def _written_said(before: datetime | None, after: datetime | None) -> str:
    if before == after or not before or not after:
        return ""
    return f"The list’s time changed from {before:%-d %b %Y, %H:%M:%S} UTC to {after:%-d %b %Y, %H:%M:%S} UTC."
