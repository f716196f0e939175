"""Compares two versions of a day's list. Pure functions."""

from dataclasses import dataclass, replace
from difflib import SequenceMatcher

MOST_PAIRS = 20_000
"""The most pairs of words that are compared: words of one text times words of the other, without equal words at both ends."""


@dataclass(frozen=True, slots=True)
class ComparedEntry:
    """One paper of a list; posts by handle and id, in order."""

    arxiv_id: str
    title: str
    note: str = ""
    retweets: int = 0
    favorites: int = 0
    is_pinned: bool = False
    tweets: tuple[str, ...] = ()
    printed: str = ""
    """What the list prints instead of the paper's record, beside the title."""

    @property
    def counts(self) -> str:
        return f"{self.retweets:,} reposts, {self.favorites:,} likes"


@dataclass(frozen=True, slots=True)
class Contents:
    """The parts of a day's list that editors make, in order."""

    intro: str
    papers: tuple[ComparedEntry, ...]


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
    def note(self) -> TextDifference | None:
        return next((text for text in self.texts if text.name == "note"), None)

    @property
    def is_same_but_for_counts(self) -> bool:
        if self.before is None or self.after is None or self.moved:
            return False
        return replace(self.before, retweets=self.after.retweets, favorites=self.after.favorites) == self.after

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
        if self.before.tweets != self.after.tweets:
            said.append(_tweets_said(self.before.tweets, self.after.tweets))
        if self.before.is_pinned != self.after.is_pinned:
            said.append("pinned" if self.after.is_pinned else "unpinned")
        return tuple(said)


@dataclass(frozen=True, slots=True)
class Difference:
    """The difference between two versions of a list: all papers of both, and what changed."""

    intro: TextDifference | None
    lines: tuple[EntryChange, ...]

    @property
    def is_counts_alone(self) -> bool:
        """Whether something changed, and only counts did."""
        return bool(self.said) and not self.intro and all(line.is_same_but_for_counts for line in self.lines)

    @property
    def said(self) -> tuple[str, ...]:
        """All changes as sentences, for a list of what changed since."""
        intro = ("The intro changed.",) if self.intro else ()
        return intro + tuple(f"{line.arxiv_id}: {'; '.join(line.said)}." for line in self.lines if line.said)


def difference(before: Contents, after: Contents) -> Difference:
    """What changed. As few papers as possible are said to have moved; the others gave way."""
    old = {paper.arxiv_id: number for number, paper in enumerate(before.papers, 1)}
    new = {paper.arxiv_id: number for number, paper in enumerate(after.papers, 1)}
    lines = []
    for kind, i, j, k, m in SequenceMatcher(None, [*old], [*new], autojunk=False).get_opcodes():
        if kind != "equal":
            lines += [_line(before, after, old[id_], None, moved=False) for id_ in [*old][i:j] if id_ not in new]
        lines += [_line(before, after, old.get(id_), new[id_], moved=kind != "equal") for id_ in [*new][k:m]]
    return Difference(_text("intro", before.intro, after.intro), tuple(lines))


def _line(before: Contents, after: Contents, old: int | None, new: int | None, *, moved: bool) -> EntryChange:
    left = before.papers[old - 1] if old else None
    right = after.papers[new - 1] if new else None
    texts = [_text("title", left.title, right.title), _text("note", left.note, right.note)] if left and right else []
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
